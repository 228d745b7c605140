"""What a report needs, imported once in the warm server from which workers and kernels are forked.

Imported for its effect only. Nothing here may start a thread, an event loop, a socket or vl-convert's engine:
those do not survive a fork.
"""

import contextlib
import gc
import importlib
import signal

# Ctrl-C in a terminal reaches every process of the run. Only the main process answers, and ends the rest.
signal.signal(signal.SIGINT, signal.SIG_IGN)

MODULES = (
    "numpy",
    "pandas",
    "pandas.io.formats.style",
    "altair",
    "vl_convert",
    "babel.numbers",
    "babel.dates",
    "statsmodels.stats.proportion",
    "statsmodels.stats.multitest",
    "scipy.stats",
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
    "ipykernel.iostream",
    "ipykernel.displayhook",
    "ipykernel.datapub",
    "matplotlib_inline",
    "IPython.core.completer",
    "IPython.extensions.storemagic",
    "jupyter_client.asynchronous",
    "jupyter_client.provisioning",
    "papermill",
    "nbconvert.exporters.html",
    "keten.reports.execute.engine",
    "keten.reports.render.exporter",
    "keten.reports.execute.job",
    "keten.reports.render.annex",
    "keten.presentation.spreadsheet.ods",
    "keten.presentation.spreadsheet.xlsx",
    "keten.reports.publish.changes",
    "keten.reports.execute.provisioner",
    "keten.workbook.workbook",
    "keten.presentation.charts.series",
    "keten.sections.completeness",
    "keten.presentation.charts.estimates",
    "keten.sections.europe",
    "keten.sections.if_available",
    "keten.sections.policy_effect",
    "keten.sections.revisions",
    "keten.sections.revision_triangle",
    "keten.sections.provenance",
    "keten.sections.seasonal",
    "keten.presentation.tables",
    "keten.presentation.prose",
    "keten.sections.summary",
    "keten.sections.client_survey",
    "keten.sections.shelter_pilots",
)

for module in MODULES:
    # A module that fails to import fails again where it is used, and is reported there.
    with contextlib.suppress(Exception):
        importlib.import_module(module)

# Every kernel reads the same tables; read here, they come along with the fork. A fault in them is reported by the run.
with contextlib.suppress(Exception):
    workbook = importlib.import_module("keten.workbook.scope")
    workbook.load(workbook.data_folder())

# What is here stays: a collection in a fork would only copy its memory.
gc.freeze()

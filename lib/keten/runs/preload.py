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
    "keten.runs.engine",
    "keten.runs.exporter",
    "keten.runs.job",
    "keten.runs.annex",
    "keten.spreadsheet.ods",
    "keten.spreadsheet.xlsx",
    "keten.runs.whatchanged",
    "keten.runs.provisioner",
    "keten.workbook",
    "keten.charts",
    "keten.completeness",
    "keten.estimates",
    "keten.europe",
    "keten.live",
    "keten.policy_effect",
    "keten.revised",
    "keten.revision_chart",
    "keten.provenance",
    "keten.seasons",
    "keten.tables",
    "keten.prose",
    "keten.summary",
    "keten.experience",
    "keten.pilots",
)

for module in MODULES:
    # A module that fails to import fails again where it is used, and is reported there.
    with contextlib.suppress(Exception):
        importlib.import_module(module)

# Every kernel reads the same tables; read here, they come along with the fork. A fault in them is reported by the run.
with contextlib.suppress(Exception):
    workbook = importlib.import_module("keten.workbook")
    workbook.load(workbook.data_folder())

# What is here stays: a collection in a fork would only copy its memory.
gc.freeze()

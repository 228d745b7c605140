"""What a report needs, imported once in the warm server from which workers and kernels are forked.

Imported for its effect only. Nothing here may start a thread, an event loop or a socket: those do not survive a fork.
"""

import gc
from contextlib import suppress
from importlib import import_module
from pkgutil import walk_packages

import keten

ROOMS = ("reports", "sections", "workbook", "presentation")  # they bring what they stand on
# The effect of the first two is for the server alone; the last is for PDFs, which few runs make.
LEFT_OUT = (__name__, "keten.reports.execute.detached", "keten.reports.render.pdf_ua")
# What Jupyter itself imports when it is first used; papermill before our engine, which papermill imports as well.
OTHERS = ("papermill", "ipykernel.kernelapp", "IPython.extensions.storemagic", "pandas.io.formats.style")


def modules() -> list[str]:
    """The modules that a report may need, by name."""
    folders = {f"keten.{room}.": [f"{keten.__path__[0]}/{room}"] for room in ROOMS}
    ours = [module.name for prefix, folder in folders.items() for module in walk_packages(folder, prefix)]
    return [*OTHERS, *(name for name in ours if name not in LEFT_OUT)]


for name in modules():
    # A module that fails to import fails again where it is used, and is reported there.
    with suppress(Exception):
        import_module(name)

# Every kernel reads the same tables; read here, they come along with the fork. A fault in them is reported by the run.
with suppress(Exception):
    import_module("keten.observations.dataset").load(import_module("keten.paths").data_folder())

# What is here stays: a collection in a fork would only copy its memory.
gc.freeze()

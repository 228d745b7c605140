"""JupyterLab on the notebooks, in Dutch and without a request to any other host."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

from keten.errors import KetenError
from keten.reports.signals import ENDING, handling

WORKSPACE = "lab/workspaces/keten/tree"  # a layout of its own, so that the user's other work is not mixed with it
SETTINGS = Path(__file__).resolve().parent / "jupyterlab"
LOCALE = "nl_NL"
LAST_SECONDS = 5  # for what was under way at the end


def serve(folder: Path, page: str, port: int, browser: bool) -> None:
    """Run JupyterLab on the folder until it is ended. Settings of a user's own go before those of the package."""
    found = os.environ.get("JUPYTER_CONFIG_PATH", "")
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, [found, str(SETTINGS)]))
    found = os.environ.get("JUPYTER_PATH", "")  # where kernels are described
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, [found, str(SETTINGS)]))
    from jupyterlab.labapp import LabApp

    complete_dutch()

    address = f"/{WORKSPACE}/{quote(page)}" if page else "/lab"
    server = LabApp.initialize_server(
        [
            "--log-level=ERROR",
            "--LabApp.log_level=ERROR",
            f"--ServerApp.root_dir={folder.resolve()}",
            f"--ServerApp.port={port}",
            f"--ServerApp.open_browser={browser}",
            f"--ServerApp.extra_template_paths={SETTINGS / 'templates'}",  # the page to log in
            f"--LabApp.default_url={address}",
            "--LabApp.extension_manager=readonly",
            "--LabApp.news_url=None",
            "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
        ]
    )
    if sys.platform != "win32" and os.geteuid() == 0 and not server.allow_root:
        raise KetenError("JupyterLab start niet voor de beheerder (root); meld u aan als gewone gebruiker.")
    with handling(ENDING, lambda *_: server.stop(from_signal=True)):
        address = server.public_url.removesuffix("?token=...")  # a token that the user chose stays untold
        print(f"JupyterLab staat klaar op {address}", flush=True)
        print("Stop met Ctrl-C in dit venster; sla uw notebooks eerst op.", flush=True)
        server.identity_provider.token_generated = False  # else it tells the address again, in English
        server.start()
    server.io_loop.asyncio_loop.run_until_complete(end_tasks())
    print("JupyterLab is gestopt.")


async def end_tasks() -> None:
    """Cancel what was under way when the server stopped, such as a notebook that was just opened.

    Threads that wait for such a task would keep the process from ending.
    """
    under_way = asyncio.all_tasks() - {asyncio.current_task()}
    for task in under_way:
        task.cancel()
    if under_way:
        await asyncio.wait(under_way, timeout=LAST_SECONDS)
    await asyncio.sleep(0)  # so that those who wait for the tasks hear that they are done


def complete_dutch() -> None:
    """Let JupyterLab's menus be Dutch throughout: the language pack has but a small part of their words.

    A package may add to a pack of JupyterLab itself only by way of the pack's version, and this pack has none.
    """
    from jupyterlab_server import translations_handler

    more = json.loads((SETTINGS / "nl_NL.json").read_text(encoding="utf-8"))
    of_the_pack = translations_handler.get_language_pack

    def complete(locale_: str) -> tuple[Any, ...]:
        data, message = of_the_pack(locale_)
        if locale_ == LOCALE and "jupyterlab" in data:
            data["jupyterlab"] = {**data["jupyterlab"], **more}
        return data, message

    translations_handler.get_language_pack = complete

"""A wrong parameter in a kernel of `keten lab`: one Dutch sentence, and no figure of an earlier run below it."""

import os

import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager
from places import REPOSITORY

from keten.lab import server

GOOD = 'period = "2017-06"  # maand\ncompare_years = 2'
BOOK = "from keten import Workbook, summary\n\nchain = Workbook(period, compare_years)\nsummary.opening(chain)"
BELOW = 'chain.value("asylum_first_applications").period[0]'


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A function that runs cells as JupyterLab sends them, all of them whatever happens; gives texts and errors."""
    found = KernelSpecManager(kernel_dirs=[str(server.SETTINGS / "kernels")])
    manager = KernelManager(kernel_name="python3", kernel_spec_manager=found)
    manager.start_kernel(
        env={**os.environ, "PYTHONPATH": str(REPOSITORY / "lib"), "KETEN_DATA": str(REPOSITORY / "data")}
    )
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)

    def execute(code, tags=()):
        content = {
            "code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False,
            "stop_on_error": False,
        }  # fmt: skip
        message = client.session.msg("execute_request", content, metadata={"tags": list(tags)})
        client.shell_channel.send(message)
        told = ""
        while True:
            answer = client.get_iopub_msg(timeout=60)
            if answer["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                continue
            match answer["msg_type"]:
                case "error":
                    told = "\n".join(answer["content"]["traceback"])
                case "execute_result":
                    told = answer["content"]["data"].get("text/plain", "")
                case "status" if answer["content"]["execution_state"] == "idle":
                    return told

    yield lambda parameters: [execute(parameters, ["parameters"]), execute(BOOK), execute(BELOW), execute(BELOW)]
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def test_a_wrong_parameter_stops_everything_also_in_a_warm_kernel(run):
    assert run(GOOD)[2:] == ["'2017-06'", "'2017-06'"]
    _, *told = run(GOOD.replace("2017-06", "2016-H3"))
    assert len(set(told)) == 1 and told[0].startswith("'2016-H3' is geen periode") and "\n" not in told[0]
    assert run(GOOD.replace("2017-06", "2016-06"))[2:] == ["'2016-06'", "'2016-06'"]


@pytest.mark.parametrize(
    ("wrong", "number", "line"),
    [
        (GOOD.replace('06"', "06"), 1, 'period = "2017-06  # maand'),
        (GOOD.replace('"', ""), 1, "period = 2017-06  # maand"),
        (GOOD.replace("= 2", "= twee"), 2, "compare_years = twee"),
    ],
)
def test_a_slip_of_the_pen_is_one_sentence_with_its_line(run, wrong, number, line):
    run(GOOD)
    told, *below = run(wrong)
    assert told.startswith(f"Regel {number} van de cel met parameters klopt niet: {line}. Schrijf") and "\n" not in told
    assert below == [told, told, told]

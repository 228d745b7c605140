"""The systemd user units of the monthly run, and what systemd says of them."""

import os
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from keten.errors import KetenError, remedy, why

SERVICE, TIMER, FAILED = "keten-month.service", "keten-month.timer", "keten-month-failed.service"


@dataclass(frozen=True)
class Plan:
    """When and how the month runs. python: of the environment; folder: where the command is given; day: 1 to 28."""

    python: Path
    folder: Path
    day: int
    time: str
    options: tuple[str, ...] = ()

    @property
    def calendar(self) -> str:
        """In the words of systemd."""
        return f"*-*-{self.day:02d} {self.time}:00"

    @property
    def cron(self) -> str:
        """The line for a crontab."""
        hour, minute = self.time.split(":")
        command = " ".join(map(_for_shell, (str(self.python), "-m", "keten.cli", "month", "-q", *self.options)))
        return f"{int(minute)} {int(hour)} {self.day} * *  cd {_for_shell(str(self.folder))} && {command}"


def texts(plan: Plan) -> dict[str, str]:
    """The units by the name of their file."""
    command = " ".join(map(_for_systemd, (str(plan.python), "-m", "keten.cli", "month")))
    options = "".join(f" {_for_systemd(option)}" for option in plan.options)
    folder = str(plan.folder).replace("%", "%%")

    def service(about: str, start: str, more: str = "") -> str:
        unit = f"[Unit]\nDescription={about}\n{more}\n"
        return f"{unit}[Service]\nType=oneshot\nWorkingDirectory={folder}\nExecStart={start}\n"

    timer = (
        f"[Unit]\nDescription=Ketenwerkboek: elke maand op dag {plan.day}\n\n[Timer]\nOnCalendar={plan.calendar}\n"
        "Persistent=true\n\n[Install]\nWantedBy=timers.target\n"
    )
    return {
        SERVICE: service(
            "Ketenwerkboek: de maandelijkse run",
            f"{command} -q{options}",
            f"OnFailure={FAILED}\n",
        ),
        TIMER: timer,
        FAILED: service("Ketenwerkboek: meld dat de maandelijkse run mislukte", f"{command} --failed{options}"),
    }


def write(folder: Path, units: dict[str, str]) -> None:
    """Write the units in a folder. Raises KetenError when that cannot be done."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in units.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise KetenError(f"In de map {folder} kan niet worden geschreven ({why(error)}); {remedy(error)}.") from error


def faults(folder: Path, names: list[str], scratch: Path) -> list[str]:
    """What `systemd-analyze verify` remarks on the units; any word of it counts, for it ends with 0 all the same.

    scratch: an empty folder, for without a run-time directory it refuses every unit. Raises KetenError without systemd.
    """
    done = _systemd("verify", "--user", *(str(folder / name) for name in names), scratch=scratch)
    return [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]


def next_run(calendar: str, scratch: Path) -> str:
    """When the timer goes off next, as systemd says it; raises KetenError when it never does."""
    done = _systemd("calendar", calendar, scratch=scratch)
    told = dict(line.strip().split(": ", 1) for line in done.stdout.splitlines() if ": " in line)
    moment = told.get("Next elapse", "never")
    if done.returncode or moment == "never":
        raise KetenError(f"systemd kent het tijdstip '{calendar}' niet; kies een andere dag of tijd.")
    return moment


def _systemd(*arguments: str, scratch: Path) -> subprocess.CompletedProcess[str]:
    program = shutil.which("systemd-analyze")
    if not program:
        raise KetenError("systemd-analyze is er niet; gebruik --cron op een systeem zonder systemd.")
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(scratch), "LC_ALL": "C.UTF-8"}
    return subprocess.run([program, *arguments], capture_output=True, text=True, env=environment, timeout=60)


def _for_systemd(word: str) -> str:
    """One word of a command line in a unit, where a percent sign and a dollar mean something."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if any(sign in " '\"\\;" for sign in word) else escaped


def _for_shell(word: str) -> str:
    """One word of a line of a crontab, where a percent sign is the end of the line."""
    return shlex.quote(word).replace("%", "\\%")

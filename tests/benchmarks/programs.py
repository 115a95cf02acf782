"""The bot, or another to compare it with, as a process on a core of its own; its memory and its processor time."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from botapi.server import BotApiServer

PROJECT: Final = Path(__file__).resolve().parents[2]
ECHO: Final = Path(__file__).with_name("echo.py")
COMMANDS: Final = {
    "bot": ("-m", "bot", "run"),
    "echo": (str(ECHO), "documented"),
    "echo side by side": (str(ECHO), "side-by-side"),
    "no library": (str(ECHO), "bare"),
}
"""What may be run: 길동무, two echo bots on its library, and one on bare sockets, to see what the server can do."""
STARTING: Final = 120.0
STOPPING: Final = 60.0
OWN: Final = ("TELEGRAM_", "LOG_", "DATABASE_", "COORDINATORS_", "MESSAGES_")
_TICKS: Final = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


class Ended(RuntimeError):
    """A program that should run has ended by itself."""


@dataclass(slots=True)
class Program:
    """One of COMMANDS, which speaks to `server` and keeps its files in `folder`."""

    name: str
    server: BotApiServer
    folder: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> subprocess.Popen[bytes]:
        """The process; raise Ended if there is none."""
        if self.process is None or self.process.poll() is not None:
            raise Ended(f"{self.name} has ended; it said: {self.complaints()[:20]}")
        return self.process

    @property
    def log(self) -> Path:
        """Where its standard error goes."""
        return self.folder / f"{self.name.replace(' ', '-')}.log"

    def start(self) -> float:
        """Start it on the last core; return the seconds until it asks for updates. Raise Ended or TimeoutError."""
        began, polls = time.perf_counter(), self.server.state.poll
        own = {name: value for name, value in os.environ.items() if not name.startswith(OWN)}
        variables = own | self.server.environment | {
            "DATABASE_PATH": str(self.folder / "counters.sqlite3"), "LOG_LEVEL": "WARNING", "MESSAGES_PER_SECOND": "0",
            "PYTHONPATH": os.pathsep.join(filter(None, [str(PROJECT), os.environ.get("PYTHONPATH")])),
        }  # fmt: skip
        with self.log.open("ab") as errors, on_core(-1):
            command = [sys.executable, *COMMANDS[self.name]]
            self.process = subprocess.Popen(command, cwd=PROJECT, env=variables, stdout=errors, stderr=errors)
        while self.server.state.poll == polls:
            time.sleep(0.01)
            if self.running and time.perf_counter() - began > STARTING:
                raise TimeoutError(f"{self.name} does not ask for updates; it said: {self.complaints()[:20]}")
        return time.perf_counter() - began

    def end(self, sent: signal.Signals = signal.SIGTERM) -> float:
        """Send it a signal; return the seconds until it was gone. One that does not go is killed."""
        began, process = time.perf_counter(), self.process
        if process is None or process.poll() is not None:
            return 0.0  # by itself: what asked it for something has raised Ended
        process.send_signal(sent)
        try:
            process.wait(STOPPING)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            print(f"{self.name} did not stop within {STOPPING:.0f} s of {sent.name}: killed")
        return time.perf_counter() - began

    def megabytes(self) -> float:
        """Return its resident memory, in MB (2**20 bytes); 0 where the system does not tell."""
        try:
            status = Path(f"/proc/{self.running.pid}/status").read_text(encoding="ascii")
        except (OSError, Ended):
            return 0.0
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024

    def processor(self) -> float:
        """Return the seconds of processor time that it has used; 0 where the system does not tell."""
        try:
            return processor_of(self.running.pid)
        except Ended:
            return 0.0

    def complaints(self) -> list[str]:
        """Return what it logged, without the times, each line once."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines() if self.log.exists() else []
        return sorted({line.partition(" ")[2].partition(" ")[2] or line for line in lines if line.strip()})


def processor_of(pid: int) -> float:
    """Return the seconds of processor time that a process has used; 0 where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS


def share_of(seconds: Iterable[float], share: float) -> float:
    """Return the milliseconds below which that share of them lies; 0 if there are none."""
    ordered = sorted(seconds)
    return 1000 * ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else 0.0


def shares_of(seconds: Iterable[float], digits: int = 0) -> str:
    """Return what is said of how long things took, in milliseconds."""
    shares = (("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("longest", 1.0))
    return ", ".join(f"{name} {share_of(seconds, share):.{digits}f}" for name, share in shares)


def learnt_first() -> None:
    """Have new knowledge learnt while all cores may be used; raise CalledProcessError if that fails."""
    subprocess.run([sys.executable, "-m", "bot", "ask", "안녕하세요"], cwd=PROJECT, check=True, capture_output=True)


def stay_on_first_core() -> None:
    """Keep this process, with all threads that it starts from now on, off the core of the programs."""
    cores = _cores()
    if len(cores) > 1:
        os.sched_setaffinity(0, cores[:1])


@contextmanager
def on_core(which: int) -> Iterator[None]:
    """Have what is started within run on that one of the cores, and nowhere else."""
    before = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
    if len(_ALL) > 1:
        os.sched_setaffinity(0, {_ALL[which]})
    try:
        yield
    finally:
        if before:
            os.sched_setaffinity(0, before)


def _cores() -> list[int]:
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


_ALL: Final = _cores()

"""Faults of the machine for a real process: a wall clock that jumps, a disk that is full, read-only or broken.

    faults = Faults(library, tmp_path / "faults")       # or the fixture `faults`
    # start a process with {**os.environ, **faults.environment}
    faults.jump(3600)                                   # its wall clock is an hour ahead; its waits are not touched
    faults.disk_full(tmp_path / "counters.sqlite3")     # also its -wal, -shm and -journal
    faults.mend()

It works on Linux with glibc, for processes that are linked dynamically, as Python is. Child processes meet the same.
"""

import errno
import mmap
import shutil
import struct
import subprocess
import sys
from pathlib import Path
from typing import Final

SOURCE: Final = Path(__file__).with_name("faults.c")
COMPILER: Final = "cc"
OPTIONS: Final = ("-shared", "-fPIC", "-O1", "-U_FORTIFY_SOURCE", "-Wall", "-Wextra")

_SECONDS: Final = 0
_ERRORS: Final = 8
_MET: Final = 16
_WITHIN: Final = 24
_LONGEST: Final = 255
_SIZE: Final = _WITHIN + _LONGEST + 1
"""Where each field stands in the file: see `struct faults` in faults.c."""


def why_not() -> str:
    """Return why there can be no faults on this machine, or nothing."""
    if sys.platform != "linux":
        return "LD_PRELOAD is for Linux"
    return "" if shutil.which(COMPILER) else "there is no C compiler"


def compiled(folder: Path) -> Path:
    """Compile into `folder` and return the library; raise CalledProcessError if that fails."""
    library = folder / "faults.so"
    subprocess.run([COMPILER, *OPTIONS, "-o", library, SOURCE, "-ldl"], check=True)
    return library


class Faults:
    """What is wrong, now, for every process that was started with `environment`."""

    def __init__(self, library: Path, control: Path) -> None:
        self._library, self._control = library, control
        control.write_bytes(bytes(_SIZE))
        with control.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), _SIZE)

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which a process meets the faults."""
        return {"LD_PRELOAD": str(self._library), "FAULTS": str(self._control)}

    @property
    def met(self) -> int:
        """How many calls have failed so far."""
        return int(struct.unpack_from("Q", self._shared, _MET)[0])

    def jump(self, seconds: int) -> None:
        """Set the wall clock that far ahead, or back if negative: of the true time, not of the last jump."""
        struct.pack_into("q", self._shared, _SECONDS, seconds)

    def fail(self, within: Path | str, *, writes: int = 0, opens: int = 0) -> None:
        """Let calls fail with these errnos (0: let them pass) for paths in which the text `within` stands.

        `writes` is for files that are open: write, truncate, fsync. `opens` is for opening for writing or to make a
        file, and for making a folder, renaming and removing. Paths count as the process gives them.
        """
        text = str(within).encode()
        if not 0 < len(text) <= _LONGEST:
            raise ValueError(f"a text has 1 to {_LONGEST} bytes")
        self.mend()
        struct.pack_into(f"{_LONGEST + 1}s", self._shared, _WITHIN, text)
        struct.pack_into("ii", self._shared, _ERRORS, writes, opens)

    def disk_full(self, within: Path | str) -> None:
        """Let there be no room for more; what is there can be opened and removed."""
        self.fail(within, writes=errno.ENOSPC)

    def read_only(self, within: Path | str) -> None:
        """Let nothing be changed, as on a file system that was mounted again read-only after an error."""
        self.fail(within, writes=errno.EROFS, opens=errno.EROFS)

    def broken(self, within: Path | str) -> None:
        """Let the disk fail to write."""
        self.fail(within, writes=errno.EIO)

    def mend(self) -> None:
        """Let files be written again; the clock stays where it is."""
        struct.pack_into("ii", self._shared, _ERRORS, 0, 0)

"""One writer at a time: a lock on the knowledge folder itself, which ends with the process and leaves no file.

Windows and some network folders have none; nobody waits there.
"""

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

if sys.platform != "win32":
    import fcntl

PATIENCE: Final = 10.0
"""Seconds to wait while another process publishes."""
_NO_LOCKS: Final = frozenset([errno.EBADF, errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EINVAL])
"""What a file system says that cannot lock a folder: NFS and some that a container shares with its host."""


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep every other process and thread that writes to `folder` waiting; raise OSError after PATIENCE seconds."""
    if sys.platform == "win32":
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        _lock(handle)
        yield
    finally:
        os.close(handle)


def _lock(handle: int) -> None:
    give_up = time.monotonic() + PATIENCE
    while True:
        try:
            return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in _NO_LOCKS:
                return None
            if not isinstance(error, BlockingIOError) or time.monotonic() > give_up:
                raise
        time.sleep(0.02)

"""What keeps words and secrets out of logs, of crash output and of core dumps."""

import ctypes
import logging
import os
import stat
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

try:
    import resource
except ImportError:  # Windows has no core dumps of this kind
    resource = None  # type: ignore[assignment]

OURS: Final = "gildongmu"
SECRETS: Final = ("TELEGRAM_BOT_TOKEN", "TICKET_KEY")
PR_SET_DUMPABLE: Final = 4
"""From linux/prctl.h."""
SILENT: Final = ("telegram",)
"""It logs whole updates that it cannot read, and answers that are not JSON, as errors."""
TALKATIVE: Final = ("httpx", "httpcore", "aiosqlite", "asyncio", "watchfiles", "uvicorn")
"""Libraries that log texts, addresses or the token when they are allowed to say more than warnings."""


class OwnWords(logging.Formatter):
    """Lets only our own sentences through: of what a library says, the place and the kind of error; no traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line for a record."""
        own = logging.makeLogRecord({**record.__dict__, "exc_info": None, "exc_text": None, "stack_info": None})
        if not record.name.startswith(OURS):
            kind = record.exc_info[0] if record.exc_info else None
            own.msg, own.args = "(%s:%d) %s", (record.filename, record.lineno, kind.__name__ if kind else "")
        return super().format(own)


def set_up_logging(level: str) -> None:
    """Log to standard error at `level`, our own sentences alone; the libraries only warn, whatever the level."""
    handler = logging.StreamHandler()
    handler.setFormatter(OwnWords("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    logging.raiseExceptions = False  # else what cannot be logged is printed whole
    logging.captureWarnings(capture=True)  # a warning may quote what it is about


def without_secrets(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return `environment` for programs that we start: they need neither the token nor the key."""
    return {name: value for name, value in environment.items() if name not in SECRETS}


def lock_down() -> None:
    """Leave no image of the memory behind, whatever kills the process, and none to other processes of the same user."""
    if resource is not None:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library
            ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def open_to_others(file: Path) -> bool:
    """Say whether others on this computer may read or change `file`; False where nobody can say or there is none."""
    try:
        return sys.platform != "win32" and bool(file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))
    except OSError:
        return False

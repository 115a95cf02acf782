"""A cry for help is never lost to a fault of ours."""

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def surviving(work: Callable[[], T], instead: T) -> T:
    """Return what `work` gives, or `instead` when it fails."""
    try:
        return work()
    except Exception:  # the one place that must survive
        return instead

"""From the settings to the knowledge that answers: read, checked, learnt if need be."""

import gc
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

from bot import memory, writing
from bot.core.building import engine_for
from bot.core.engine import Engine
from bot.core.knowledge import checks
from bot.core.knowledge.loading import Source, assemble, checksum, read_folder
from bot.core.matching import weights as weights_file
from bot.core.matching.weights import Weights
from bot.current import Current
from bot.hardening import without_secrets
from bot.publishing import Build
from bot.settings import Settings, version

LEARNING = (
    "물음을 알아듣는 법을 익히고 있습니다(처음 한 번, 20초쯤). / "
    "Learning to understand questions (once, about 20 seconds)."
)


class NotLearnt(RuntimeError):
    """The weights could not be fitted; the message is the last line of the process that tried."""


def built(sources: Mapping[str, Source], weights: Weights, *, desk: bool = False) -> Engine:
    """Return an engine over files that were read, with the weights learnt for them."""
    return engine_for(assemble(sources), weights, date.today, version(), desk=desk)


Waiting: TypeAlias = Callable[[str], AbstractContextManager[object]]
"""Tells a sentence while something takes time."""


def current_from(settings: Settings, build: Build, waiting: Waiting) -> Current:
    """Return the knowledge and an engine over it; fit the weights first if none are kept for it.

    Weights are only ever kept for knowledge that passed every check, so a start with kept weights checks form alone.
    What a killed program was publishing is finished first.
    """
    with _unswept():
        current = _current(settings, build, waiting)
    memory.give_back()
    return current


def _current(settings: Settings, build: Build, waiting: Waiting) -> Current:
    writing.finish(settings.knowledge_dir)
    sources = read_folder(settings.knowledge_dir)
    key = weights_file.key_of(checksum(sources))
    kept = weights_file.load(settings.weights_path, key)
    if kept is None:
        kept = _fitted(settings, sources, key, waiting)
    texts = {name: source.text for name, source in sources.items()}
    return Current(build(sources, kept), texts)


@contextmanager
def _unswept() -> Iterator[None]:
    """Build without the garbage collector, which would walk all knowledge again and again; nor need it ever after."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _fitted(settings: Settings, sources: Mapping[str, Source], key: str, waiting: Waiting) -> Weights:
    """Learn in a process of its own while the knowledge is checked here; keep the weights if they can be written."""
    with TemporaryDirectory() as spare, waiting(LEARNING):
        path = Path(spare) / "weights.npz"
        command = [sys.executable, "-m", "bot.fit", str(settings.knowledge_dir), str(path)]
        with subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=without_secrets()
        ) as learning:
            try:
                checks.demand_sound(sources)
                _, said = learning.communicate()
            finally:
                learning.kill()
        learnt = weights_file.load(path, key)
    if learnt is None:
        raise NotLearnt((said.strip().splitlines() or ["?"])[-1])
    with suppress(OSError):  # they are learnt anew at the next start then
        weights_file.save(learnt, settings.weights_path)
    return learnt

"""What tests share: the project's own knowledge, and weights fitted for it once a session."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest
from coordinator import small_knowledge
from newcomer import environment_with
from preloaded.faults import Faults, compiled, why_not

from bot.core.building import engine_for, opener_for
from bot.core.engine import Engine
from bot.core.knowledge.checks import load
from bot.core.knowledge.whole import Knowledge
from bot.core.matching import weights
from bot.core.model import Button, Reply
from bot.core.opening import Opener

PROJECT = Path(__file__).parent.parent
KNOWLEDGE = PROJECT / "knowledge"
TODAY = date(2026, 11, 21)


SLOW_FIRST = (
    "test_desk_publishing.py", "test_faults.py", "test_backing_up.py", "test_webhook_process.py", "test_flood.py",
    "test_trial.py", "test_nothing_left.py", "test_moving_group.py", "test_refitting.py",
)  # fmt: skip
"""Files whose few tests take longest: begun last, one worker would wait for the other."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: SLOW_FIRST.index(item.path.name) if item.path.name in SLOW_FIRST else len(SLOW_FIRST))


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load(KNOWLEDGE)


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory: pytest.TempPathFactory, knowledge: Knowledge) -> Path:
    """Return a folder with weights fitted for the knowledge, in a process of its own as the bot does it."""
    return fitted_once(shared_by_workers(tmp_path_factory) / "data", KNOWLEDGE)


def shared_by_workers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the temporary folder of this run, the same for all processes that the tests are shared among."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def fitted_once(folder: Path, knowledge: Path) -> Path:
    """Return `folder` with weights fitted for `knowledge`: by the first process that asks; the others wait."""
    done = folder / "done"
    try:
        folder.mkdir()
    except FileExistsError:
        for _ in range(1200):
            if done.exists():
                return folder
            time.sleep(0.25)
        raise TimeoutError("the weights were not fitted") from None
    command = [sys.executable, "-m", "bot.fit", str(knowledge), str(folder / "weights.npz")]
    subprocess.run(command, check=True, cwd=PROJECT)
    done.touch()
    return folder


@pytest.fixture(scope="session")
def small_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the knowledge with few ways of asking, which is learnt in moments; nobody changes it."""
    return small_knowledge(tmp_path_factory.mktemp("small") / "knowledge")


@pytest.fixture(scope="session")
def small_weights(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the weights fitted for that."""
    return fitted_once(tmp_path_factory.mktemp("learnt") / "small", small_folder) / "weights.npz"


@pytest.fixture(scope="session")
def engine(knowledge: Knowledge, data_folder: Path) -> Engine:
    kept = weights.load(data_folder / "weights.npz", weights.key_of(knowledge.checksum))
    assert kept is not None
    return engine_for(knowledge, kept, lambda: TODAY)


@pytest.fixture(scope="session")
def opener(knowledge: Knowledge) -> Opener:
    """Return what opens every button over the project's own knowledge."""
    return opener_for(knowledge, lambda: TODAY)


def buttons(reply: Reply) -> Iterator[Button]:
    """Yield the buttons of a reply in reading order."""
    return (button for row in reply.buttons for button in row)


@pytest.fixture
def environment(data_folder: Path, tmp_path: Path) -> Mapping[str, str]:
    """Return an environment for a process of the bot: its own folder, the fitted weights, no token."""
    return environment_with(data_folder, tmp_path)


@pytest.fixture(scope="session")
def faults_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return what is loaded before a process to make it meet faults."""
    if reason := why_not():
        pytest.skip(reason)
    return compiled(tmp_path_factory.mktemp("preloaded"))


@pytest.fixture
def faults(faults_library: Path, tmp_path: Path) -> Faults:
    """Return faults for processes that are started with their environment: none yet."""
    return Faults(faults_library, tmp_path / "faults")

"""How long it takes to try a change of the project's own knowledge before it is published: run it on a quiet machine.

    python tests/benchmarks/publishing.py

A way of asking is added to an entry: with nothing known of how questions end now, and with that asked beforehand, as a
bot does a minute after its start; then a step of an answer is changed; then only the checks are made, as for a preview.
"""

import asyncio
import time
from collections.abc import Awaitable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.__main__ import engine_from
from bot.core.editing import Change
from bot.core.knowledge.loading import canonical, read_source
from bot.settings import read_settings
from bot.trying import asked_beforehand, tried

NAME = "advice/work/work-find.yaml"
NEW = "일거리 구하는 데 좀 대주시라요"


def main() -> None:
    """Print seconds, and what was found."""
    settings = read_settings()
    engine_from(settings)  # learns first, if need be
    text = (settings.knowledge_dir / NAME).read_text(encoding="utf-8")
    source = read_source(NAME, text.encode())
    asks = source.value.ask.model_copy(update={"ko": (*source.value.ask.ko, NEW)})
    with_ask = canonical(replace(source, value=source.value.model_copy(update={"ask": asks})))
    with_word = text.replace("종이에 적습니다", "공책에 적습니다", 1)
    assert with_word != text
    with TemporaryDirectory() as spare:
        weights = Path(spare) / "weights.npz"
        weights.write_bytes(settings.weights_path.read_bytes())
        asyncio.run(_measured(settings.knowledge_dir, weights, text, with_ask, with_word))


async def _measured(folder: Path, weights: Path, text: str, with_ask: str, with_word: str) -> None:
    asked, written = (Change({NAME: text}, {NAME: after}) for after in (with_ask, with_word))
    await _timed("asking beforehand", asked_beforehand(folder, weights))
    await _timed("a way of asking, asked before", tried(folder, weights, asked))
    await _timed("a step of an answer", tried(folder, weights, written))
    await _timed("checks alone", tried(folder, weights, asked, only_check=True))
    for kept in list(weights.parent.glob("asked-*.json")):
        kept.unlink()
    await _timed("a way of asking, nothing asked before", tried(folder, weights, asked))


async def _timed(name: str, work: Awaitable[object]) -> None:
    started = time.perf_counter()
    found = await work
    report = getattr(found, "report", None)
    moved = f", {len(report.better)} better, {len(report.worse)} worse, of {report.questions}" if report else ""
    print(f"{name}: {time.perf_counter() - started:.1f} s{moved}")


if __name__ == "__main__":
    main()

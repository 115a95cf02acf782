"""The web page under load: seconds to the first byte, at a steady rate, the page on one core, those who ask on another.

python tests/benchmarks/page.py [--rate 100] [--seconds 30]
"""

import argparse
import asyncio
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import aiohttp

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from asked import QUESTIONS
from newcomer import PROJECT, free_port
from programs import learnt_first, on_core, processor_of, shares_of, stay_on_first_core

from bot.core.knowledge.loading import assemble, read_folder
from bot.evaluation import read_questions
from bot.settings import read_settings

SEED: Final = 7
STARTING: Final = 120.0
MIX: Final = {"question": 50, "card": 40, "home": 10}
"""Of a hundred pages; a question takes two requests, for whoever asks is sent on to the answer."""


def main() -> None:
    """Print how long the first byte takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=100.0)
    parser.add_argument("--seconds", type=float, default=30.0)
    told = parser.parse_args()
    learnt_first()
    stay_on_first_core()
    address = f"127.0.0.1:{free_port()}"
    variables = {**os.environ, "WEB_LISTEN": address, "LOG_LEVEL": "WARNING", "PYTHONPATH": str(PROJECT)}
    with on_core(-1):
        process = subprocess.Popen([sys.executable, "-m", "bot", "web"], cwd=PROJECT, env=variables)
    try:
        asyncio.run(_asked(f"http://{address}", told.rate, told.seconds))
        print(f"processor time of the page, with its start: {processor_of(process.pid):.1f} s")
    finally:
        process.terminate()
        process.wait(30)


async def _asked(address: str, rate: float, seconds: float) -> None:
    chance = random.Random(SEED)
    questions = [each.text for each in read_questions(QUESTIONS / "newcomers.jsonl")]
    cards = list(assemble(read_folder(read_settings().knowledge_dir)).entries)
    taken: dict[str, list[float]] = {kind: [] for kind in MIX}
    statuses: Counter[int] = Counter()
    async with aiohttp.ClientSession(address) as session:
        await _there(session)

        def question() -> Awaitable[aiohttp.ClientResponse]:
            return session.post("/ask", data={"q": chance.choice(questions), "l": "ko"})

        def card() -> Awaitable[aiohttp.ClientResponse]:
            return session.get(f"/a/e:ko:{chance.choice(cards)}")

        def home() -> Awaitable[aiohttp.ClientResponse]:
            return session.get(chance.choice(["/", "/en"]))

        kinds: dict[str, Callable[[], Awaitable[aiohttp.ClientResponse]]] = {
            "question": question, "card": card, "home": home,
        }  # fmt: skip

        async def one(kind: str, due: float) -> None:
            response = await kinds[kind]()  # sent on to the answer, which is waited for
            taken[kind].append(time.perf_counter() - due)  # since it was due: nobody waits before asking
            statuses.update([response.status, *(was.status for was in response.history)])
            await response.read()

        began, due, asking = time.perf_counter(), 0.0, set()
        while due < seconds:
            due += chance.expovariate(rate)
            await asyncio.sleep(max(0.0, began + due - time.perf_counter()))
            kind = chance.choices(list(MIX), list(MIX.values()))[0]
            asking.add(asyncio.create_task(one(kind, began + due)))
        await asyncio.gather(*asking)
    every = [each for some in taken.values() for each in some]
    print(f"{len(every)} pages at {rate:g} a second; answered: {dict(statuses)}")
    for kind, some in {"all": every, **taken}.items():
        print(f"first byte of the page, ms, {kind}: {shares_of(some, 1)}")


async def _there(session: aiohttp.ClientSession) -> None:
    until = time.monotonic() + STARTING
    while True:
        try:
            async with session.get("/"):
                return
        except aiohttp.ClientError:
            if time.monotonic() > until:
                raise
            await asyncio.sleep(0.1)


if __name__ == "__main__":
    main()

"""Figures, not a test: the bot under load, beside bare echo bots, flooded, killed. Needs two cores.

    python tests/benchmarks/load.py                         as fast as it goes, then 300 questions a second
    python tests/benchmarks/load.py --questions 100000 --only-bot --rate 0      memory
    python tests/benchmarks/load.py --flood 1 200 --rate 50
    python tests/benchmarks/load.py --kills 50 --rate 50

One process, on the first core, is the Bot API server of tests/botapi with the people who ask; the bot, on the last, is
`python -m bot run`. Latency is from the moment a question was due to the first call that shows its answer.
"""

import gc
import random
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Coroutine, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from asked import MIX, Asked
from botapi.server import BotApiServer
from crowd import Crowd, Ledger
from programs import COMMANDS, Program, learnt_first, share_of, shares_of, stay_on_first_core

from bot.settings import read_settings

WARM_UP = 500
"""Questions before anything is measured; memory is compared from MEMORY_FROM on."""
MEMORY_FROM = 5_000
SEED = 7
LONGEST_LIFE = 3.0
"""Seconds within which a bot is killed once it asks for updates."""


@dataclass(frozen=True, slots=True)
class Run:
    """What is asked of whom."""

    waiting: int
    rest: float
    rate: float
    questions: int
    every: int
    rounds: int
    only_bot: bool


def main(
    waiting: Annotated[int, typer.Option(help="people who wait at a time when it goes as fast as it can")] = 64,
    rest: Annotated[float, typer.Option(help="seconds for which a person rests before the next question")] = 10,
    rate: Annotated[float, typer.Option(help="questions a second, at random moments; 0 leaves this part out")] = 300,
    questions: Annotated[int, typer.Option(help="questions in each part")] = 6_000,
    every: Annotated[int, typer.Option(help="questions between two looks at the memory")] = 10_000,
    rounds: Annotated[int, typer.Option(help="how often all bots are compared")] = 2,
    flood: Annotated[tuple[int, float], typer.Option(help="so many chats send together so much a second")] = (0, 0.0),
    kills: Annotated[int, typer.Option(help="end the bot so often, by SIGKILL and SIGTERM in turn")] = 0,
    only_bot: Annotated[bool, typer.Option("--only-bot", help="compare with nothing")] = False,
) -> None:
    """Print figures of the bot under load."""
    learnt_first()
    gc.disable()  # a pause of the server's would look like one of the bot's
    stay_on_first_core()
    run = Run(waiting, rest, rate, questions, every, rounds, only_bot)
    print("mix: " + ", ".join(f"{kind} {share} %" for kind, share in MIX.items()) + "; topics after Zipf, s = 1")
    if kills:
        _killed(run, kills)
    elif flood[0]:
        _flooded(run, *flood)
    else:
        _compared(run)


def _compared(run: Run) -> None:
    """Each bot as fast as it goes, in turns; then the bot at a steady rate."""
    rates: dict[str, list[float]] = defaultdict(list)
    costs: dict[str, list[float]] = defaultdict(list)
    for round_ in range(run.rounds):
        for name in ["bot"] if run.only_bot else list(COMMANDS):
            with _before(name, run) as (program, crowd):
                before = program.processor()
                ledger = _measured(program, crowd, run, crowd.as_fast_as_it_goes(run.waiting, run.questions))
                rates[name].append(ledger.rate)
                costs[name].append((program.processor() - before) / ledger.answered)
                if name == "bot" and run.rate and round_ == run.rounds - 1:
                    print(f"at {run.rate:g} questions a second:")
                    _measured(program, crowd, run, crowd.steadily(run.rate, run.questions))
    for name, found in rates.items():
        rate, cost = statistics.median(found), 1000 * statistics.median(costs[name])
        print(
            f"{name}: {rate:.0f} answers a second, {cost:.2f} ms of processor time each, medians of {run.rounds}; "
            f"the bot's rate is {statistics.median(rates['bot']) / rate:.2f} of it, "
            f"{cost / 1000 / statistics.median(costs['bot']):.2f} where both have a whole core"
        )


def _flooded(run: Run, chats: int, rate: float) -> None:
    """People who ask at a steady rate, without and with others who flood the bot."""
    with _before("bot", run) as (program, crowd):
        print("honest people, no flood:")
        _measured(program, crowd, run, crowd.steadily(run.rate, run.questions))
        print(f"honest people, while {chats} chats send {rate:g} a second:")
        flooding = crowd.server.beside(crowd.flood(chats, rate))
        ledger = _measured(program, crowd, run, crowd.steadily(run.rate, run.questions))
        flooding.cancel()
        print(f"  flood: sent {ledger.flood_sent}, answered {ledger.flood_answers} meanwhile")


def _killed(run: Run, kills: int) -> None:
    """End the bot at random moments while people ask; all must have been answered, at last."""
    chance, starts, stops = random.Random(), [], []
    with _before("bot", run) as (program, crowd):
        crowd.begin()
        asking = crowd.server.beside(crowd.steadily(run.rate, sys.maxsize))
        for number in range(kills):
            time.sleep(chance.uniform(0, LONGEST_LIFE))
            with_what = signal.SIGTERM if number % 2 else signal.SIGKILL
            stops.append(program.end(with_what) if number % 2 else program.end(with_what) * 0)
            starts.append(program.start())
        if not asking.cancel():
            asking.result()  # they ask until they are told to stop: what went wrong
        crowd.server.beside(crowd.last_answers()).result()
        ledger = crowd.ledger
        print(f"{kills} kills, {ledger.asked.total()} questions at {run.rate:g} a second:")
        print(f"  lost {ledger.lost}, answered twice {ledger.twice}")
        print(f"  back after {statistics.median(starts):.1f} s (median), {max(starts):.1f} s at most")
        print(f"  gone {max(stops):.1f} s after SIGTERM at most")
        _say_latency(ledger.seconds)


@contextmanager
def _before(name: str, run: Run) -> Iterator[tuple[Program, Crowd]]:
    """Yield a program that has answered WARM_UP questions, and the crowd before it; stop it then."""
    folder = Path(tempfile.mkdtemp(prefix="load-"))
    weights = read_settings().weights_path
    if weights.exists():
        (folder / "weights.npz").symlink_to(weights.resolve())
    with BotApiServer() as server:
        program = Program(name, server, folder)
        crowd = Crowd(server, Asked.from_files(SEED), run.rest)
        try:
            print(f"{name}: asks for updates after {program.start():.1f} s, {program.megabytes():.0f} MB")
            server.beside(crowd.as_fast_as_it_goes(run.waiting, WARM_UP)).result()
            yield program, crowd
        finally:
            program.end()
    refused = Counter(f"{refusal.method} {refusal.description}" for refusal in server.refused)
    for line in [*(f"refused {times} times: {what}" for what, times in refused.items()), *program.complaints()[:5]]:
        print(f"  {line}")
    shutil.rmtree(folder)


def _measured(program: Program, crowd: Crowd, run: Run, work: Coroutine[Any, Any, None]) -> Ledger:
    """Do `work` of the crowd and print its figures."""
    crowd.begin()
    memory = {0: program.megabytes()}
    bot, own = program.processor(), time.process_time()
    asking = crowd.server.beside(work)
    while not asking.done():
        time.sleep(0.2)
        step = crowd.ledger.answered // run.every * run.every
        if crowd.ledger.answered >= MEMORY_FROM and MEMORY_FROM not in memory:
            memory[MEMORY_FROM] = program.megabytes()
        memory.setdefault(step, program.megabytes())
    asking.result()
    ledger = crowd.ledger
    memory[ledger.answered] = program.megabytes()
    taken = ledger.last - ledger.began
    _say(ledger, crowd.people)
    print(
        f"  processor: bot {100 * (program.processor() - bot) / taken:.0f} % of its core "
        f"({1000 * (program.processor() - bot) / max(ledger.answered, 1):.2f} ms an answer), "
        f"server and people {100 * (time.process_time() - own) / taken:.0f} % of theirs"
    )
    _say_memory(memory)
    return ledger


def _say(ledger: Ledger, people: int) -> None:
    kinds = ", ".join(f"{kind} {times}" for kind, times in ledger.asked.most_common())
    print(f"  {ledger.rate:.0f} answers a second; {people} people asked {ledger.asked.total()} ({kinds})")
    print(f"  lost {ledger.lost}, answered twice {ledger.twice}, presses answered without a message {ledger.silent}")
    _say_latency(ledger.seconds)
    print(f"  people were late by {share_of(ledger.late, 0.99):.0f} ms (p99)")


def _say_latency(seconds: Iterable[float]) -> None:
    print(f"  from question to answer, ms: {shares_of(seconds)}")


def _say_memory(memory: dict[int, float]) -> None:
    print("  memory, MB: " + ", ".join(f"{megabytes:.0f} after {at}" for at, megabytes in sorted(memory.items())))
    if MEMORY_FROM in memory:
        growth = memory[max(memory)] / memory[MEMORY_FROM] - 1
        print(f"  memory grew by {100 * growth:+.1f} % from question {MEMORY_FROM} to {max(memory)}")


if __name__ == "__main__":
    typer.run(main)

"""How well danger signs are heard in offers: `python tests/benchmarks/offers.py [FILE]`, by language and by sign.

A file has JSON Lines of text, lang and flags (letters of knowledge/offers.yaml); none for a harmless telling.
"""

import json
import sys
from datetime import date
from pathlib import Path

from bot.core.building import opener_for
from bot.core.knowledge.checks import load
from bot.evaluation import Share

PROJECT = Path(__file__).parent.parent.parent


def main() -> None:
    """Print what is heard, as shares with their 95 % confidence intervals."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else PROJECT / "tests/questions/offers.jsonl"
    told = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    check = opener_for(load(PROJECT / "knowledge"), date.today).offers
    heard = [(each["lang"], set(each["flags"]), set(check.flags_in(each["text"]))) for each in told]
    for language in sorted({lang for lang, _, _ in heard}):
        offers = [found for lang, flags, found in heard if lang == language and flags]
        harmless = [found for lang, flags, found in heard if lang == language and not flags]
        print(f"{language}: a sign heard in {shown(offers)} of offers, in {shown(harmless)} of harmless tellings")
    for letter, flag in check.flags.items():
        there = [letter in found for _, flags, found in heard if letter in flags]
        right = [letter in flags for _, flags, found in heard if letter in found]
        print(f"{letter} {flag.title.en}: heard {shown(there)}, right {shown(right)}")


def shown(found: list[set[str]] | list[bool]) -> str:
    """Return a share as people read it."""
    share = Share(sum(map(bool, found)), len(found))
    low, high = share.range
    return f"{share.value:.2f} ({low:.2f}-{high:.2f}) of {len(found)}"


if __name__ == "__main__":
    main()

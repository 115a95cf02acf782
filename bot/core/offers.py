"""The danger signs of an offer: rules that are readable as data (`knowledge/offers.yaml`); nothing is kept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.core.knowledge.message_models import Flag, OffersFile
from bot.core.safety import UrgentCheck, compile_check

SURELY = 2
"""From so many signs on, a text is taken for a dangerous offer whatever else it may be about."""


@dataclass(frozen=True, slots=True)
class OfferCheck:
    """The flags by their letters, and the rules by which a text is searched for them."""

    flags: Mapping[str, Flag]
    rules: UrgentCheck

    def flags_in(self, text: str) -> str:
        """Return the letters of the danger signs that `text` speaks of, in the order of the file."""
        return "".join(self.rules.kinds_in(text))

    def known(self, letters: Iterable[str]) -> str:
        """Return those of `letters` that stand for a flag, once each, in the order of the file."""
        wanted = set(letters)
        return "".join(letter for letter in self.flags if letter in wanted)


def offer_check(offers: OffersFile) -> OfferCheck:
    """Read the rules of knowledge/offers.yaml; raise BadPattern on one that is wrong."""
    flags = {flag.letter: flag for flag in offers.flags.values()}
    kinds = {letter: flag.triggers for letter, flag in flags.items()}
    return OfferCheck(flags, compile_check(kinds, offers.harmless, offers.pieces))

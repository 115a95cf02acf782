"""Answer, ask back, or say honestly that there is no answer."""

from collections.abc import Sequence

from bot.core.matching.ranking import LANGUAGES, Candidate
from bot.core.matching.weights import Weights
from bot.core.model import Language, Outcome

MOST_CHOICES = 3


def judge(weights: Weights, language: Language, ranked: Sequence[Candidate]) -> Outcome:
    """Return how sure the first of `ranked` is: answered, unsure (offer choices) or unknown."""
    answer, lead, choices = (float(bar) for bar in weights.bars[LANGUAGES.index(language)])
    if not ranked or ranked[0].probability < choices:
        return Outcome.UNKNOWN
    second = ranked[1].probability if len(ranked) > 1 else 0.0
    clear = ranked[0].probability >= answer and ranked[0].probability - second >= lead
    return Outcome.ANSWERED if clear else Outcome.UNSURE

"""What stands behind /word, /center and /check: looked at at once."""

from bot.core import offer_replies, word_replies
from bot.core.centers import centers_of
from bot.core.language.normal import plain
from bot.core.model import Action, Language, Reply, Verb
from bot.core.opening import Opener


def looked_at(opener: Opener, verb: Verb, text: str, language: Language) -> tuple[Reply, bool] | None:
    """Return what a command shows for `text`, and whether it found something there; None for the other commands."""
    knowledge = opener.knowledge
    match verb:
        case Verb.WORD:
            found = any(opener.words.asked(plain(text))) or any(opener.words.named(text))
            return word_replies.word(knowledge, opener.words, text, language), found
        case Verb.CENTERS:
            found = bool(centers_of(knowledge.centers, text, knowledge.places))
            return opener.centers_named(text, language), found
        case Verb.OFFER:
            letters = opener.offers.flags_in(text)
            action = Action(Verb.VERDICT, language, letters)
            return offer_replies.verdict(knowledge, opener.offers, action), bool(letters)
    return None

"""From how a question was judged to its reply: a card, choices, a word, a centre, an urgent card above the rest."""

from collections.abc import Sequence
from dataclasses import replace

from bot.core import center_replies, offer_replies, replies, word_replies
from bot.core.centers import centers_for
from bot.core.language.reading import Sentence
from bot.core.matching.ranking import Candidate
from bot.core.model import Action, Block, Language, Outcome, Part, Reply, Verb
from bot.core.opening import Opener
from bot.core.privacy import personal_data

MOST_IDS = 5
ABOUT_PLACES = ("hana-find", "hana-center")
"""The entries about finding a centre, and about what it does."""
ABOUT_WORDS = "internet-words"
"""The entry about words that one does not understand."""


def answered(opener: Opener, id_: str, text: str, language: Language) -> Reply:
    """Return the card of an entry; one about centres tells of those near the places that `text` names."""
    knowledge = opener.knowledge
    reply = opener.entry_card(knowledge.entries[id_], Action(Verb.CARD, language, id_))
    near = centers_for(knowledge.centers, text) if id_ in ABOUT_PLACES else ()
    if not near:
        return reply
    block = center_replies.centers_block(near, knowledge.phrases[language], language)
    return replace(reply, blocks=(*reply.blocks[:2], block, *reply.blocks[2:]))


def word_asked(opener: Opener, asked: str, language: Language, ranked: Sequence[Candidate]) -> Reply | None:
    """Return what the word means that a question, `asked` in plain form, is about; None if that is not listed."""
    knowledge = opener.knowledge
    name, concept, words = opener.words.asked(asked)
    if concept:
        card = word_replies.concept_card(knowledge, opener.words.glossary, concept, language)
        return ended_at(card, concept.entry, ranked)
    if not words or ABOUT_WORDS not in knowledge.entries:
        return None
    return ended_at(word_replies.word_card(knowledge, name, words, language), ABOUT_WORDS, ranked)


def offered(opener: Opener, letters: str, below: Reply, ranked: Sequence[Candidate]) -> Reply:
    """Return how many danger signs an offer has; a sure answer of another entry stands below it."""
    entry = opener.knowledge.offers.entry
    action = Action(Verb.VERDICT, below.language, letters)
    reply = ended_at(offer_replies.verdict(opener.knowledge, opener.offers, action), entry, ranked)
    another = below.outcome is Outcome.ANSWERED and below.shown != entry
    return replace(reply, shown=entry, also=replace(below, outcome=None) if another else None)


def urgent_first(opener: Opener, kinds: Sequence[str], below: Reply, language: Language) -> Reply:
    """Return the urgent card; an ordinary reply that has something to show stands below it.

    `language` is what the text is written in: in Chinese, how to read on is said below the numbers.
    """
    action = Action(Verb.CARD, below.language, kinds[0])
    first = replies.urgent_card(opener.knowledge, kinds[0], action)
    phrases = opener.knowledge.phrases[below.language]
    note = Block(Part.SMALL, (phrases.urgent_also,))
    in_chinese = (Block(Part.SMALL, (phrases.chinese,)),) if language is Language.ZH else ()
    others = [each for each in zip(below.ids, below.scores, strict=True) if each[0] not in kinds]
    ended = [*((kind, 1.0) for kind in kinds), *others][:MOST_IDS]
    return replace(
        first,
        blocks=(*first.blocks, *in_chinese),
        outcome=Outcome.URGENT,
        ids=tuple(id_ for id_, _ in ended),
        scores=tuple(score for _, score in ended),
        also=replace(below, outcome=None, clears=False, blocks=(note, *below.blocks)) if below.blocks else None,
    )


def with_notes(opener: Opener, reply: Reply, sentence: Sentence, text: str) -> Reply:
    """Return `reply` with a word on personal data in the question below it, or on Chinese above it."""
    phrases = opener.knowledge.phrases[reply.language]
    above = (Block(Part.SMALL, (phrases.chinese,)),) if sentence.language is Language.ZH else ()
    below = (Block(Part.SMALL, (phrases.personal_data,)),) if personal_data(text) else ()
    return replace(reply, blocks=(*above, *reply.blocks, *below)) if above or below else reply


def ended(reply: Reply, outcome: Outcome, ranked: Sequence[Candidate]) -> Reply:
    """Return `reply` with how the question ended and which entries it came nearest to."""
    nearest = ranked[:MOST_IDS]
    ids, scores = tuple(each.id for each in nearest), tuple(round(each.probability, 4) for each in nearest)
    return replace(reply, outcome=outcome, ids=ids, scores=scores)


def ended_at(reply: Reply, first: str, ranked: Sequence[Candidate]) -> Reply:
    """Return `reply` as a direct answer by the entry `first`, whatever was ranked before it."""
    others = [each for each in ranked if each.id != first]
    return ended(reply, Outcome.ANSWERED, [Candidate(first, 1.0), *others])

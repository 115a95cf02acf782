"""The question's path, in one place. The engine takes a string: it cannot know who asked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from bot.core import replies
from bot.core.centers import centers_for
from bot.core.knowledge.whole import Entry, Knowledge
from bot.core.knowledge.words import WordBook
from bot.core.language.normal import spaceless
from bot.core.language.reading import Reader, Sentence
from bot.core.matching.alarm import alarm
from bot.core.matching.judging import MOST_CHOICES, judge
from bot.core.matching.ranking import Candidate, Matcher, View
from bot.core.model import Action, Block, Courtesy, Language, Outcome, Part, Reply, Verb
from bot.core.privacy import masked, personal_data
from bot.core.safety import UrgentCheck

MOST_IDS = 5
T = TypeVar("T")
_ABOUT_PLACES = frozenset(["hana-find", "hana-center"])
_ABOUT_WORDS = "internet-words"
"""The entry about words that one does not understand."""


@dataclass(frozen=True, slots=True)
class Engine:
    """Everything needed to answer, frozen; new knowledge means a new engine. `today` is the date of facts."""

    knowledge: Knowledge
    reader: Reader
    urgent: UrgentCheck
    matcher: Matcher
    words: WordBook
    courtesies: Mapping[str, Courtesy]
    today: Callable[[], date]

    def answer(self, text: str) -> Reply:
        """Answer a question: urgent? -> read -> alarming? -> rank -> judge -> a word asked about? -> compose."""
        gravest = tuple(self.knowledge.urgent.kinds)[:1]
        heard = _surviving(lambda: self._heard(text), gravest)
        view = _surviving(lambda: self.matcher.view(self.reader.read(masked(text))), None)
        if view is None:
            return self._urgent_first(heard or gravest, Reply(()))
        alarming = () if heard else _surviving(lambda: self._alarming(view), gravest)
        if not heard and not alarming:
            return self._matched(view, text)
        below = _surviving(lambda: self._matched(view, text), Reply(()))
        sure = (Outcome.ANSWERED,) if heard else (Outcome.ANSWERED, Outcome.UNSURE)
        return self._urgent_first(heard or alarming, below if below.outcome in sure else replace(below, blocks=()))

    def _matched(self, view: View, text: str) -> Reply:
        """Answer a question in which the urgent check found nothing, or what else an urgent text asks."""
        sentence, ranked = view.sentence, self.matcher.rank(view)
        outcome = judge(self.matcher.weights, sentence.language, ranked)
        reply = self._word_asked(sentence, text, outcome, ranked) or self._compose(sentence, text, outcome, ranked)
        return self._with_notes(reply, sentence, text)

    def open(self, action: Action) -> Reply | None:
        """Return what a button or a command shows, or None when what it points at is no longer there."""
        language, knowledge = action.language, self.knowledge
        match action.verb:
            case Verb.START:
                return replies.greeting(knowledge, language)
            case Verb.HELP:
                return replies.lines(knowledge, knowledge.phrases[language].help, action)
            case Verb.PRIVACY:
                return replies.lines(knowledge, knowledge.phrases[language].privacy, action)
            case Verb.NONE_OF_THESE:
                return replies.none_of_these(knowledge, language)
            case Verb.CARD | Verb.RELATED_CARD:
                return self.card(action.target, Verb.CARD, language)
            case Verb.LISTED_CARD:
                return self.card(action.target, Verb.LISTED_CARD, language)
            case Verb.CONCEPT:
                found = (each for each in knowledge.concepts if each.id == action.target)
                return next(
                    (replies.concept_card(knowledge, self.words.glossary, each, language) for each in found), None
                )
            case Verb.SHOW if action.target in knowledge.entries:
                return replies.to_show(knowledge, knowledge.entries[action.target], language)
            case Verb.CATEGORY if action.target in {category.id for category in knowledge.categories}:
                return replies.category(knowledge, action.target, language)
            case Verb.MENU | Verb.TOPICS:
                return replies.menu(knowledge, language)
        return None

    def card(self, id_: str, verb: Verb, language: Language) -> Reply | None:
        """Return the card of an entry or of a kind of emergency, or None if there is none of that id."""
        if id_ in self.knowledge.urgent.kinds:
            return replies.urgent_card(self.knowledge, id_, verb, language)
        entry = self.knowledge.entries.get(id_)
        return self._entry_card(entry, verb, language) if entry else None

    def _entry_card(self, entry: Entry, verb: Verb, language: Language) -> Reply:
        return replies.card(self.knowledge, self.words.glossary, entry, verb, language, self.today())

    def _heard(self, text: str) -> tuple[str, ...]:
        """Return the kinds of emergency in `text`, as it is or as it was meant if the keyboard was left in English."""
        return self.urgent.kinds_in(text) or self.urgent.kinds_in(self.reader.as_meant(text))

    def _alarming(self, view: View) -> tuple[str, ...]:
        """Return the kind of emergency that a text is most like, if it is like one: a second net under the check."""
        found = alarm(self.matcher, view)
        return (found.kind,) if found.raised else ()

    def _compose(self, sentence: Sentence, text: str, outcome: Outcome, ranked: Sequence[Candidate]) -> Reply:
        language = sentence.language.spoken
        if outcome is Outcome.ANSWERED:
            reply = self._answered(ranked[0].id, text, language)
        elif outcome is Outcome.UNSURE:
            reply = replies.choices(self.knowledge, [each.id for each in ranked[:MOST_CHOICES]], language)
        elif courtesy := self.courtesies.get(spaceless(text)):
            reply = replies.courteous(self.knowledge, courtesy, language)
        else:
            reply = replies.unknown(self.knowledge, language)
        return _ended(reply, outcome, ranked)

    def _word_asked(self, sentence: Sentence, text: str, outcome: Outcome, ranked: Sequence[Candidate]) -> Reply | None:
        """Return what a word means if the question asks that; above the entry that surely answers it, if one does."""
        language = sentence.language.spoken
        asked, concept, words = self.words.asked(self.reader.as_meant(text))
        if concept:
            card = replies.concept_card(self.knowledge, self.words.glossary, concept, language)
            return _ended_at(card, concept.entry, ranked)
        if not words or _ABOUT_WORDS not in self.knowledge.entries:
            return None
        meaning = replies.word_card(self.knowledge, asked, words, language)
        if outcome is not Outcome.ANSWERED or ranked[0].id == _ABOUT_WORDS:
            return _ended_at(meaning, _ABOUT_WORDS, ranked)
        reply = self._compose(sentence, text, outcome, ranked)
        return replace(reply, blocks=(*meaning.blocks, *reply.blocks))

    def _answered(self, id_: str, text: str, language: Language) -> Reply:
        reply = self._entry_card(self.knowledge.entries[id_], Verb.CARD, language)
        near = centers_for(self.knowledge.centers, text) if id_ in _ABOUT_PLACES else ()
        if not near:
            return reply
        block = replies.centers_block(near, self.knowledge.phrases[language], language)
        return replace(reply, blocks=(*reply.blocks[:2], block, *reply.blocks[2:]))

    def _urgent_first(self, kinds: Sequence[str], below: Reply) -> Reply:
        """Return the urgent card; an ordinary reply that has something to show stands below it."""
        first = replies.urgent_card(self.knowledge, kinds[0], Verb.CARD, below.language)
        note = Block(Part.SMALL, (self.knowledge.phrases[below.language].urgent_also,))
        others = [each for each in zip(below.ids, below.scores, strict=True) if each[0] not in kinds]
        ended = [*((kind, 1.0) for kind in kinds), *others][:MOST_IDS]
        return replace(
            first,
            outcome=Outcome.URGENT,
            ids=tuple(id_ for id_, _ in ended),
            scores=tuple(score for _, score in ended),
            also=replace(below, outcome=None, blocks=(note, *below.blocks)) if below.blocks else None,
        )

    def _with_notes(self, reply: Reply, sentence: Sentence, text: str) -> Reply:
        phrases = self.knowledge.phrases[reply.language]
        notes = [phrases.personal_data] if personal_data(text) else []
        notes += [phrases.chinese] if sentence.language is Language.ZH else []
        if not notes:
            return reply
        return replace(reply, blocks=(*reply.blocks, Block(Part.SMALL, tuple(notes))))


def _ended(reply: Reply, outcome: Outcome, ranked: Sequence[Candidate]) -> Reply:
    nearest = ranked[:MOST_IDS]
    ids, scores = tuple(each.id for each in nearest), tuple(round(each.probability, 4) for each in nearest)
    return replace(reply, outcome=outcome, ids=ids, scores=scores)


def _ended_at(reply: Reply, first: str, ranked: Sequence[Candidate]) -> Reply:
    """Return `reply` as a direct answer by the entry `first`, whatever was ranked before it."""
    others = [each for each in ranked if each.id != first]
    return _ended(reply, Outcome.ANSWERED, [Candidate(first, 1.0), *others])


def _surviving(work: Callable[[], T], instead: T) -> T:
    """Return what `work` gives, or `instead` when it fails: a cry for help is never lost to a fault of ours."""
    try:
        return work()
    except Exception:  # the one place that must survive
        return instead

"""The question's path, in one place. The engine takes a string: it cannot know who asked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from bot.core import replies
from bot.core.centers import centers_for
from bot.core.following import Follower
from bot.core.knowledge.whole import Entry, Knowledge
from bot.core.knowledge.words import WordBook
from bot.core.language.asking import asks, questions_in, sentences_in
from bot.core.language.normal import spaceless
from bot.core.language.reading import Reader, Sentence
from bot.core.matching.alarm import alarm
from bot.core.matching.judging import MOST_CHOICES, judge
from bot.core.matching.ranking import Candidate, Matcher, View
from bot.core.model import Action, Block, Courtesy, Language, Outcome, Part, Reply, Verb
from bot.core.privacy import masked, personal_data
from bot.core.safety import UrgentCheck

MOST_IDS = 5
BOTH_AMONG = 4
"""Two questions of one message are answered both when both answers are among the first so many of the whole message."""
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
    follower: Follower
    today: Callable[[], date]

    def answer(self, text: str, last: str = "") -> Reply:
        """Answer a question: urgent? -> read -> alarming? -> about the last topic? -> two questions? -> matched.

        `last` is the entry that was shown before: a short question may be about it.
        """
        gravest = tuple(self.knowledge.urgent.kinds)[:1]
        heard = _surviving(lambda: self._heard(text), gravest)
        view = _surviving(lambda: self.view(text), None)
        if view is None:
            return self._urgent_first(heard or gravest, Reply(()))
        alarming = () if heard else _surviving(lambda: self._alarming(view), gravest)
        if not heard and not alarming:
            return self._about_last(text, view.sentence, last) or self._both(view, text) or self._matched(view, text)
        nothing = Reply((), language=view.sentence.language.spoken)
        below = _surviving(lambda: self._besides(text) if heard else self._matched(view, text), None) or nothing
        shown = below if below.outcome in (Outcome.ANSWERED, Outcome.UNSURE) else replace(below, blocks=())
        return self._urgent_first(heard or alarming, shown)

    def view(self, text: str) -> View:
        """Return `text`, personal data masked, as the matcher sees it."""
        return self.matcher.view(self.reader.read(masked(text)))

    def _besides(self, text: str) -> Reply | None:
        """Return the sure answer to what a cry for help asks besides, in a sentence of its own; None if it does not."""
        for part in sentences_in(text):
            view = self.view(part)
            if part != text and asks(part) and not self._heard(part) and not self._alarming(view):
                reply = self._matched(view, part)
                if reply.outcome is Outcome.ANSWERED:
                    return reply
        return None

    def _about_last(self, text: str, sentence: Sentence, last: str) -> Reply | None:
        """Return what the card of the last topic says about a short question, or None if the text is none."""
        entry = self.knowledge.entries.get(last)
        aspect = self.follower.aspect_in(text) if entry else ""
        if not entry or not aspect:
            return None
        language = sentence.language.spoken
        card = self._entry_card(entry, Verb.CARD, language)
        reply = replies.about_last(self.knowledge, entry, self.knowledge.follow_ups.aspects[aspect], card, language)
        return self._with_notes(_ended_at(reply, last, ()), sentence, text)

    def _both(self, view: View, text: str) -> Reply | None:
        """Return both answers to a message that asks two things, or None if it does not surely do so.

        Each question must come near its entry by itself, one of them surely, and both be among the first of the whole.
        """
        questions = questions_in(text)
        if not questions:
            return None
        near = {each.id for each in self.matcher.rank(view)[:BOTH_AMONG]}
        found: dict[str, Candidate] = {}
        sure = False
        for question in questions:
            if self.follower.aspect_in(question):  # about the question before it, not a second topic
                continue
            part = self.view(question)
            ranked = self.matcher.rank(part)
            outcome = judge(self.matcher.weights, part.sentence.language, ranked)
            if outcome is not Outcome.UNKNOWN and ranked[0].id in near:
                found.setdefault(ranked[0].id, ranked[0])
                sure = sure or outcome is Outcome.ANSWERED
        if len(found) < 2 or not sure:
            return None
        cards = [self._answered(id_, text, view.sentence.language.spoken) for id_ in found]
        reply = _ended(replace(cards[0], also=cards[1]), Outcome.ANSWERED, tuple(found.values()))
        return self._with_notes(reply, view.sentence, text)

    def _matched(self, view: View, text: str) -> Reply:
        """Answer one question: rank -> judge -> a word asked about? -> compose."""
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

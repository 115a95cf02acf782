"""The question's path, in one place. The engine takes a string: it cannot know who asked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from bot.core import composing, replies, word_replies
from bot.core.asked import Asked
from bot.core.centers import says_only_where
from bot.core.commands import looked_at
from bot.core.following import Follower
from bot.core.knowledge.whole import Knowledge
from bot.core.language.asking import asks, questions_in, sentences_in
from bot.core.language.normal import spaceless
from bot.core.language.reading import Reader
from bot.core.language.word_question import asks_for_other_name, words_asked
from bot.core.matching.alarm import alarm
from bot.core.matching.judging import MOST_CHOICES
from bot.core.matching.ranking import Candidate, Matcher, View
from bot.core.model import Action, Courtesy, Language, Outcome, Reply, Verb
from bot.core.offers import SURELY
from bot.core.opening import COMMANDS, Opener
from bot.core.safety import UrgentCheck
from bot.core.spelling import nearest_words
from bot.core.surviving import surviving

BOTH_AMONG = 4
"""Two questions of one message are answered both when both answers are among the first so many of the whole message."""
MOST_BESIDES = 50
"""So many sentences of a cry for help that ask something are looked at: time stays bounded whatever is written."""
HARDLY = 0.005
"""A card less probable than that is not what somebody looks for."""
_ALONE = frozenset([Verb.START, Verb.CLEAR, Verb.MY_DATA, Verb.PRIVACY])
"""Commands that mean the same whatever stands behind them: a link to the bot may put something behind /start."""
MOST_FOUND = 10
"""So many cards are offered to somebody who looks for one in another chat."""


@dataclass(frozen=True, slots=True)
class Engine:
    """Everything needed to answer, frozen; new knowledge means a new engine."""

    opener: Opener
    reader: Reader
    urgent: UrgentCheck
    matcher: Matcher
    courtesies: Mapping[str, Courtesy]
    requests: Mapping[str, str]
    follower: Follower

    @property
    def knowledge(self) -> Knowledge:
        """What the engine knows."""
        return self.opener.knowledge

    def answer(self, text: str, last: str = "") -> Reply:
        """Answer a question: urgent? -> read -> alarming? -> what it asks for.

        `last` is the entry that was shown before: a short question may be about it.
        """
        return self._urgent_first(self.asked(text), lambda asked: self._ordinary(asked, last), self._besides)

    def urgent_card(self, text: str, *, surely: bool = False) -> Reply | None:
        """Return the urgent card if `text` cries for help, else None; `surely` asks the first net alone, in no time."""
        asked = self.asked(text)
        if surely and not surviving(lambda: self._heard(asked) != (), instead=True):
            return None
        reply = self._urgent_first(asked, lambda _: Reply(()), lambda _: None)
        return reply if reply.blocks else None

    def command(self, name: str, text: str, language: Language) -> Reply:
        """Answer a command of opening.COMMANDS, with what stands behind it.

        /word, /center and /check look at that at once; behind the others it is a question, but for those of _ALONE.
        """
        if not spaceless(text):
            return self.open(Action(COMMANDS[name], language)) or self.answer(text)

        def asked_for(asked: Asked) -> Reply:
            reply, _ = self._asked_for(name, asked, language)
            return reply

        def besides(asked: Asked) -> Reply | None:
            reply, found = self._asked_for(name, asked, language)
            return reply if found else self._besides(asked)

        return self._urgent_first(self.asked(text), asked_for, besides)

    def open(self, action: Action) -> Reply | None:
        """Return what a button shows, or None when what it points at is no longer there."""
        return self.opener.open(action)

    def near(self, latitude: float, longitude: float, language: Language) -> Reply:
        """Return the Hana Centers near a position in degrees; it is not kept."""
        return self.opener.centers_near(latitude, longitude, language)

    def found(self, text: str) -> tuple[Reply, ...]:
        """Return the cards that `text` may be about and related ones, at most MOST_FOUND, an urgent one first."""
        gravest = tuple(self.knowledge.urgent.kinds)[:1]
        asked = self.asked(text)
        heard = surviving(lambda: self._heard(asked), gravest)
        if surviving(lambda: asked.view, None) is None:
            return self._cards(heard or gravest, Language.KO)
        heard = heard or surviving(lambda: self._alarming(asked), gravest)
        best = () if heard else asked.ranked[:1]
        near = [each.id for each in asked.ranked if each.probability >= HARDLY or each in best]
        entries = [self.knowledge.entries[id_] for id_ in near if id_ in self.knowledge.entries]
        related = (id_ for entry in entries for id_ in entry.content.related)
        return self._cards(tuple(dict.fromkeys((*heard, *near, *related))), asked.language)

    def suggested(self, language: Language) -> tuple[Reply, ...]:
        """Return a card of each part of life, at most MOST_FOUND: what is offered before anything is asked."""
        firsts = (self.knowledge.entries_of(category.id)[:1] for category in self.knowledge.categories)
        return self._cards([entry.id for first in firsts for entry in first], language)

    def _cards(self, ids: Sequence[str], language: Language) -> tuple[Reply, ...]:
        return tuple(card for id_ in ids[:MOST_FOUND] if (card := self.open(Action(Verb.CARD, language, id_))))

    def view(self, text: str) -> View:
        """Return `text`, personal data masked, as the matcher sees it."""
        return self.asked(text).view

    def asked(self, text: str) -> Asked:
        """Return `text` ready to be read."""
        return Asked(text, self.reader, self.matcher)

    def _urgent_first(
        self, asked: Asked, ordinary: Callable[[Asked], Reply], besides: Callable[[Asked], Reply | None]
    ) -> Reply:
        """Return the ordinary reply; if `text` cries for help, the urgent card first.

        Below it stands the ordinary reply if only the second net heard the cry, else what the text asks `besides`.
        """
        gravest = tuple(self.knowledge.urgent.kinds)[:1]
        heard = surviving(lambda: self._heard(asked), gravest)
        if surviving(lambda: asked.view, None) is None:
            return composing.urgent_first(self.opener, heard or gravest, Reply(()), Language.KO)
        alarming = () if heard else surviving(lambda: self._alarming(asked), gravest)
        if not heard and not alarming:
            return ordinary(asked)
        nothing = Reply((), language=asked.language)
        below = surviving(lambda: besides(asked) if heard else ordinary(asked), None) or nothing
        shown = below if below.outcome in (Outcome.ANSWERED, Outcome.UNSURE) else replace(below, blocks=())
        return composing.urgent_first(self.opener, heard or alarming, shown, asked.sentence.language)

    def _ordinary(self, asked: Asked, last: str) -> Reply:
        """Answer what is not urgent: a request? -> about the last topic? -> an offer? -> a place? -> questions."""
        return (
            self._requested(asked)
            or self._about_last(asked, last)
            or self._offered(asked)
            or self._where(asked)
            or self._both(asked)
            or self._matched(asked)
        )

    def _asked_for(self, name: str, asked: Asked, language: Language) -> tuple[Reply, bool]:
        """Answer what stands behind a command; say whether the command found something in it."""
        verb = COMMANDS[name]
        if verb in _ALONE:
            return self.open(Action(verb, language)) or self._ordinary(asked, ""), False
        looked = looked_at(self.opener, verb, asked.meant, language)
        if looked is None:
            return self._ordinary(asked, ""), False
        reply, found = looked
        card = self._matched(asked) if verb is Verb.OFFER and not found else None
        if card and card.shown == self.knowledge.offers.entry:  # no rule hears it, but it sounds like fraud
            reply = replace(reply, also=replace(card, outcome=None))
        return self._noted(composing.ended(reply, Outcome.ANSWERED, ()), asked), found

    def _besides(self, asked: Asked) -> Reply | None:
        """Return the sure answer to what a cry for help asks besides, in a sentence of its own; None if it does not."""
        asking = dict.fromkeys(filter(asks, sentences_in(asked.text)))
        for part in map(self.asked, islice(asking, MOST_BESIDES)):
            if part.text != asked.text and not self._heard(part) and not self._alarming(part):
                reply = self._matched(part)
                if reply.outcome is Outcome.ANSWERED:
                    return reply
        return None

    def _requested(self, asked: Asked) -> Reply | None:
        """Return what a message that is a command in words asks for ("지우기"), or None if it is none."""
        name = self.requests.get(asked.letters)
        shown = self.open(Action(COMMANDS[name], asked.language)) if name else None
        return self._noted(composing.ended(shown, Outcome.ANSWERED, asked.ranked), asked) if shown else None

    def _about_last(self, asked: Asked, last: str) -> Reply | None:
        """Return what the card of the last topic says about a short question, or None if the text is none."""
        entry = self.knowledge.entries.get(last)
        aspect = self.follower.aspect_in(asked.text) if entry else ""
        if not entry or not aspect:
            return None
        reply = self.opener.about(entry, aspect, Action(Verb.ASPECT, asked.language))
        return self._noted(composing.ended_at(reply, last, ()), asked)

    def _offered(self, asked: Asked) -> Reply | None:
        """Return the danger signs of an offer that somebody tells of, or None if there are none.

        One sign alone is not enough where another entry surely answers, or where that on offers is not even near.
        """
        letters = self.opener.offers.flags_in(asked.meant)
        if not letters:
            return None
        ordinary, entry = self._matched(asked), self.knowledge.offers.entry
        unsure = ordinary.outcome is not Outcome.ANSWERED and entry in [each.id for each in asked.ranked[:MOST_CHOICES]]
        if len(letters) < SURELY and not unsure and ordinary.shown != entry:
            return None
        return self._noted(composing.offered(self.opener, letters, ordinary, asked.ranked), asked)

    def _where(self, asked: Asked) -> Reply | None:
        """Return the Hana Centers of a place if the text says nothing else ("부산 사상구"), else None."""
        if not says_only_where(self.opener.places, self.opener.doubtful, asked.meant):
            return None
        reply = self.opener.centers_named(asked.meant, asked.language)
        return self._noted(composing.ended_at(reply, composing.ABOUT_PLACES[0], asked.ranked), asked)

    def _both(self, asked: Asked) -> Reply | None:
        """Return both answers to a message that asks two things, or None if it does not surely do so.

        Each question must come near its entry by itself, one of them surely, and both be among the first of the whole.
        """
        questions = questions_in(asked.text)
        if not questions:
            return None
        near = {each.id for each in asked.ranked[:BOTH_AMONG]}
        found: dict[str, Candidate] = {}
        sure = False
        for question in map(self.asked, questions):
            if self.follower.aspect_in(question.text):  # about the question before it, not a second topic
                continue
            if question.outcome is not Outcome.UNKNOWN and question.ranked[0].id in near:
                found.setdefault(question.ranked[0].id, question.ranked[0])
                sure = sure or question.outcome is Outcome.ANSWERED
        if len(found) < 2 or not sure:
            return None
        cards = [composing.answered(self.opener, id_, asked.text, asked.language) for id_ in found]
        reply = composing.ended(replace(cards[0], also=cards[1]), Outcome.ANSWERED, tuple(found.values()))
        return self._noted(reply, asked)

    def _matched(self, asked: Asked) -> Reply:
        """Answer one question: rank -> judge -> a word asked about? -> compose."""
        ranked, outcome, language = asked.ranked, asked.outcome, asked.language
        reply = self._composed(asked)
        if outcome is not Outcome.ANSWERED and self._is_word_alone(asked):
            alone = word_replies.word(self.knowledge, self.opener.words, asked.meant, language)
            both = replace(reply, blocks=(*alone.blocks, *reply.blocks))
            reply = composing.ended(both if outcome is Outcome.UNSURE else alone, outcome, ranked)
        elif word := composing.word_asked(self.opener, asked.words, language, ranked):
            another = outcome is Outcome.ANSWERED and word.ids[0] == composing.ABOUT_WORDS != ranked[0].id
            another = another and not asks_for_other_name(asked.words)
            reply = replace(reply, blocks=(*word.blocks, *reply.blocks)) if another else word
        elif self._may_be_a_word(outcome, ranked) and (near := self._nearest_words(asked)):
            reply = composing.ended(near, Outcome.UNSURE if outcome is Outcome.UNKNOWN else outcome, ranked)
        return self._noted(reply, asked)

    def _noted(self, reply: Reply, asked: Asked) -> Reply:
        return composing.with_notes(self.opener, reply, asked.sentence, asked.text)

    def _is_word_alone(self, asked: Asked) -> bool:
        return any(self.opener.words.named(asked.meant)) and asked.letters not in self.courtesies

    def _may_be_a_word(self, outcome: Outcome, ranked: Sequence[Candidate]) -> bool:
        """Say whether nothing better is known for a question about a word that is not listed."""
        return outcome is Outcome.UNKNOWN or ranked[0].id == composing.ABOUT_WORDS

    def _nearest_words(self, asked: Asked) -> Reply | None:
        """Return the listed words nearest to one that is asked about and not listed, or None if there are none."""
        words = words_asked(asked.words)
        names = nearest_words(self.opener.words, words[-1]) if words else ()
        return word_replies.nearest(self.knowledge, words[-1], names, asked.language) if names else None

    def _heard(self, asked: Asked) -> tuple[str, ...]:
        """Return the kinds of emergency anywhere in a text, as it is or as meant with the keyboard left in English."""
        found = {kind for part in asked.stretches for kind in self.urgent.kinds_in(part.text)}
        if not found and asked.meant != asked.text:
            found = {kind for part in asked.stretches for kind in self.urgent.kinds_in(part.meant)}
        return tuple(kind for kind in self.urgent.kinds if kind in found)

    def _alarming(self, asked: Asked) -> tuple[str, ...]:
        """Return the kind of emergency that a text is most like, if it is like one: a second net under the check."""
        found = (alarm(self.matcher, part.view) for part in asked.stretches)
        return next(((each.kind,) for each in found if each.raised), ())

    def _composed(self, asked: Asked) -> Reply:
        language, ranked = asked.language, asked.ranked
        if asked.outcome is Outcome.ANSWERED:
            reply = composing.answered(self.opener, ranked[0].id, asked.text, language)
        elif asked.outcome is Outcome.UNSURE:
            reply = replies.choices(self.knowledge, [each.id for each in ranked[:MOST_CHOICES]], language)
        elif courtesy := self.courtesies.get(spaceless(asked.text)):
            reply = replies.courteous(self.knowledge, courtesy, language)
        else:
            reply = replies.unknown(self.knowledge, Action(Verb.UNKNOWN, language))
        return composing.ended(reply, asked.outcome, ranked)

"""What each button and each command shows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from typing import Final

from bot.core import center_replies, menus, offer_replies, person_replies, replies, word_replies
from bot.core.knowledge.whole import Entry, Knowledge
from bot.core.knowledge.words import WordBook
from bot.core.model import Action, Block, Button, Courtesy, Feedback, Language, Part, Reply, Verb
from bot.core.offers import OfferCheck

COMMANDS: Final[Mapping[str, Verb]] = {
    "start": Verb.START,
    "menu": Verb.MENU,
    "what": Verb.STAGES,
    "word": Verb.WORD,
    "center": Verb.CENTERS,
    "check": Verb.OFFER,
    "person": Verb.PERSON,
    "clear": Verb.CLEAR,
    "mydata": Verb.MY_DATA,
    "privacy": Verb.PRIVACY,
    "help": Verb.HELP,
}
"""The commands, in the order in which they are listed; each is described in knowledge/voice."""
_OF_ENTRIES: Final = frozenset([
    Verb.CARD, Verb.LISTED_CARD, Verb.STAGE_CARD, Verb.CHOICES, Verb.ASPECT, Verb.WORDS, Verb.SHOW, Verb.CALL,
    Verb.FEEDBACK, Verb.REASONS,
])  # fmt: skip
"""Buttons whose target names entries."""
ABOUT_PEOPLE: Final = (Verb.PERSON, Verb.WRITE, Verb.SEND, Verb.SEND_WHOLE, Verb.WRITE_BACK, Verb.NOT_SEND)
"""Buttons about asking a person: without a group of coordinators each shows whom to call."""
SHOWN_OF_CHECKSUM = 12
"""So many digits of the knowledge's checksum are shown to people: enough to compare."""


@dataclass(frozen=True, slots=True)
class Opener:
    """All there is to show, frozen.

    `places` are names by their first letters, of which the `doubtful` are everyday words too; `today` tells the date of
    facts; `version` is the program's. `desk` says that a person can be asked in writing. `cards` are those that were
    opened today, as they look without a list to go back to: each is made once a day.
    """

    knowledge: Knowledge
    words: WordBook
    offers: OfferCheck
    places: Mapping[str, Sequence[str]]
    doubtful: frozenset[str]
    today: Callable[[], date]
    version: str
    desk: bool = False
    cards: dict[tuple[date, str, Language], Reply] = field(init=False, repr=False, compare=False, default_factory=dict)

    def open(self, action: Action) -> Reply | None:
        """Return what a button or a command shows, or None when what it points at is no longer there."""
        return _SHOWN[action.verb](self, self._current(action))

    def _current(self, action: Action) -> Action:
        """Return the action with successors in place of retired entries: old buttons lead on."""
        retired = self.knowledge.retired
        if action.verb not in _OF_ENTRIES or retired.keys().isdisjoint(action.parts):
            return action
        return replace(action, target=".".join(retired.get(part, part) for part in action.parts))

    def entry_card(self, entry: Entry, action: Action) -> Reply:
        """Return the card of `entry`, opened as `action` says."""
        today = self.today()
        made = self.cards.get((today, entry.id, action.language)) if action.verb is Verb.CARD else None
        if made is None:
            made = replies.card(self.knowledge, self.words.glossary, entry, action, today)
            if action.verb is Verb.CARD:
                self._keep(made, today)
        return made

    def _keep(self, card: Reply, today: date) -> None:
        if any(day != today for day, _, _ in islice(self.cards, 1)):
            self.cards.clear()
        self.cards[today, card.shown, card.language] = card

    def _card(self, action: Action) -> Reply | None:
        if action.target in self.knowledge.urgent.kinds:
            return replies.urgent_card(self.knowledge, action.target, action)
        return self._of_entry(action.target, lambda entry: self.entry_card(entry, action))

    def _stage_card(self, action: Action) -> Reply | None:
        id_ = action.parts[2] if len(action.parts) == 3 else ""
        if menus.stages(self.knowledge, Action(Verb.STAGES, action.language, ".".join(action.parts[:2]))) is None:
            return self._card(Action(Verb.CARD, action.language, id_))  # the list is no more, the card may still be
        return self._of_entry(id_, lambda entry: self.entry_card(entry, action))

    def _of_entry(self, id_: str, show: Callable[[Entry], Reply | None]) -> Reply | None:
        entry = self.knowledge.entries.get(id_)
        return show(entry) if entry else None

    def _choices(self, action: Action) -> Reply | None:
        ids = [id_ for id_ in action.parts if id_ in self.knowledge.entries or id_ in self.knowledge.urgent.kinds]
        return replies.choices(self.knowledge, ids, action.language) if ids else None

    def _aspect(self, action: Action) -> Reply | None:
        id_, _, aspect = action.target.partition(".")
        if aspect not in self.knowledge.follow_ups.aspects:
            return None
        return self._of_entry(id_, lambda entry: self.about(entry, aspect, action))

    def about(self, entry: Entry, aspect: str, action: Action) -> Reply:
        """Return what the card of `entry` says about one aspect of it."""
        card = self.entry_card(entry, Action(Verb.CARD, action.language, entry.id))
        return replies.about_last(self.knowledge, entry, aspect, card, action.language)

    def _concept(self, action: Action) -> Reply | None:
        found = (each for each in self.knowledge.concepts if each.id == action.target)
        show = word_replies.concept_card
        cards = (show(self.knowledge, self.words.glossary, each, action.language) for each in found)
        return next(cards, None)

    def _word(self, action: Action) -> Reply:
        if not action.target:
            return word_replies.how_to_ask(self.knowledge, action.language)
        return word_replies.word(self.knowledge, self.words, action.target, action.language)

    def _words_of_card(self, action: Action) -> Reply | None:
        show = word_replies.of_card
        return self._of_entry(action.target, lambda entry: show(self.knowledge, self.words, entry, action.language))

    def _to_hold_up(self, action: Action) -> Reply | None:
        return self._of_entry(action.target, lambda entry: replies.to_hold_up(self.knowledge, entry, action))

    def _reasons(self, action: Action) -> Reply | None:
        return self._of_entry(action.target, lambda entry: replies.reasons(self.knowledge, entry, action.language))

    def _feedback(self, action: Action) -> Reply | None:
        id_, _, felt = action.target.partition(".")
        if felt not in set(Feedback):
            return None
        show = replies.feedback
        return self._of_entry(id_, lambda entry: show(self.knowledge, entry, Feedback(felt), action.language))

    def _center(self, action: Action) -> Reply | None:
        if action.target not in self.knowledge.centers:
            return None
        return center_replies.center_card(self.knowledge, action.target, action, self.today())

    def _centers(self, action: Action) -> Reply | None:
        if not action.target:
            return center_replies.regions(self.knowledge, action.language)
        return center_replies.in_region(self.knowledge, action, self.today())

    def centers_named(self, text: str, language: Language) -> Reply:
        """Return the centres of the places that `text` names, or the regions to choose from."""
        return center_replies.named(self.knowledge, text, language, self.today())

    def centers_near(self, latitude: float, longitude: float, language: Language) -> Reply:
        """Return the centres near a position in degrees, or the regions to choose from."""
        return center_replies.near(self.knowledge, latitude, longitude, language, self.today())

    def _my_data(self, action: Action) -> Reply:
        phrases = self.knowledge.phrases[action.language]
        known = {"version": self.version, "checksum": self.knowledge.checksum[:SHOWN_OF_CHECKSUM]}
        told = (*phrases.my_data, phrases.my_data_desk) if self.desk else phrases.my_data
        lines = [line.format(**known) for line in told]
        buttons = Button(phrases.clear_button, Action(Verb.CLEAR, action.language, below=True))
        return menus.lines(self.knowledge, lines, action, [(buttons,)])

    def _clear(self, action: Action) -> Reply:
        text = Block(Part.TEXT, self.knowledge.phrases[action.language].cleared)
        return Reply((text,), (), action.language, clears=True)

    def _courtesy(self, action: Action) -> Reply | None:
        if action.target not in set(Courtesy):
            return None
        return replies.courteous(self.knowledge, Courtesy(action.target), action.language)

    def _help(self, action: Action) -> Reply:
        return menus.lines(self.knowledge, self.knowledge.phrases[action.language].help, action)

    def _privacy(self, action: Action) -> Reply:
        phrases = self.knowledge.phrases[action.language]
        row = (
            Button(phrases.my_data_button, Action(Verb.MY_DATA, action.language)),
            Button(phrases.clear_button, Action(Verb.CLEAR, action.language, below=True)),
        )
        lines = (*phrases.privacy, phrases.privacy_desk) if self.desk else phrases.privacy
        return menus.lines(self.knowledge, lines, action, [row])

    def _people(self, action: Action) -> Reply:
        return person_replies.people(self.knowledge, action.language, desk=self.desk)


_SHOWN: Final[Mapping[Verb, Callable[[Opener, Action], Reply | None]]] = {
    Verb.START: lambda here, action: menus.greeting(here.knowledge, action.language),
    Verb.MENU: lambda here, action: menus.menu(here.knowledge, action.language),
    Verb.CATEGORY: lambda here, action: menus.category(here.knowledge, action),
    Verb.STAGES: lambda here, action: menus.stages(here.knowledge, action),
    Verb.HELP: Opener._help,
    Verb.PRIVACY: Opener._privacy,
    Verb.MY_DATA: Opener._my_data,
    Verb.CLEAR: Opener._clear,
    Verb.CARD: Opener._card,
    Verb.LISTED_CARD: Opener._card,
    Verb.STAGE_CARD: Opener._stage_card,
    Verb.CHOICES: Opener._choices,
    Verb.UNKNOWN: lambda here, action: replies.unknown(here.knowledge, action),
    Verb.NONE_OF_THESE: lambda here, action: replies.unknown(here.knowledge, action),
    Verb.COURTESY: Opener._courtesy,
    Verb.ASPECT: Opener._aspect,
    Verb.CONCEPT: Opener._concept,
    Verb.WORD: Opener._word,
    Verb.WORDS: Opener._words_of_card,
    Verb.SHOW: Opener._to_hold_up,
    Verb.CALL: Opener._to_hold_up,
    Verb.FEEDBACK: Opener._feedback,
    Verb.REASONS: Opener._reasons,
    **dict.fromkeys(ABOUT_PEOPLE, Opener._people),
    Verb.CENTERS: Opener._centers,
    Verb.CENTER: Opener._center,
    Verb.OFFER: lambda here, action: offer_replies.tick_list(here.knowledge, here.offers, action),
    Verb.VERDICT: lambda here, action: offer_replies.verdict(here.knowledge, here.offers, action),
}
"""What each kind of button shows: a verb without a row here would fail the first test."""

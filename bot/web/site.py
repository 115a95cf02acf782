"""The pages: ask, open, look around. Whatever somebody writes is read, answered and gone."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import date
from secrets import token_urlsafe
from typing import Final, TypeAlias

from bot.core import replies
from bot.core.building import for_a_page
from bot.core.engine import Engine
from bot.core.language.normal import LONGEST
from bot.core.model import Action, Language, Outcome, Reply, Verb
from bot.counting import Tally, count_felt, count_shown
from bot.current import Current
from bot.faults import place_of
from bot.recent import Remembered
from bot.serving import App, Refused, Request, Response, done, page, plain, see_other, site
from bot.web.adapting import adapted, heading_of, listed, without_words
from bot.web.bounds import Bounds
from bot.web.incoming import fields_of, is_opened, is_ours, language_of
from bot.web.rendering import POLICY, OtherHome, Page, html
from bot.web.showing import OPENING, Numbers, Shown, numbers_of, shown, with_ticks

log = logging.getLogger("gildongmu.web")

HOME: Final = {Language.KO: "/", Language.EN: "/en"}
ASKED_AT: Final = "/ask"
POSTED_TO: Final = "/a"
ANSWERED_AT: Final = "/r/"
"""Where an answer may be looked at again: its language and a name made by chance follow."""
URGENT_MINUTES: Final = 2
"""So long the answer to a cry for help may be looked at again: somebody else may have the phone in hand next."""
NAME_BYTES: Final = 16
LEAVE: Final = "https://www.weather.go.kr/"
"""Where leaving quickly leads: the weather, which anybody looks at."""
AT_ONCE: Final = 512
"""Requests that are read or answered at a time: most of them wait for a slow sender, of 48 KB at the most."""
SORRY: Final = (
    "지금은 보여 드릴 수 없습니다. 조금 뒤에 다시 열어 주세요. 급하면 112, 119, 109로 전화하세요. / "
    "This cannot be shown now. Please open it again in a moment. If it is urgent call 112, 119 or 109."
)
"""What is said when too much comes or something breaks: bare text, which takes no time."""
Answering: TypeAlias = Callable[[Request], Awaitable[Response]]
_TICKED: Final = frozenset([Verb.OFFER, Verb.VERDICT])
"""What is sent with the signs that were ticked."""


@dataclass(frozen=True, slots=True)
class Speaking:
    """The engine as the page speaks, and what finds telephone numbers in its texts: made once for each knowledge."""

    of: Engine
    engine: Engine
    numbers: Numbers


@dataclass(frozen=True, slots=True)
class Answered:
    """What was shown for something posted; `action` is what was pressed, None for a question."""

    reply: Reply
    action: Action | None = None


def _for_minutes() -> Remembered[Answered]:
    return Remembered()


def _for_less() -> Remembered[Answered]:
    return Remembered(seconds=60 * URGENT_MINUTES)


def speaking(engine: Engine) -> Speaking:
    """Return what speaks on the page with the knowledge of `engine`."""
    return Speaking(engine, for_a_page(engine), numbers_of(engine.knowledge))


@dataclass(slots=True)
class Site:
    """The pages over the engine that answers now; what they show is counted with `tally` for `today`.

    What answers something posted is kept for some minutes in memory, under a name made by chance, and the browser is
    sent there: Back and reload show it again. `answers` and the `urgent` ones know nobody and not what was asked.
    """

    current: Current
    tally: Tally
    today: Callable[[], date]
    bounds: Bounds = field(default_factory=Bounds)
    answers: Remembered[Answered] = field(default_factory=_for_minutes)
    urgent: Remembered[Answered] = field(default_factory=_for_less)
    _speaking: Speaking = field(init=False)

    def __post_init__(self) -> None:
        self._speaking = speaking(self.current.engine)

    @property
    def app(self) -> App:
        """What answers requests."""
        pages = {
            ("GET", "/"): self.home, ("GET", "/en"): self.home_in_english, ("POST", ASKED_AT): self.asked,
            ("GET", ASKED_AT): self.home, ("GET", POSTED_TO): self.home, ("GET", "/en/"): self.home_in_english,
            ("GET", OPENING + "{action}"): self.opened, ("POST", POSTED_TO): self.posted,
            ("GET", ANSWERED_AT + "{language}/{name}"): self.again,
            ("POST", ANSWERED_AT + "{language}/{name}"): self.left,
            ("GET", "/robots.txt"): self.robots, ("GET", "/{elsewhere:path}"): self.elsewhere,
            ("POST", "/{elsewhere:path}"): self.elsewhere,
        }  # fmt: skip
        held = {(method, path): self._held(page, asking=path == ASKED_AT) for (method, path), page in pages.items()}
        return site(held, AT_ONCE, SORRY)

    def _held(self, answering: Answering, *, asking: bool) -> Answering:
        """Return what answers a request within the bounds, and whatever goes wrong with the numbers to call."""

        async def held(request: Request) -> Response:
            if not self.bounds.may_come(request, asking=asking):
                return plain(SORRY, 503)
            with self.bounds.sending(request) as may_send:
                if not may_send:
                    return plain(SORRY, 503)
                try:
                    return await answering(request)
                except Refused as refused:  # too large, too slow, broken off
                    return self._said(self.engine.knowledge.web[Language.KO].too_long, Language.KO, refused.status_code)

        return held

    async def robots(self, request: Request) -> Response:
        """Tell those who read pages by themselves that there is nothing for them."""
        return plain("User-agent: *\nDisallow: /\n")

    @property
    def engine(self) -> Engine:
        """The engine that answers now, as the page speaks."""
        if self._speaking.of is not self.current.engine:
            self._speaking = speaking(self.current.engine)
        return self._speaking.engine

    async def home(self, request: Request) -> Response:
        """The first page."""
        return self._home(Language.KO)

    async def home_in_english(self, request: Request) -> Response:
        """The first page in English."""
        return self._home(Language.EN)

    async def asked(self, request: Request) -> Response:
        """A question, in the body of the request: in no address, no history, no log."""
        sent = await fields_of(request)
        text, language = sent.first("q").replace("\r\n", "\n"), language_of(sent.first("l"))
        phrases = self.engine.knowledge.phrases[language]
        if not text.strip():
            return self._said(phrases.empty, language, 400)
        if not self.bounds.may_ask(request, len(text)):
            return self._refused(request, text, phrases.slower, language)
        if len(text) > LONGEST:
            cries = (self.engine.urgent_card(part) for part in (text[:LONGEST], text[-LONGEST:]))
            cry = next(filter(None, cries), None)
            too_long = self.engine.knowledge.web[language].too_long
            return self._kept(Answered(cry)) if cry else self._said(too_long, language, 413)
        try:
            reply = self.engine.answer(text, sent.first("last"))
        except Exception as error:
            log.error("%s at %s", type(error).__name__, place_of(error))  # noqa: TRY400 - the error may hold words
            return self._said(phrases.trouble, language, 500)
        if is_ours(request):
            count_shown(self.tally, self.today(), reply)
        return self._kept(Answered(reply))

    def _refused(self, request: Request, text: str, sentence: str, language: Language) -> Response:
        """Answer one question too many with a sentence, but one that surely cries for help with its card."""
        if not self.bounds.may_be_read(request):
            return plain(SORRY, 429)
        cry = self.engine.urgent_card(text[:LONGEST], surely=True)
        return self._page(cry) if cry else self._said(sentence, language, 429)

    async def again(self, request: Request) -> Response:
        """An answer, while it is kept."""
        name = request.path_params["name"]
        answered = self.answers.get(name) or self.urgent.get(name)
        if answered is None:
            language = language_of(request.path_params["language"])
            return self._said(self.engine.knowledge.web[language].answer_gone, language, 410)
        return self._page(answered.reply, answered.action, name=name)

    async def left(self, request: Request) -> Response:
        """Whoever leaves quickly has the answer forgotten."""
        for answers in (self.answers, self.urgent):
            answers.drop(request.path_params["name"])
        return done()

    async def opened(self, request: Request) -> Response:
        """What a link leads to."""
        action = Action.decode(request.path_params["action"])
        reply = self.engine.open(action) if action and action.verb is not Verb.FEEDBACK else None
        if action is None or reply is None:
            return self._gone(action.language if action else Language.KO)
        if is_opened(request):
            count_shown(self.tally, self.today(), reply)
        return self._page(reply, action)

    async def posted(self, request: Request) -> Response:
        """What is pressed and is no link."""
        sent = await fields_of(request)
        action = Action.decode(sent.first("a"))
        if action and action.verb in _TICKED and "t" in sent.values:
            action = replace(action, target=self.engine.opener.offers.known("".join(sent.values["t"])))
        reply = self.engine.open(action) if action else None
        if action is None or reply is None:
            return self._gone(action.language if action else Language.KO)
        if not self.bounds.may_ask(request):
            return self._page(reply, action)
        if is_ours(request):
            count_felt(self.tally, self.today(), reply)
            count_shown(self.tally, self.today(), reply)
        return self._kept(Answered(reply, action))

    async def elsewhere(self, request: Request) -> Response:
        """What is nowhere."""
        return self._said(self.engine.knowledge.web[Language.KO].not_found, Language.KO, 404)

    def forget_old(self) -> None:
        """Forget what is remembered no longer: done now and then."""
        self.bounds.forget_old()
        self.answers.forget_old()
        self.urgent.forget_old()

    def _home(self, language: Language) -> Response:
        action = Action(Verb.START, language)
        reply = self.engine.open(action)
        assert reply is not None, "there is always a greeting"
        return self._page(reply, action)

    def _kept(self, answered: Answered) -> Response:
        """Keep an answer for some minutes, without any word that somebody wrote, and say where it is."""
        words = self.engine.opener.words
        reply, name = without_words(answered.reply, words), token_urlsafe(NAME_BYTES)
        action = listed(answered.action, words) if answered.action else None
        cried = reply.outcome is Outcome.URGENT or reply.shown in self.engine.knowledge.urgent.kinds
        (self.urgent if cried else self.answers).put(name, Answered(reply, action))
        return see_other(f"{ANSWERED_AT}{reply.language}/{name}")

    def _said(self, sentence: str, language: Language, status: int) -> Response:
        return self._page(replies.only(self.engine.knowledge, sentence, language), status=status)

    def _gone(self, language: Language) -> Response:
        menu = self.engine.open(Action(Verb.MENU, language))
        assert menu is not None, "there is always a menu"
        return self._page(replies.gone(self.engine.knowledge, menu), status=404)

    def _page(self, reply: Reply, action: Action | None = None, status: int = 200, name: str = "") -> Response:
        """Show a reply; `name` is that of an answer that leaving quickly has forgotten."""
        knowledge, language = self.engine.knowledge, reply.language
        words, phrases = knowledge.web[language], knowledge.phrases[language]
        is_home = action is not None and action.verb is Verb.START
        said = self._shown(reply, action)
        made = Page(
            language=str(language), name=words.name, title="" if is_home else words.answer_title,
            heading=heading_of(knowledge, reply, action), shown=said, is_home=is_home, kept=bool(name),
            last=reply.shown if reply.shown in knowledge.entries else "", home=HOME[language],
            other=OtherHome(str(language.other), HOME[language.other], phrases.other_language_button),
            asked_at=ASKED_AT, posted_to=POSTED_TO, leave=LEAVE, longest=LONGEST,
        )  # fmt: skip
        return page(html(made, words), POLICY, status)

    def _shown(self, reply: Reply, action: Action | None) -> tuple[Shown, ...]:
        knowledge = self.engine.knowledge
        reply = adapted(without_words(reply, self.engine.opener.words), action, knowledge)
        first, *rest = shown(reply, self._speaking.numbers, knowledge.urgent.kinds, action)
        if action and action.verb is Verb.OFFER:
            first = with_ticks(first, reply, knowledge, action)
        return first, *rest

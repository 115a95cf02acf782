"""The pages: ask, open, look around. Whatever somebody writes is read, answered and gone."""

import ipaddress
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, TypeAlias
from urllib.parse import parse_qs

from bot.core import replies
from bot.core.building import for_a_page
from bot.core.engine import Engine
from bot.core.language.normal import LONGEST
from bot.core.model import Action, Button, Language, Reply, Verb
from bot.counting import Tally, count_felt, count_shown
from bot.current import Current
from bot.faults import place_of
from bot.limiting import Buckets
from bot.serving import App, Refused, Request, Response, body_of, page, plain, site
from bot.web.rendering import POLICY, Page, html
from bot.web.showing import OPENING, Numbers, numbers_of, shown

log = logging.getLogger("gildongmu.web")

HOME: Final = {Language.KO: "/", Language.EN: "/en"}
ASKED_AT: Final = "/ask"
POSTED_TO: Final = "/a"
LEAVE: Final = "https://www.weather.go.kr/"
"""Where leaving quickly leads: the weather, which anybody looks at."""
LARGEST: Final = 48 * 1024
"""Bytes of what is sent: a Korean letter takes nine."""
SENDING: Final = 10.0
"""Seconds for sending it."""
AT_ONCE: Final = 64
"""Requests that are answered at a time."""
MOST_FIELDS: Final = 8
A_SECOND: Final = 150
"""Questions a second that are answered for all together."""
OF_ALL_KINDS: Final = 400
"""Requests a second, of all kinds."""
TOO_MANY: Final = (
    "지금은 너무 많이 옵니다. 조금 뒤에 다시 열어 주세요. 급하면 112, 119, 109로 전화하세요. / "
    "Too much at once. Please open this again in a moment. If it is urgent call 112, 119 or 109."
)
"""What is said to more: bare text, which takes no time."""
Answering: TypeAlias = Callable[[Request], Awaitable[Response]]
EACH, AT_FIRST = 1.0, 30
"""From one address of the internet: so many questions at once, then one in so many seconds.

Of what comes from this machine or one beside it, a proxy tells the address (the last of X-Forwarded-For); it stands in
memory under a keyed hash, until the bucket is full again.
"""
_LOOKS_AHEAD: Final = ("sec-purpose", "purpose", "x-moz")
"""Headers with which a browser says that it fetches what nobody has asked for yet."""


def _all() -> Buckets:
    return Buckets(1 / A_SECOND, 2 * A_SECOND)


def _requests() -> Buckets:
    return Buckets(1 / OF_ALL_KINDS, 2 * OF_ALL_KINDS)


def _one() -> Buckets:
    return Buckets(EACH, AT_FIRST)


@dataclass(slots=True)
class Speaking:
    """The engine as the page speaks, and what finds telephone numbers in its texts: made once for each knowledge."""

    of: Engine
    engine: Engine
    numbers: Numbers


def speaking(engine: Engine) -> Speaking:
    """Return what speaks on the page with the knowledge of `engine`."""
    return Speaking(engine, for_a_page(engine), numbers_of(engine.knowledge))


@dataclass(slots=True)
class Site:
    """The pages over the engine that answers now; what they show is counted with `tally` for `today`."""

    current: Current
    tally: Tally
    today: Callable[[], date]
    everybody: Buckets = field(default_factory=_all)
    each: Buckets = field(default_factory=_one)
    requests: Buckets = field(default_factory=_requests)
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
            ("GET", "/robots.txt"): self.robots, ("GET", "/{elsewhere:path}"): self.elsewhere,
        }  # fmt: skip
        return site({way: self._held(answering) for way, answering in pages.items()}, AT_ONCE)

    def _held(self, answering: Answering) -> Answering:
        """Return what answers a request, or all of them too many at a time with the numbers to call."""

        async def held(request: Request) -> Response:
            return plain(TOO_MANY, 503) if self.requests.take("") > 0 else await answering(request)

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
        try:
            sent = await _fields(request)
        except Refused as refused:  # too large, too slow, broken off
            return self._said(self.engine.knowledge.web[Language.KO].too_long, Language.KO, refused.status_code)
        text, language = sent.get("q", ""), _language(sent.get("l", ""))
        if not text.strip():
            return self._said(self.engine.knowledge.phrases[language].empty, language, 400)
        if self._too_many(request):
            return self._answer(self.engine.urgent_card(text[:LONGEST])) or self._said(
                self.engine.knowledge.phrases[language].slower, language, 429
            )
        if len(text) > LONGEST:
            return self._answer(self.engine.urgent_card(text[:LONGEST])) or self._said(
                self.engine.knowledge.web[language].too_long, language, 413
            )
        try:
            reply = self.engine.answer(text, sent.get("last", ""))
        except Exception as error:
            log.error("%s at %s", type(error).__name__, place_of(error))  # noqa: TRY400 - the error may hold words
            return self._said(self.engine.knowledge.phrases[language].trouble, language, 500)
        count_shown(self.tally, self.today(), reply)
        return self._page(reply)

    async def opened(self, request: Request) -> Response:
        """What a link leads to; what is to be counted is not done for whoever looks ahead."""
        action = Action.decode(request.path_params["action"])
        reply = self.engine.open(action) if action and action.verb is not Verb.FEEDBACK else None
        if action is None or reply is None:
            return self._gone(action.language if action else Language.KO)
        if request.method == "GET" and not any(name in request.headers for name in _LOOKS_AHEAD):
            count_shown(self.tally, self.today(), reply)
        return self._page(reply, action)

    async def posted(self, request: Request) -> Response:
        """What is pressed and is no link."""
        action = Action.decode((await _fields(request)).get("a", ""))
        reply = self.engine.open(action) if action else None
        if action is None or reply is None:
            return self._gone(action.language if action else Language.KO)
        if not self._too_many(request) and request.headers.get("sec-fetch-site", "") != "cross-site":
            count_felt(self.tally, self.today(), reply)
            count_shown(self.tally, self.today(), reply)
        return self._page(reply, action)

    async def elsewhere(self, request: Request) -> Response:
        """What is nowhere."""
        return self._said(self.engine.knowledge.web[Language.KO].not_found, Language.KO, 404)

    def forget_old(self) -> None:
        """Forget what is remembered no longer: done now and then."""
        self.everybody.forget_old()
        self.each.forget_old()

    def _too_many(self, request: Request) -> bool:
        """Say whether this is one request too many, for all or for one address."""
        host = request.client.host if request.client else ""
        if not _of_the_internet(host):
            host = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
        own = _of_the_internet(host) and self.each.take(host) > 0
        return own or self.everybody.take("") > 0

    def _home(self, language: Language) -> Response:
        action = Action(Verb.START, language)
        reply = self.engine.open(action)
        assert reply is not None, "there is always a greeting"
        return self._page(reply, action)

    def _answer(self, reply: Reply | None) -> Response | None:
        return self._page(reply) if reply else None

    def _said(self, sentence: str, language: Language, status: int) -> Response:
        return self._page(replies.only(self.engine.knowledge, sentence, language), status=status)

    def _gone(self, language: Language) -> Response:
        menu = self.engine.open(Action(Verb.MENU, language))
        assert menu is not None, "there is always a menu"
        return self._page(replies.gone(self.engine.knowledge, menu), status=404)

    def _page(self, reply: Reply, action: Action | None = None, status: int = 200) -> Response:
        knowledge, words = self.engine.knowledge, self.engine.knowledge.web[reply.language]
        reply = self._without_words(reply)
        is_home = action is not None and action.verb is Verb.START
        title = words.name if is_home else f"{words.answer_title} · {words.name}"  # no topic: titles stay in a history
        made = Page(
            language=str(reply.language), title=title, heading=words.name if is_home else words.answer_title,
            shown=shown(reply, self._speaking.numbers, knowledge.urgent.kinds, action), is_home=is_home,
            last=reply.shown if reply.shown in knowledge.entries else "",
            home=HOME[reply.language], asked_at=ASKED_AT, posted_to=POSTED_TO, leave=LEAVE, longest=LONGEST,
        )  # fmt: skip
        return page(html(made, words), POLICY, status)

    def _without_words(self, reply: Reply) -> Reply:
        """Return the reply with no button that carries a word somebody wrote: a link would put it into an address."""
        rows = tuple(tuple(Button(b.label, self._listed(b.action)) for b in row) for row in reply.buttons)
        return replace(reply, buttons=rows, also=self._without_words(reply.also) if reply.also else None)

    def _listed(self, action: Action) -> Action:
        own = action.verb is Verb.WORD and action.target and not any(self.engine.opener.words.named(action.target))
        return replace(action, target="") if own else action


async def _fields(request: Request) -> dict[str, str]:
    """Return the fields of a form that was sent, the first of each name; none of what cannot be read."""
    body = await body_of(request, LARGEST, SENDING)
    try:
        found = parse_qs(body.decode("ascii", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return {}
    return {name: values[0] for name, values in found.items()}


def _of_the_internet(host: str) -> bool:
    """Say whether that is an address of somebody, not of a proxy on this machine or beside it."""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return False


def _language(code: str) -> Language:
    return Language.EN if code == Language.EN else Language.KO

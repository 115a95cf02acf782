"""The web page: everything can be reached, said and counted without JavaScript, and nothing of anybody stays."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any, TypeVar
from urllib.parse import unquote

import httpx
import pytest
from conftest import TODAY
from hypothesis import given, settings
from hypothesis import strategies as st
from pages import Read
from served import asking

from bot.core.engine import Engine
from bot.core.language.normal import LONGEST
from bot.core.model import Feedback, Language, Outcome
from bot.current import Current
from bot.limiting import Buckets
from bot.recent import MINUTES
from bot.serving import SECURITY_HEADERS
from bot.web import site as site_module
from bot.web.bounds import AT_FIRST, Bounds
from bot.web.incoming import LARGEST
from bot.web.rendering import POLICY
from bot.web.showing import numbers_of
from bot.web.site import LEAVE, URGENT_MINUTES, Answered, Site

T = TypeVar("T")
CRY = "그만 살고 싶슴다"
A_BROWSER = {"Sec-Fetch-Mode": "navigate", "User-Agent": "Mozilla/5.0 (Linux; Android 10) Chrome/130.0.0.0"}
AN_IPHONE = {"Sec-Fetch-Mode": "navigate", "User-Agent": "Mozilla/5.0 (iPhone) Version/17.0 Mobile Safari/604.1"}
BY_HAND = A_BROWSER | {"Sec-Fetch-User": "?1"}
"""What a browser tells when somebody taps a link."""
OF_A_MESSENGER = re.compile(
    r"텔레그램|대화방|telegram|(?:^|\s)/(?:what|menu|word|check|center|person|clear|privacy)\b", re.I
)
"""What is only true, or can only be done, in a messenger."""


@dataclass
class Counted:
    """A tally that remembers what it was told."""

    answers: list[tuple[str, Outcome | None, Language]] = field(default_factory=list)
    feelings: list[tuple[str, Feedback]] = field(default_factory=list)

    def shown(self, day: date, entry: str, outcome: Outcome | None, language: Language) -> None:
        assert day == TODAY
        self.answers.append((entry, outcome, language))

    def felt(self, day: date, entry: str, feedback: Feedback, language: Language) -> None:
        self.feelings.append((entry, feedback))


@pytest.fixture
def counted() -> Counted:
    return Counted()


@pytest.fixture
def site(engine: Engine, counted: Counted) -> Site:
    return Site(Current(engine, {}), counted, lambda: TODAY)


def using(site: Site, use: Callable[[httpx.AsyncClient], Awaitable[T]]) -> T:
    """Return what `use` does with a client of the served site."""

    async def main() -> T:
        async with asking(site.app) as client:
            client.follow_redirects = True  # as a browser does
            return await use(client)

    return asyncio.run(main())


def asked(site: Site, text: str, **fields: str) -> httpx.Response:
    return using(site, lambda client: client.post("/ask", data={"q": text, "l": "ko", **fields}))


def opened(site: Site, address: str) -> httpx.Response:
    return using(site, lambda client: client.get(address))


@pytest.mark.parametrize(
    ("text", "said", "outcome"),
    [
        ("면허 어떻게 따요", "운전면허", Outcome.ANSWERED),
        ("how do I get a driving licence", "licence", Outcome.ANSWERED),
        (CRY, "109", Outcome.URGENT), ("오늘 주식 뭐 사요", "1577-6635", Outcome.UNKNOWN),
    ],
)  # fmt: skip
def test_a_question_is_answered_on_a_page(site: Site, counted: Counted, text: str, said: str, outcome: Outcome) -> None:
    answer = asked(site, text)
    read = Read(answer.text)
    assert answer.status_code == 200
    assert said in read.text
    assert [each[1] for each in counted.answers] == [outcome]
    assert [was.status_code for was in answer.history] == [303], "sent on: Back and reload post nothing"
    assert re.fullmatch(r"/r/(ko|en)/[\w-]{22}", answer.url.path)
    assert answer.url.query == b""


def test_choices_are_links_that_lead_to_the_cards(site: Site, engine: Engine) -> None:
    async def use(client: httpx.AsyncClient) -> tuple[Read, httpx.Response]:
        choices = Read((await client.get("/a/o:ko:driving-licence.work-find")).text)
        return choices, await client.get("/a/e:ko:driving-licence")

    choices, card = using(site, use)
    assert choices.links["/a/e:ko:driving-licence"] == engine.knowledge.entries["driving-licence"].content.title.ko
    assert "이렇게 하세요" in Read(card.text).text


def test_an_answer_can_be_looked_at_again_and_is_counted_once(site: Site, counted: Counted) -> None:
    async def use(client: httpx.AsyncClient) -> list[httpx.Response]:
        first = await client.post("/ask", data={"q": "면허 어떻게 따요"})
        return [first, await client.get(first.url.path), await client.get(first.url.path)]

    first, *later = using(site, use)
    assert [(each.status_code, each.text) for each in later] == [(200, first.text)] * 2
    assert len(counted.answers) == 1


@pytest.mark.parametrize(
    ("text", "minutes"), [("면허 어떻게 따요", MINUTES), ("주식 뭐 사요", MINUTES), (CRY, URGENT_MINUTES)]
)
def test_an_answer_is_forgotten_after_some_minutes_a_grave_one_sooner(site: Site, text: str, minutes: int) -> None:
    now = [0.0]
    for answers in (site.answers, site.urgent):
        answers._clock = lambda: now[0]

    async def use(client: httpx.AsyncClient) -> list[httpx.Response]:
        path = (await client.post("/ask", data={"q": text})).url.path
        return [await client.get(path) for now[0] in (60 * minutes - 1, 60 * minutes + 1)]

    soon, later = using(site, use)
    assert (soon.status_code, later.status_code) == (200, 410)
    assert "112, 119, 109" in Read(later.text).text
    assert any(form.action == "/ask" for form in Read(later.text).forms)
    assert not len(site.answers) + len(site.urgent)


def test_leaving_quickly_has_the_answer_forgotten_and_only_that(site: Site) -> None:
    async def use(client: httpx.AsyncClient) -> list[int]:
        left, other = [(await client.post("/ask", data={"q": text})).url.path for text in (CRY, "면허 어떻게 따요")]
        await client.post(left)
        await client.post("/r/ko/no-such-answer")
        return [(await client.get(path)).status_code for path in (left, other)]

    assert using(site, use) == [410, 200]


def test_the_page_says_for_how_long_an_answer_is_kept(engine: Engine) -> None:
    minutes = {Language.KO: ("{}분", "{}분"), Language.EN: ("{} minutes", "({} in")}
    for language, (long, short) in minutes.items():
        said = engine.knowledge.web[language].instead
        for lines in (said.privacy, said.my_data):
            assert long.format(MINUTES) in " ".join(lines)
            assert short.format(URGENT_MINUTES) in " ".join(lines)
        assert long.format(MINUTES) in " ".join(said.offer_ask)


def test_a_short_question_is_about_the_card_before(site: Site) -> None:
    first = Read(asked(site, "면허 어떻게 따요").text)
    last = next(form.fields["last"] for form in first.forms if form.action == "/ask")
    assert last == "driving-licence"
    assert "운전면허" in Read(asked(site, "그럼 얼마예요?", last=last).text).text


def test_every_page_that_a_link_leads_to_is_whole_in_both_languages(site: Site) -> None:
    async def use(client: httpx.AsyncClient) -> int:
        seen, left = {"/", "/en"}, ["/", "/en"]
        while left:
            address = left.pop()
            answer = await client.get(address)
            assert answer.status_code == 200, address
            read = Read(answer.text)
            assert not OF_A_MESSENGER.search(read.text), (address, OF_A_MESSENGER.search(read.text))
            assert read.all("html")[0]["lang"] == ("en" if ":en:" in address or address == "/en" else "ko"), address
            heads = [int(tag[1]) for tag, _ in read.tags if tag in ("h1", "h2", "h3")]
            assert heads[0] == 1, address
            assert all(after - before <= 1 for before, after in pairwise(heads)), (address, heads)
            new = [each for each in read.links if each.startswith("/a/") and each not in seen]
            seen.update(new)
            left += new
        return len(seen)

    assert using(site, use) > 500


def test_the_first_page_asks_at_once_and_leads_to_everything(site: Site, engine: Engine) -> None:
    for address, language in (("/", Language.KO), ("/en", Language.EN)):
        read = Read(opened(site, address).text)
        words, phrases = engine.knowledge.web[language], engine.knowledge.phrases[language]
        *above, calling = words.instead.start
        places = [read.text.index(each) for each in (*above, words.ask_label, calling)]
        assert places == sorted(places)
        labels = list(read.links.values())
        assert labels.count(phrases.other_language_button) == 1
        assert read.links[f"/a/m+:{language}:"] == phrases.menu_button


def test_what_to_ask_lists_each_question_once(site: Site, engine: Engine) -> None:
    stage = engine.knowledge.stages[0]
    part = stage.parts[0]
    read = Read(opened(site, f"/a/g:ko:{stage.id}.{part.category}").text)
    for question in part.questions:
        assert read.text.count(question.ko) == 1


def test_after_saying_that_a_card_helped_there_is_a_way_back_to_it(site: Site) -> None:
    answer = using(site, lambda client: client.post("/a", data={"a": "f+:en:driving-licence.helpful"}))
    assert Read(answer.text).links["/a/e:en:driving-licence"] == "Back to what I was reading"


@pytest.mark.parametrize(("verb", "heading"), [("k", "창구에서"), ("t", "전화")])
def test_what_is_held_up_or_read_out_is_headed_by_what_it_is(
    site: Site, engine: Engine, verb: str, heading: str
) -> None:
    phrases = engine.knowledge.phrases[Language.KO]
    label = {"k": phrases.show_button, "t": phrases.call_button}[verb]
    assert heading in label
    entry = next(each.id for each in engine.knowledge.entries.values() if each.content.show and each.content.call)
    page = opened(site, f"/a/{verb}:ko:{entry}").text
    assert f'<h1 class="quiet">{label}</h1>' in page


def test_what_the_page_tells_of_itself_is_nothing_to_do_step_by_step(site: Site, engine: Engine) -> None:
    for id_ in ("bot-about", "bot-privacy"):
        read = Read(opened(site, f"/a/e:ko:{id_}").text)
        assert engine.knowledge.phrases[Language.KO].steps not in read.text
        assert engine.knowledge.web[Language.KO].instead.help[0] in read.text or id_ == "bot-privacy"


@pytest.mark.parametrize(
    "text", ["what does 알바 mean", "how do I get 면허", "what is 하나센터", "my 남편 hits me", "what does 전세 mean"]
)
def test_a_question_in_english_about_a_korean_word_is_answered_in_english(site: Site, text: str) -> None:
    answer = asked(site, text)
    assert answer.url.path.startswith("/r/en/")


@pytest.mark.parametrize(
    "text", ["PC방 알바 구해요", "KT에서 SK로 바꾸려면", "I am SAM 학원 아세요", "카카오톡 PC 버전"]
)
def test_a_question_in_korean_with_latin_letters_is_answered_in_korean(site: Site, text: str) -> None:
    assert asked(site, text).url.path.startswith("/r/ko/")


def test_below_a_cry_for_help_nothing_leads_away_from_its_numbers_but_what_was_asked(
    site: Site, engine: Engine
) -> None:
    label = engine.knowledge.phrases[Language.KO].other_language_button
    html = asked(site, "다 끝내고 싶습니다").text
    assert html.count(f">{label}<") <= 1
    both = asked(site, f"{CRY}. 그리고 운전면허는 어떻게 땁니까?").text
    assert "운전면허" in both
    assert both.count(f">{label}<") == 1


def test_every_answer_forbids_what_is_not_ours_and_sets_no_cookie(site: Site) -> None:
    async def use(client: httpx.AsyncClient) -> list[httpx.Response]:
        got = [await client.get(path) for path in ("/", "/en", "/a/m:ko:", "/a/nothing", "/nowhere")]
        return [*got, await client.post("/ask", data={"q": "면허"}), await client.post("/a", data={"a": "x"})]

    for answer in using(site, use):
        assert answer.headers.items() >= ({k.casefold(): v for k, v in SECURITY_HEADERS.items()} | {
            "content-security-policy": POLICY}).items()  # fmt: skip
        for was in answer.history:
            assert was.headers.items() >= {k.casefold(): v for k, v in SECURITY_HEADERS.items()}.items()
        assert "set-cookie" not in str([each.headers for each in (answer, *answer.history)])
        assert "server" not in answer.headers
        read = Read(answer.text)
        outside = [address for address in read.links if "://" in address]
        assert outside == [LEAVE]
        assert not [tag for tag, named in read.tags if "src" in named or "srcset" in named]
        assert not [named for _, named in read.tags if any(name.startswith("on") or name == "style" for name in named)]


def test_the_first_page_is_small(site: Site) -> None:
    sizes = using(site, _sizes)
    assert max(sizes) < 50_000


async def _sizes(client: httpx.AsyncClient) -> list[int]:
    return [len((await client.get(path)).content) for path in ("/", "/en", "/a/e:ko:driving-licence")]


def test_what_is_pressed_to_say_whether_a_card_helped_is_counted_and_no_link(site: Site, counted: Counted) -> None:
    card = Read(using(site, lambda client: client.get("/a/e:ko:driving-licence")).text)
    pressed = [form.fields["a"] for form in card.forms if form.action == "/a"]
    assert pressed == ["f+:ko:driving-licence.helpful", "f+:ko:driving-licence.unhelpful"]
    assert not [address for address in card.links if address.startswith("/a/f")]

    async def use(client: httpx.AsyncClient) -> list[int]:
        looked = await client.get(f"/a/{pressed[0]}")
        thanks = await client.post("/a", data={"a": pressed[0]})
        elsewhere = await client.post("/a", data={"a": pressed[0]}, headers={"Sec-Fetch-Site": "cross-site"})
        return [looked.status_code, thanks.status_code, elsewhere.status_code]

    assert using(site, use) == [404, 200, 200]
    assert counted.feelings == [("driving-licence", Feedback.HELPFUL)]


def test_a_card_that_is_opened_is_counted_once_and_not_for_whoever_looks_ahead(site: Site, counted: Counted) -> None:
    async def use(client: httpx.AsyncClient) -> None:
        await client.get("/a/e:ko:driving-licence")
        await client.head("/a/e:ko:driving-licence")
        await client.get("/a/e:ko:driving-licence", headers={"Sec-Purpose": "prefetch"})
        await client.get("/a/e:ko:driving-licence", headers=A_BROWSER)  # Back
        await client.get("/a/e:ko:driving-licence", headers=BY_HAND | {"Cache-Control": "max-age=0"})  # reload
        await client.get("/a/m:ko:")

    using(site, use)
    assert counted.answers == [("driving-licence", None, Language.KO)]
    using(site, lambda client: client.get("/a/e:ko:driving-licence", headers=BY_HAND))
    using(site, lambda client: client.get("/a/e:ko:driving-licence", headers=AN_IPHONE))
    assert len(counted.answers) == 3


def test_what_another_site_sends_is_answered_and_not_counted(site: Site, counted: Counted) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    answer = using(site, lambda client: client.post("/ask", data={"q": "면허 어떻게 따요"}, headers=headers))
    assert "운전면허" in Read(answer.text).text
    assert counted.answers == []


def test_what_to_show_at_a_counter_stands_in_large_letters_and_alone(site: Site, engine: Engine) -> None:
    entry = next(each for each in engine.knowledge.entries.values() if each.content.show)
    assert entry.content.show is not None
    for language in ("ko", "en"):
        read = Read(opened(site, f"/a/k:{language}:{entry.id}").text)
        assert read.all("article")[0]["class"] == "large"
        assert entry.content.show.ko in read.text
        assert ("ko" in [each.get("lang") for each in read.all("p")]) == (language == "en")


def test_numbers_of_the_register_can_be_called_and_no_others(site: Site, engine: Engine) -> None:
    known = {each.number.replace("-", "") for each in engine.knowledge.contacts.values() if not each.area_code}
    assert "1388" not in known, "a mobile needs the code of the area before it"
    numbers = numbers_of(engine.knowledge)
    assert [run.number for run in numbers.runs("112, 1577-6635에 전화") if run.number] == ["112", "15776635"]
    for text in ("1120", "2-112", "112-3", "110%", "132명", "119원", "0112", "120일", "120 days", "110만 원"):
        assert not [run for run in numbers.runs(text) if run.number], text

    async def use(client: httpx.AsyncClient) -> dict[str, str]:
        return {id_: (await client.get(f"/a/e:ko:{id_}")).text for id_ in engine.knowledge.entries}

    for entry, html in using(site, use).items():
        read = Read(html)
        called = {address.removeprefix("tel:") for address in read.links if address.startswith("tel:")}
        assert called <= known
        wanted = {engine.knowledge.contacts[id_].number.replace("-", "")
                  for id_ in engine.knowledge.entries[entry].content.contacts}  # fmt: skip
        assert wanted & known <= called, entry


@pytest.mark.parametrize(
    ("size", "status"), [(LONGEST, 200), (LONGEST + 1, 413), (LARGEST, 413)], ids=["longest", "too long", "too large"]
)
def test_what_is_too_long_is_refused_in_words(site: Site, size: int, status: int) -> None:
    assert asked(site, "a" * size).status_code == status


def test_a_cry_at_the_beginning_of_what_is_too_long_is_heard(site: Site) -> None:
    answer = asked(site, CRY + " 가" * LONGEST)
    assert answer.status_code == 200
    assert 'class="urgent"' in answer.text


@pytest.mark.parametrize(
    "text",
    ["가\r\n" * 1_300 + CRY, "가" * (LONGEST + 50) + CRY, CRY + "가" * (LONGEST + 50)],
    ids=["with the line breaks of a browser", "at the end", "at the beginning"],
)
def test_a_cry_in_a_long_text_is_heard(site: Site, text: str) -> None:
    assert 'class="urgent"' in asked(site, text).text


@pytest.mark.parametrize("text", ["리금철이 뭐예요", "리금철 삼촌 전화가 뭐예요", "비밀말을 여기서 뭐라고 해요"])
def test_no_word_that_somebody_wrote_is_kept_with_an_answer(site: Site, text: str) -> None:
    asked(site, text)
    using(site, lambda client: client.post("/a", data={"a": f"d:ko:{text[:3]}"}))
    using(site, lambda client: client.post("/a", data={"a": "v:ko:", "t": [text, "a"]}))
    kept = list(site.answers._things.values())
    assert len(kept) == 3
    assert text[:3] not in repr(kept)


def test_what_is_kept_is_small_whatever_is_sent(site: Site) -> None:
    using(site, lambda client: client.post("/a", data={"a": "v:ko:", "t": ["ab" * 10_000, "😀" * 2_000]}))
    ((answered, _),) = site.answers._things.values()
    assert isinstance(answered, Answered)
    assert answered.action is not None
    assert answered.action.fits


def test_who_presses_too_often_is_shown_it_and_pushes_no_answer_out(site: Site, engine: Engine) -> None:
    site.bounds.asked = Buckets(3600.0, 2)

    async def use(client: httpx.AsyncClient) -> list[int]:
        press = {"a": "f+:ko:driving-licence.helpful"}
        own = {"X-Forwarded-For": "8.8.8.8"}
        return [(await client.post("/a", data=press, headers=own, follow_redirects=False)).status_code for _ in "abc"]

    assert using(site, use) == [303, 303, 200]
    assert len(site.answers) == 2


def test_one_question_too_many_waits_but_a_cry_for_help_does_not(engine: Engine, counted: Counted) -> None:
    site = Site(Current(engine, {}), counted, lambda: TODAY, bounds=Bounds(asked_by_all=Buckets(3600.0, 2)))

    async def use(client: httpx.AsyncClient) -> list[httpx.Response]:
        return [await client.post("/ask", data={"q": text}) for text in ("면허", "면허", "면허", CRY)]

    answers = using(site, use)
    assert [answer.status_code for answer in answers] == [200, 200, 429, 200]
    assert "112, 119, 109" in Read(answers[2].text).text
    assert 'class="urgent"' in answers[3].text


@pytest.mark.parametrize(
    ("host", "told", "statuses"),
    [
        ("8.8.8.8", "", {200, 429}), ("172.17.0.1", "", {200}), ("127.0.0.1", "", {200}),
        ("2001:4860:4860::1", "", {200, 429}), ("127.0.0.1", "2001:4860:4860::{}", {200, 429}),
        ("127.0.0.1", "2001:4860:486{}::1", {200}), ("127.0.0.1", "10.0.0.1, 8.8.8.8", {200, 429}),
        ("127.0.0.1", "8.8.8.8, 10.0.0.1", {200}),
        ("8.8.8.8", "10.0.0.1", {200, 429}), ("::1", "2001:4860:4860::8888", {200, 429}), ("127.0.0.1", "나", {200}),
    ],
)  # fmt: skip
def test_one_address_of_the_internet_has_its_share_and_a_proxy_is_no_address_of_anybody(
    site: Site, host: str, told: str, statuses: set[int]
) -> None:
    async def use() -> set[int]:
        transport = httpx.ASGITransport(site.app, client=(host, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://x", follow_redirects=True) as client:
            asked = [
                await client.post("/ask", data={"q": "면허"}, headers={b"X-Forwarded-For": told.format(at).encode()})
                for at in range(AT_FIRST + 1)
            ]
            return {answer.status_code for answer in asked}

    assert asyncio.run(use()) == statuses


def test_a_form_with_letters_as_they_are_is_read_too(site: Site) -> None:
    answer = using(site, lambda client: client.post("/ask", content="q=면허 어떻게 따요".encode()))
    assert "운전면허" in Read(answer.text).text


@pytest.mark.parametrize("body", [b"", b"q=", b"q=%20%0a", b"\xff\xfe", b"&".join([b"x=1"] * 80), b"q=%ff%fe&l=zz"])
def test_a_form_that_says_nothing_is_answered_with_how_to_ask(site: Site, body: bytes) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = using(site, lambda client: client.post("/ask", content=body, headers=headers))
    assert answer.status_code in (200, 400)
    assert Read(answer.text).forms


@pytest.mark.parametrize(
    "address", ["/a/", "/a/x", "/a/e:ko:no-such-entry", "/a/e:zh:work-find", "/a/f:ko:x.y", "/%00"]
)
def test_what_is_nowhere_leads_on(site: Site, address: str) -> None:
    answer = using(site, lambda client: client.get(address))
    assert answer.status_code == 404
    assert Read(answer.text).forms


@given(text=st.text(st.characters() | st.sampled_from("<>&\"'{}%/가나다면허어떻게")))
@settings(max_examples=60, deadline=None)
def test_whatever_is_asked_the_page_is_whole_and_says_no_more_than_plain_text(engine: Engine, text: str) -> None:
    site = Site(Current(engine, {}), Counted(), lambda: TODAY)
    marked = f'<script>alert("{text}")</script>가 뭐예요'

    async def ask() -> httpx.Response:  # without a socket: there are many
        transport = httpx.ASGITransport(site.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://x", follow_redirects=True) as client:
            return await client.post("/ask", content=_form(marked))

    answer = asyncio.run(ask())
    assert answer.status_code == 200
    read = Read(answer.text)
    assert len(read.all("script")) == 1


def _form(text: str) -> bytes:
    return b"q=" + b"".join(b"%%%02X" % byte for byte in text.encode(errors="replace"))


@pytest.mark.parametrize("text", ["리금철 삼촌 전화가 뭐예요", "what is kim chol su doing", "꿹뛟쌻이 뭐예요"])
def test_no_word_that_somebody_wrote_stands_in_an_address(site: Site, text: str) -> None:
    read = Read(asked(site, text).text)
    words = [word for word in re.split(r"[\s가이]", text) if len(word) > 1]
    for address in (*map(unquote, read.links), *(value for form in read.forms for value in form.fields.values())):
        assert not [word for word in words if word in address and word not in ("what", "is")], address


def test_no_emergency_and_nothing_somebody_was_told_stands_in_an_address(site: Site, engine: Engine) -> None:
    told = asked(site, "통장 빌려주면 한 달에 백만 원 준대요")
    for html in (asked(site, CRY).text, told.text, opened(site, "/a/m:ko:").text, opened(site, "/a/c:ko:safety").text):
        links = Read(html).links
        assert not [each for each in links if re.match(r"/a/(v|1):\w+:.", each)]
        assert not [each for each in links for kind in engine.knowledge.urgent.kinds if kind in each]


def test_what_was_offered_is_ticked_in_one_form(site: Site, engine: Engine) -> None:
    flags = [each.letter for each in engine.knowledge.offers.flags.values()]

    async def use(client: httpx.AsyncClient) -> list[httpx.Response]:
        blank = await client.get("/a/v:ko:")
        send: list[dict[str, Any]] = [
            {"a": "1:ko:", "t": [flags[1], flags[0]]}, {"a": "1:ko:"}, {"a": "v:en:", "t": [flags[2]]},
            {"a": f"v:ko:{flags[0]}"}, {"a": "1:ko:", "t": ["가", "", flags[0] * 3]},
        ]  # fmt: skip
        return [blank, *[await client.post("/a", data=each) for each in send]]

    blank, two, none, turned, changed, strange = [Read(each.text) for each in using(site, use)]
    assert [each["value"] for each in blank.all("input") if each["type"] == "checkbox"] == flags
    assert "위험 신호" in two.text
    assert engine.knowledge.phrases[Language.KO].verdict.format(count=2) in two.text
    assert engine.knowledge.phrases[Language.KO].verdict_none in none.text
    assert engine.knowledge.phrases[Language.KO].verdict.format(count=1) in strange.text
    for read, ticked in ((turned, flags[2]), (changed, flags[0])):
        assert [each["value"] for each in read.all("input") if "checked" in each] == [ticked]
    assert turned.all("html")[0]["lang"] == "en"


def test_a_card_of_an_emergency_is_opened_by_a_button(site: Site) -> None:
    answer = using(site, lambda client: client.post("/a", data={"a": "e:ko:crisis-violence"}))
    assert "112" in Read(answer.text).text
    assert "‘길동무’라고 적힌 줄만 모두 지우세요" in Read(answer.text).text


def test_a_word_of_another_language_in_a_line_makes_it_no_line_of_that_language(site: Site) -> None:
    for address, code in (("/a/e:en:money-debt", "ko"), ("/a/e:ko:work-find", "en")):
        read = Read(opened(site, address).text)
        assert code not in [named.get("lang") for tag, named in read.tags if tag in ("li", "p")]


@pytest.mark.parametrize("places", [64, 512])
def test_who_sends_slowly_holds_nobody_else_up(site: Site, monkeypatch: pytest.MonkeyPatch, places: int) -> None:
    monkeypatch.setattr(site_module, "AT_ONCE", places)
    head = b"POST /ask HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 8.8.8.8\r\nContent-Length: 100\r\n\r\nq="

    async def use(client: httpx.AsyncClient) -> list[int]:
        slow = [await asyncio.open_connection(client.base_url.host, client.base_url.port) for _ in range(70)]
        for _, writer in slow:
            writer.write(head)
            await writer.drain()
        await asyncio.sleep(0.2)
        asked = [
            await client.post("/ask", data={"q": "면허"}, headers={"X-Forwarded-For": host}, follow_redirects=False)
            for host in ("1.1.1.1", "8.8.8.8")
        ]
        for _, writer in slow:
            writer.close()
        return [answer.status_code for answer in asked]

    assert using(site, use) == [303, 503]


def test_what_breaks_or_is_nowhere_is_said_with_the_numbers_to_call_or_ways_on(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    async def use(client: httpx.AsyncClient) -> list[httpx.Response]:
        large = await client.post("/a", content=b"a=" + b"x" * LARGEST)
        nowhere = await client.post("/nowhere", data={"a": "x"})
        monkeypatch.setattr(Site, "_shown", broken)
        return [large, nowhere, await client.post("/ask", data={"q": CRY})]

    large, nowhere, fault = using(site, use)
    assert [large.status_code, nowhere.status_code, fault.status_code] == [413, 404, 500]
    assert "112, 119, 109" in Read(large.text).text
    assert Read(nowhere.text).forms
    assert "112, 119, 109" in fault.text


def test_more_requests_than_can_be_answered_are_told_whom_to_call(site: Site) -> None:
    site.bounds.came_from_all = Buckets(3600.0, 1)
    assert [opened(site, "/").status_code, opened(site, "/").status_code] == [200, 503]
    assert "112, 119, 109" in opened(site, "/a/m:ko:").text
    cry = using(site, lambda client: client.post("/ask", data={"q": CRY}, follow_redirects=False))
    assert cry.status_code == 303, "a question is not bounded by that"


def test_new_knowledge_is_shown_from_the_next_page_on(engine: Engine, counted: Counted) -> None:
    current = Current(engine, {})
    site = Site(current, counted, lambda: TODAY)
    before = site.engine
    assert site.engine is before
    assert before.knowledge.phrases[Language.KO].start == engine.knowledge.web[Language.KO].instead.start
    current.engine = Engine(**{name: getattr(engine, name) for name in engine.__slots__})
    assert site.engine is not before


def test_a_fault_is_said_with_the_numbers_to_call_and_logged_without_a_word(
    site: Site, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("비밀열쇠말")

    monkeypatch.setattr(Engine, "answer", broken)
    answer = asked(site, "비밀열쇠말")
    assert answer.status_code == 500
    assert "112, 119, 109" in Read(answer.text).text
    assert "RuntimeError" in caplog.text
    assert "비밀열쇠말" not in caplog.text + answer.text

"""The web page in a real Chromium: asked, chosen, left, printed, without JavaScript, on a narrow screen, by keyboard.

pip install -e '.[dev,browser]' and a Chromium of the system; skipped where either is missing. SCREENSHOTS=folder keeps
a picture of each state.
"""

import asyncio
import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from conftest import TODAY

from bot.core.engine import Engine
from bot.core.knowledge.whole import Knowledge
from bot.current import Current
from bot.serving import serving
from bot.web.running import poster
from bot.web.site import LEAVE, Site

sync_api = pytest.importorskip("playwright.sync_api", reason="the extra `browser` is not installed")
Image = pytest.importorskip("PIL.Image", reason="the extra `browser` is not installed")
zxingcpp = pytest.importorskip("zxingcpp", reason="the extra `browser` is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="the extra `browser` is not installed")

Browser: TypeAlias = Any  # playwright may be missing
Page: TypeAlias = Any
Route: TypeAlias = Any
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")
ALONE = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
NARROW, PHONE, COMPUTER = (320, 568), (360, 740), (1280, 800)
QUESTION, CRY = "면허 어떻게 따요", "그만 살고 싶슴다"
STATES = {
    "home": "/", "home in English": "/en", "menu": "/a/m:ko:", "category": "/a/c:ko:work",
    "card": "/a/e:ko:driving-licence",
    "card in English": "/a/e:en:driving-licence", "choices": "/a/o:ko:driving-licence.work-find.study-korean",
    "unknown": "/a/u:ko:", "what to ask": "/a/g:ko:", "word": "/a/d:ko:알바", "how to ask for a word": "/a/d:ko:",
    "regions": "/a/x:ko:", "a region": "/a/x:ko:seoul", "offer": "/a/v:ko:ab", "verdict": "/a/1:ko:ab",
    "to hold up": "/a/k:ko:bank-account", "to hold up in English": "/a/k:en:bank-account", "privacy": "/a/p:ko:",
    "help": "/a/h:en:", "person": "/a/r:ko:", "urgent": "/a/e:ko:crisis-suicide", "nowhere": "/nowhere",
    "an answer that is gone": "/r/ko/gone",
}  # fmt: skip


DARK = ("urgent", "to hold up", "offer", "choices")
"""States that are looked at in dark colours; the others in light ones."""


@dataclass
class Counted:
    """A tally that remembers which cards were shown."""

    cards: list[str] = field(default_factory=list)

    def shown(self, day: date, entry: str, *_: object) -> None:
        self.cards.append(entry)

    def felt(self, *_: object) -> None: ...


@pytest.fixture(scope="module")
def counted() -> Counted:
    return Counted()


@pytest.fixture(scope="module")
def address(engine: Engine, counted: Counted) -> Iterator[str]:
    """Yield the address of the page, served in a thread of its own."""
    site = Site(Current(engine, {}), counted, lambda: TODAY)
    ready, stop, port, loop = threading.Event(), asyncio.Event(), [0], asyncio.new_event_loop()

    async def serve() -> None:
        async with serving(site.app, "127.0.0.1", 0, 1.0) as at:
            port[0] = at
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert ready.wait(10)
    yield f"http://127.0.0.1:{port[0]}"
    loop.call_soon_threadsafe(stop.set)
    thread.join(10)
    loop.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_api.sync_playwright() as playwright:
        # Playwright switches the cache off that shows a page again as it was left, which a browser of people has
        kept = ["--disable-back-forward-cache"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ALONE), ignore_default_args=kept)
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium: Browser, address: str) -> Iterator["Opened"]:
    contexts = Opened(chromium, address)
    yield contexts
    contexts.close()


class Opened:
    """Pages of a browser that nobody has used before; what they ask for outside is noted and answered with nothing."""

    def __init__(self, chromium: Browser, address: str) -> None:
        self._chromium = chromium
        self.address = address
        self.outside: list[str] = []
        self._contexts: list[Any] = []

    def page(
        self, path: str = "/", size: tuple[int, int] = PHONE, *, dark: bool = False, script: bool = True,
        watched: bool = True,
    ) -> Page:  # fmt: skip
        """Return a new page at `path`; one that is not `watched` tells the server how it came to ask, as always."""
        context = self._chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme="dark" if dark else "light",
            java_script_enabled=script,
        )  # fmt: skip
        self._contexts.append(context)
        if watched:
            context.route(lambda url: not url.startswith(self.address), self._elsewhere)
        page = context.new_page()
        page.goto(self.address + path)
        return page

    def _elsewhere(self, route: Route) -> None:
        self.outside.append(route.request.url)
        route.fulfill(body="<title>weather</title>", content_type="text/html")

    def close(self) -> None:
        """Close everything."""
        for context in self._contexts:
            assert context.cookies() == []
            context.close()


def ask(page: Page, text: str) -> None:
    page.get_by_role("textbox").fill(text)
    page.locator(".ask button").click()


def seen(page: Page, name: str) -> None:
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_a_question_is_asked_a_card_read_and_another_opened(opened: Opened) -> None:
    page = opened.page()
    ask(page, QUESTION)
    assert page.locator("h1").inner_text() == "운전면허 따는 순서"
    assert page.url.startswith(f"{opened.address}/r/ko/")
    page.locator(".choices a").first.click()
    assert "/a/e+:ko:" in page.url
    page.get_by_role("link", name="English").click()
    assert page.locator("html").get_attribute("lang") == "en"
    assert opened.outside == []


def test_back_and_reload_show_the_answer_again_and_count_nothing(opened: Opened, counted: Counted) -> None:
    page = opened.page(watched=False)
    before = len(counted.cards)
    ask(page, QUESTION)
    page.locator(".choices a").first.click()
    page.wait_for_url("**/a/**")
    card = page.locator("h1").inner_text()
    page.go_back()
    assert page.locator("h1").inner_text() == "운전면허 따는 순서"
    page.reload()
    assert page.locator("h1").inner_text() == "운전면허 따는 순서"
    page.go_forward()
    assert page.locator("h1").inner_text() == card
    page.reload()
    assert len(counted.cards) == before + 2


def test_what_was_offered_is_ticked_judged_and_changed(opened: Opened) -> None:
    page = opened.page("/a/v:ko:")
    boxes = page.get_by_role("checkbox")
    boxes.nth(0).check()
    page.locator(".ticks label").nth(3).click()
    page.get_by_role("button", name="결과 보기").click()
    assert "2" in page.locator("h1").inner_text()
    page.go_back()
    assert boxes.count() == page.locator(".ticks label").count()
    page.go_forward()
    page.get_by_role("button", name="고른 것 바꾸기").click()
    page.wait_for_selector(".ticks")
    assert [boxes.nth(at).is_checked() for at in range(5)] == [True, False, False, True, False]
    page.get_by_role("button", name="English").click()
    page.wait_for_selector("html[lang=en] .ticks")
    assert [boxes.nth(at).is_checked() for at in range(5)] == [True, False, False, True, False]


def test_choices_are_offered_and_one_is_opened(opened: Opened) -> None:
    page = opened.page(STATES["choices"])
    page.get_by_role("link", name="운전면허 따는 순서").click()
    assert page.locator("h1").inner_text() == "운전면허 따는 순서"
    page.go_back()
    assert page.get_by_role("link", name="운전면허 따는 순서").is_visible()


def test_a_cry_for_help_brings_numbers_that_a_tap_calls(opened: Opened) -> None:
    page = opened.page()
    ask(page, CRY)
    first = page.locator("article.urgent a.call").first
    assert first.get_attribute("href") == "tel:109"
    assert first.is_visible()
    box = first.bounding_box()
    assert box is not None
    assert box["y"] < PHONE[1] / 2, "without scrolling"


@pytest.mark.parametrize("way", ["click", "Escape"])
def test_leaving_quickly_puts_another_page_in_place_of_this_one(opened: Opened, way: str) -> None:
    page = opened.page()
    ask(page, QUESTION)
    before, left = page.evaluate("history.length"), page.url
    if way == "click":
        page.locator("#leave").click()
    else:
        page.keyboard.press("Escape")
    page.wait_for_url(LEAVE)
    assert page.evaluate("document.referrer") == ""
    assert page.evaluate("history.length") == before
    page.goto(left)
    assert "지워졌습니다" in page.locator("main").inner_text(), "whoever finds it in the history sees nothing"
    assert opened.outside == [LEAVE]


@pytest.mark.parametrize("watched", [True, False], ids=["afresh", "as the browser kept it"])
def test_back_after_leaving_quickly_shows_nothing_that_was_written(opened: Opened, *, watched: bool) -> None:
    page = opened.page(watched=watched)
    if not watched:
        page.route(LEAVE, lambda route: route.fulfill(body="<title>weather</title>", content_type="text/html"))
    ask(page, "남편이 때려요")
    page.wait_for_url("**/r/**")
    page.locator("#leave").click()
    page.wait_for_url(LEAVE)
    page.go_back()
    page.wait_for_selector("#q")
    assert page.get_by_role("textbox").input_value() == ""
    assert "때려요" not in page.content()


def test_an_answer_that_is_gone_is_not_shown_from_what_the_browser_kept(opened: Opened) -> None:
    page = opened.page(watched=False)
    ask(page, CRY)
    page.wait_for_url("**/r/**")
    answer = page.url
    page.get_by_role("link", name="전체 목록").click()
    page.wait_for_url("**/a/**")
    page.request.post(answer)  # as if the minutes were over
    page.go_back()
    page.wait_for_function("document.body.innerText.includes('지워졌습니다')")
    assert "109에 물어보세요" not in page.locator("main").inner_text()


def test_without_javascript_everything_but_escape_works(opened: Opened) -> None:
    page = opened.page(script=False)
    ask(page, QUESTION)
    assert page.locator("h1").inner_text() == "운전면허 따는 순서"
    page.get_by_role("button", name="도움이 됐어요").click()
    assert "횟수만" in page.locator("main").inner_text()
    page.locator("#leave").click()
    page.wait_for_url(LEAVE)


def test_on_paper_there_is_the_answer_and_nothing_to_press(opened: Opened) -> None:
    page = opened.page(STATES["card"])
    page.emulate_media(media="print")
    assert page.locator("h1").is_visible()
    assert page.get_by_text("1577-6635").first.is_visible()
    for gone in ("header", ".ask", ".choices", ".skip"):
        assert not page.locator(gone).first.is_visible(), gone
    assert len(page.pdf()) > 1000


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_camera_reads_the_code_of_the_sheet_also_small_and_torn(
    chromium: Browser, knowledge: Knowledge, *, dark: bool
) -> None:
    sheet = "https://gil.example.org/answers/for/everybody"
    context = chromium.new_context(viewport={"width": 794, "height": 1123}, color_scheme="dark" if dark else "light")
    page = context.new_page()
    page.set_content(poster(knowledge, sheet))
    page.emulate_media(media="print")
    drawn = Image.open(BytesIO(page.screenshot())).convert("L")
    code = page.locator("svg").bounding_box()
    context.close()
    far = drawn.resize((drawn.width // 3, drawn.height // 3))
    torn = drawn.copy()
    left, top, side = (int(code[name]) for name in ("x", "y", "width"))
    torn.paste(255, (left + side * 3 // 4, top + side * 3 // 4, left + side, top + side))
    for seen_as, picture in (("printed", drawn), ("far away", far), ("torn", torn)):
        assert [found.text for found in zxingcpp.read_barcodes(picture)] == [sheet], seen_as


def test_everything_can_be_done_with_the_keyboard(opened: Opened) -> None:
    page = opened.page(size=COMPUTER)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "text"
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.tagName"))
        if reached[-1] == "q":
            break
    assert reached[-1] == "q"
    page.keyboard.type(QUESTION)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/r/**")
    assert page.locator("h1").inner_text() == "운전면허 따는 순서"


HIDDEN = """(() => { const e = document.activeElement, b = e.getBoundingClientRect();
    const at = document.elementFromPoint(b.left + b.width / 2, Math.min(b.top + b.height / 2, innerHeight - 1));
    return b.top < 0 || !(at && (at === e || e.contains(at) || at.contains(e))) ? e.outerHTML : ""; })()"""
"""What has the focus and cannot be seen, as the head of the page lies over it (2.4.11)."""


@pytest.mark.parametrize("keys", [("Tab", 60), ("Shift+Tab", 60)], ids=["forward", "backward"])
def test_what_has_the_focus_is_never_hidden(opened: Opened, keys: tuple[str, int]) -> None:
    key, times = keys
    page = opened.page(STATES["card"], NARROW)
    if key != "Tab":
        page.evaluate("document.querySelector('.ask button').focus()")
    seen_focus = 0
    for _ in range(times):
        page.keyboard.press(key)
        if page.evaluate("document.activeElement === document.body"):
            break
        assert page.evaluate(HIDDEN) == ""
        seen_focus += 1
    assert seen_focus > 10


RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
SMALL = """[...document.querySelectorAll('a:not(.call):not(.skip),button')]
    .filter(e => e.getBoundingClientRect().height < 24).map(e => e.outerHTML)"""
"""What is hard to hit with a finger (2.5.8), but for links in a line of text."""


def violations(page: Page) -> str:
    """Return what axe-core finds wrong on the page, in words; nothing if all is well."""
    found = axe.Axe().run(page, options={"runOnly": list(RULES)})
    return str(found.generate_report()) if found.violations_count else ""


def test_a_violation_would_be_found(opened: Opened) -> None:
    page = opened.page("/nowhere")
    page.evaluate("document.querySelector('#q').previousElementSibling.previousElementSibling.remove()")
    assert "label" in violations(page)


@pytest.mark.parametrize("state", sorted(STATES))
def test_each_state_has_no_accessibility_violation_and_fits_a_narrow_screen(opened: Opened, state: str) -> None:
    page = opened.page(STATES[state], NARROW, dark="English" in state or state in DARK)
    assert violations(page) == ""
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW[0]
    assert page.evaluate(SMALL) == []
    seen(page, state)
    assert opened.outside == []


ENLARGED = (
    "home", "home in English", "card", "card in English", "choices", "a region", "offer", "verdict", "urgent",
    "to hold up in English", "what to ask",
)  # fmt: skip
"""States of every shape there is."""
CUT_OFF = """[...document.querySelectorAll('body *:not(.unseen)')].filter(e => e.scrollWidth > e.clientWidth + 1
    && getComputedStyle(e).display !== 'inline' && e.clientWidth > 0).map(e => e.outerHTML.slice(0, 80))"""
"""What is wider than its place."""


@pytest.mark.parametrize("state", ENLARGED)
def test_letters_twice_as_large_still_fit(opened: Opened, state: str) -> None:
    page = opened.page(STATES[state], PHONE)
    before = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    page.evaluate("document.documentElement.style.fontSize = '240%'")
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 2 * before
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    assert page.evaluate(CUT_OFF) == []
    seen(page, f"{state}, twice as large")


def test_a_page_keeps_nothing_in_the_browser(opened: Opened) -> None:
    page = opened.page()
    ask(page, QUESTION)
    kept = page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]")
    assert kept == [0, 0, ""]
    page.goto(opened.address)
    assert page.get_by_role("textbox").input_value() == ""

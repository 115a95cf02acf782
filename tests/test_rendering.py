"""A Reply as Telegram shows it: whatever the texts are, the HTML is right, it fits, and nothing is lost."""

from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.core.model import LONGEST_ACTION, Action, Block, Button, Language, Part, Reply, Verb
from bot.telegram.rendering import LINKED_BELOW, LONGEST, keyboard, messages, utf16_length

ALLOWED_TAGS = frozenset(["b", "i", "blockquote", "pre", "tg-spoiler", "code"])
ALLOWED_NAMES = ("&amp;", "&lt;", "&gt;", "&quot;")
NUMBERED, DOTTED = (Part.STEPS,), (Part.FACTS, Part.CONTACTS, Part.SEARCH, Part.WORDS)

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.text(st.sampled_from("<>&;'\"b/i😀 가\n"))
LONG_TEXTS = st.builds(
    lambda text, times: text * times, st.sampled_from(["가", "😀", "<b>", "&", "a "]), st.integers(0, 5000)
)
BLOCKS = st.builds(
    Block, st.sampled_from(Part), st.lists(TEXTS | LONG_TEXTS, max_size=5).map(tuple), st.just("") | TEXTS | LONG_TEXTS
)
REPLIES = st.builds(lambda blocks: Reply(tuple(blocks)), st.lists(BLOCKS, max_size=5))
IDS = st.from_regex(r"[a-z0-9-]{0,32}", fullmatch=True)
ACTIONS = st.builds(Action, st.sampled_from(Verb), st.sampled_from([Language.KO, Language.EN]), IDS)


class Strict(HTMLParser):
    """Telegram's reading of HTML: only known tags, closed in order, and every & and < escaped."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED_TAGS
        assert not attrs
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        assert not set(data) & set("<>&")
        self.text += data

    def handle_entityref(self, name: str) -> None:
        assert f"&{name};" in ALLOWED_NAMES
        self.text += unescape(f"&{name};")

    def handle_charref(self, name: str) -> None:
        raise AssertionError(name)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(data)


def read(html: str) -> str:
    """Return the text of `html`; fail if Telegram would refuse it."""
    parser = Strict()
    parser.feed(html)
    parser.close()
    assert parser.open == []
    return parser.text


def wanted(block: Block) -> str:
    lines = [line for line in block.lines if line or block.part in (*NUMBERED, *DOTTED)]
    if block.part in NUMBERED:
        lines = [f"{number}. {line}" for number, line in enumerate(block.lines, 1)]
    if block.part in DOTTED:
        lines = [f"· {line}" for line in block.lines]
    return "".join([block.heading, *lines])


def without_breaks(text: str) -> str:
    return text.replace("\n", "")


@settings(deadline=None)
@given(REPLIES)
def test_each_message_fits(reply: Reply) -> None:
    assert [utf16_length(read(text)) for text in messages(reply) if utf16_length(read(text)) > LONGEST] == []


@settings(deadline=None)
@given(REPLIES)
def test_nothing_is_lost_and_nothing_is_added_but_line_breaks(reply: Reply) -> None:
    shown = "".join(read(text) for text in messages(reply))
    assert without_breaks(shown) == without_breaks("".join(map(wanted, reply.blocks)))


@settings(deadline=None)
@given(REPLIES)
def test_no_message_is_empty(reply: Reply) -> None:
    assert all(read(text) for text in messages(reply))


@given(TEXTS)
@example("<b>굵게</b> & <a href='x'>y</a> &amp; &#38;")
def test_markup_in_a_text_is_shown_as_it_is_written(text: str) -> None:
    assert "".join(map(read, messages(Reply((Block(Part.TEXT, (text,)),))))) == text


def test_a_card_looks_as_a_card_should() -> None:
    reply = Reply(
        (
            Block(Part.TITLE, ("면허 따기",)),
            Block(Part.TEXT, ("운전면허 시험장에 가요.",)),
            Block(Part.STEPS, ("가요.", "봐요."), "할 일"),
            Block(Part.VOICE, ("천천히 하세요. — 금희, 2019",), "먼저 온 사람의 말"),
            Block(Part.CONTACTS, ("하나재단 1577-6635",), "물어볼 곳"),
            Block(Part.SMALL, ("2026-11-01 확인",)),
        )
    )
    assert messages(reply) == (
        "<b>면허 따기</b>\n\n운전면허 시험장에 가요.\n\n<b>할 일</b>\n1. 가요.\n2. 봐요.\n\n"
        "<b>먼저 온 사람의 말</b>\n<blockquote>천천히 하세요. — 금희, 2019</blockquote>\n\n"
        "<b>물어볼 곳</b>\n· 하나재단 1577-6635\n\n"
        "<i>2026-11-01 확인</i>",
    )


def test_a_long_reply_is_cut_between_its_lines() -> None:
    lines = tuple(f"{number}번째 줄입니다. " * 20 for number in range(60))
    shown = messages(Reply((Block(Part.TEXT, lines),)))
    assert len(shown) > 1
    assert [line for text in shown for line in text.split("\n")] == list(lines)


def test_letters_that_count_twice_for_telegram_are_counted_twice() -> None:
    assert utf16_length("가😀") == 3
    assert [utf16_length(text) for text in messages(Reply((Block(Part.TEXT, ("😀" * 2048, "가")),)))] == [4096, 1]


@given(st.lists(st.sampled_from(("한 문장입니다. ", "앞이고, ", "낱말 ", "붙은글자")), min_size=800, max_size=1200))
def test_a_line_that_is_too_long_is_cut_where_its_sense_allows(pieces: list[str]) -> None:
    line = "".join(pieces).strip()
    shown = [text for text in messages(Reply((Block(Part.TEXT, (line,)),))) for text in text.split("\n")]
    assert "".join(shown) == line
    for part in shown[:-1]:
        assert part.endswith((" ", ",", ".")), "not in the middle of a word"


def test_a_long_line_ends_with_a_sentence_where_there_is_one() -> None:
    line = "하나하나 차례로, 천천히 해 봅니다. " * 300
    shown = "\n".join(messages(Reply((Block(Part.TEXT, (line,)),)))).split("\n")
    assert len(shown) > 1
    assert all(part.rstrip().endswith(".") for part in shown)


@pytest.mark.parametrize(("letters", "copied"), [(100, False), (LINKED_BELOW, True)])
def test_numbers_are_set_to_be_copied_where_telegram_would_not_link_them(letters: int, copied: bool) -> None:
    contact = Block(Part.CONTACTS, ("Foundation 1577-6635 (9-18h, 2026-11-01)", "Police 112"), "Whom to ask")
    (html,) = messages(Reply((Block(Part.TEXT, ("a" * letters,)), contact)))
    assert ("<code>1577-6635</code>" in html) is copied
    assert ("<code>112</code>" in html) is copied
    assert html.count("<code>") == 2 * copied, "a date is no number to copy"


def test_a_reply_without_blocks_has_no_messages() -> None:
    assert messages(Reply(())) == ()


# --- buttons -----------------------------------------------------------------------------------------------------


@given(ACTIONS)
def test_what_a_button_carries_fits_and_comes_back(action: Action) -> None:
    data = action.encode()
    assert 1 <= len(data.encode()) <= LONGEST_ACTION
    assert data.isascii()
    assert Action.decode(data) == action


@pytest.mark.parametrize("verb", list(Verb))
@pytest.mark.parametrize("language", [Language.KO, Language.EN])
def test_every_verb_with_the_longest_id_fits_on_a_button(verb: Verb, language: Language) -> None:
    markup = keyboard(Reply((), ((Button("보기", Action(verb, language, "a" * 32)),),)))
    assert markup is not None
    data = markup.to_dict()["inline_keyboard"][0][0]["callback_data"]
    assert 1 <= len(data.encode()) <= LONGEST_ACTION


@given(st.text(st.characters()) | st.text(st.sampled_from("shpmcelrtn:koenz-"), max_size=12))
def test_any_text_on_a_button_is_an_action_of_ours_or_nothing(text: str) -> None:
    action = Action.decode(text)
    assert action is None or action.encode() == text


@pytest.mark.parametrize(
    "text", ["", ":", "::", "s", "s:", "s:ko", "0:ko:", "s:zh:", "s:KO:", "S:ko:", "START:ko:", " s:ko:"]
)
def test_what_no_button_of_ours_carries_is_nothing(text: str) -> None:
    assert Action.decode(text) is None


@given(st.lists(st.lists(st.builds(Button, TEXTS, ACTIONS), max_size=3), max_size=4))
def test_the_rows_of_buttons_stay_as_they_are_without_empty_ones(rows: list[list[Button]]) -> None:
    markup = keyboard(Reply((), tuple(map(tuple, rows))))
    sent = markup.to_dict()["inline_keyboard"] if markup else []
    shown = [[(each["text"], each["callback_data"]) for each in row] for row in sent]
    assert shown == [[(button.label, button.action.encode()) for button in row] for row in rows if row]

"""The tests' own Bot API server in inline mode: what it sends, and which results it refuses as Telegram does."""

import asyncio
from collections.abc import Iterator
from typing import Any, Final

import pytest
from botapi.client import Client
from botapi.server import BotApiServer, InlineAnswer, InlineResult
from botapi.updates import FIRST_NAME, USERNAME
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    LinkPreviewOptions,
)

CHAT: Final = 1001
BUTTON: Final = {"inline_keyboard": [[{"text": "Button", "callback_data": "a"}]]}
WRONG: Final = "can't parse inline query result: "


@pytest.fixture
def telegram() -> Iterator[BotApiServer]:
    with BotApiServer() as server:
        yield server


@pytest.fixture
def call(telegram: BotApiServer) -> Iterator[Client]:
    client = Client(telegram)
    yield client
    client.http.close()


def article(**more: Any) -> dict[str, Any]:
    return {"type": "article", "id": "1", "title": "a", "input_message_content": {"message_text": "a"}} | more


def test_an_inline_query_is_answered_once_known(telegram: BotApiServer, call: Client) -> None:
    telegram.send_update("inline_query", {"id": "77", "from": {"id": 1}, "query": "면허", "offset": ""})
    assert call.result("answerInlineQuery", inline_query_id="77", results=[article()]) is True
    assert "query is too old" in call.refusal("answerInlineQuery", inline_query_id="78", results=[])
    assert "DUPLICATE" in call.refusal("answerInlineQuery", inline_query_id="77", results=[article()] * 2)
    assert "TOO_MUCH" in call.refusal("answerInlineQuery", inline_query_id="77", results=[article()] * 51)


def test_an_inline_query_looks_like_telegrams(telegram: BotApiServer, call: Client) -> None:
    telegram.inline(CHAT, "면허", language_code="en", offset="2")
    query = call.result("getUpdates")[0]["inline_query"]
    person = {"id": CHAT, "is_bot": False, "first_name": FIRST_NAME, "username": USERNAME, "language_code": "en"}
    assert query == {"id": query["id"], "from": person, "query": "면허", "offset": "2", "chat_type": "sender"}
    assert call.result("getMe")["supports_inline_queries"] is True


def test_what_is_answered_to_an_inline_query_is_kept_as_the_chat_would_show_it(
    telegram: BotApiServer, call: Client
) -> None:
    update = telegram.inline(CHAT, "면허")
    query_id = call.result("getUpdates")[0]["inline_query"]["id"]
    assert telegram.inline_answer(update) is None
    raw = "<b>A &lt; B</b> "
    content = {"message_text": raw, "parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}
    results = [
        article(description="d", input_message_content=content, reply_markup=BUTTON),
        {"type": "sticker", "id": "2", "sticker_file_id": "file"},
    ]
    call.result("answerInlineQuery", inline_query_id=query_id, results=results, is_personal=True, next_offset="2")
    call.result("answerInlineQuery", inline_query_id=query_id, results=[])
    shown = (InlineResult("a", "d", "A < B", raw), InlineResult("", "", "", ""))
    assert telegram.inline_answer(update) == InlineAnswer(shown, 300, True, "2"), "the first answer is what is seen"
    assert telegram.answered(update)


@pytest.mark.parametrize("length", [1, 64])
def test_ids_and_offsets_of_64_bytes_and_texts_of_4096_letters_fit(
    telegram: BotApiServer, call: Client, length: int
) -> None:
    telegram.inline(CHAT, "")
    query_id = call.result("getUpdates")[0]["inline_query"]["id"]
    result = article(id="a" * length, input_message_content={"message_text": "가" * 64 * length})
    answer = {"inline_query_id": query_id, "results": [result], "next_offset": "a" * length, "cache_time": 0}
    assert call.result("answerInlineQuery", **answer) is True


@pytest.mark.parametrize(
    ("result", "why"),
    [
        ("a", WRONG + "Inline query result must be an object"),
        ({"id": "1"}, WRONG + 'Can\'t find field "type"'),
        (article(type="page"), WRONG + 'type "page" is unsupported'),
        (article(id=None), WRONG + 'Can\'t find field "id"'),
        (article(id=1), WRONG + 'Field "id" must be of type String'),
        (article(id=""), "RESULT_ID_INVALID"),
        (article(id="가" * 22), "RESULT_ID_INVALID"),
        (article(title=None), WRONG + 'Can\'t find field "title"'),
        (article(title=" "), "ARTICLE_TITLE_EMPTY"),
        (article(description=["d"]), WRONG + 'Field "description" must be of type String'),
        (article(input_message_content=None), WRONG + "Can't find field"),
        (article(input_message_content="a"), WRONG + 'Field "input_message_content" must be'),
        (article(input_message_content={}), WRONG + 'Can\'t find field "message_text"'),
        (article(input_message_content={"message_text": " "}), "MESSAGE_TEXT_EMPTY"),
        (article(input_message_content={"message_text": "<b></b>", "parse_mode": "HTML"}), "MESSAGE_TEXT_EMPTY"),
        (article(input_message_content={"message_text": "a" * 4097}), "MESSAGE_TOO_LONG"),
        (
            article(input_message_content={"message_text": "1 < 2", "parse_mode": "HTML"}),
            WRONG + "can't parse entities: Unclosed start tag at byte offset 2",
        ),
        (
            article(reply_markup={"inline_keyboard": [[{"text": "a", "callback_data": "a" * 65}]]}),
            "BUTTON_DATA_INVALID",
        ),
        (article(reply_markup={"force_reply": True}), WRONG + "inline keyboard expected"),
    ],
)
def test_an_inline_result_of_a_wrong_form_is_refused(
    telegram: BotApiServer, call: Client, result: Any, why: str
) -> None:
    update = telegram.inline(CHAT, "면허")
    query_id = call.result("getUpdates")[0]["inline_query"]["id"]
    refusal = call.refusal("answerInlineQuery", inline_query_id=query_id, results=[article(id="fine"), result])
    assert refusal.startswith(f"400 Bad Request: {why}")
    assert telegram.inline_answer(update) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"results": {}}, {"results": None}, {"cache_time": -1}, {"cache_time": "soon"}, {"cache_time": 1.5},
        {"is_personal": "maybe"}, {"is_personal": 2}, {"next_offset": 2}, {"next_offset": "가" * 22},
    ],
)  # fmt: skip
def test_what_is_wrong_around_inline_results_is_refused(
    telegram: BotApiServer, call: Client, wrong: dict[str, Any]
) -> None:
    telegram.inline(CHAT, "면허")
    answer = {"inline_query_id": call.result("getUpdates")[0]["inline_query"]["id"], "results": [article()]}
    assert call.refusal("answerInlineQuery", **(answer | wrong)).startswith("400 Bad Request: ")


def test_the_librarys_bot_answers_inline_queries(telegram: BotApiServer) -> None:
    update = telegram.inline(CHAT, "면허")
    content = InputTextMessageContent("<b>a</b>", "HTML", link_preview_options=LinkPreviewOptions(is_disabled=True))
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("One", url="https://t.me/under_test_bot")]])
    result = InlineQueryResultArticle("1", "title", content, reply_markup=markup, description="d")

    async def answer(bot: Bot) -> None:
        assert bot.supports_inline_queries
        query = (await bot.get_updates(timeout=1))[0].inline_query
        assert query is not None
        assert (query.query, query.offset, query.chat_type) == ("면허", "", "sender")
        await query.answer([result], cache_time=30, is_personal=True, auto_pagination=True)

    async def use() -> None:
        async with Bot(telegram.token, base_url=telegram.base_url) as bot:
            await answer(bot)

    asyncio.run(use())
    shown = (InlineResult("title", "d", "a", "<b>a</b>"),)
    assert telegram.inline_answer(update) == InlineAnswer(shown, 30, True)
    assert telegram.refused == []

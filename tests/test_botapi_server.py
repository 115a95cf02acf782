"""The tests' own Bot API server: it speaks as Telegram does and refuses what Telegram refuses."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
from botapi.client import Client
from botapi.server import BotApiServer
from botapi.updates import FIRST_NAME, MEDIA, USERNAME
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity, ReplyParameters
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter
from telegram.ext import ApplicationBuilder, ContextTypes, MessageHandler, filters

CHAT, GROUP = 1001, -1002003004005
TWO_DAYS = 48 * 60 * 60


@pytest.fixture
def telegram() -> Iterator[BotApiServer]:
    with BotApiServer() as server:
        yield server


@pytest.fixture
def connect(telegram: BotApiServer) -> Iterator[Callable[[], Client]]:
    """Return a maker of bots."""
    with ExitStack() as open_ones:

        def make() -> Client:
            client = Client(telegram)
            open_ones.callback(client.http.close)
            return client

        yield make


@pytest.fixture
def call(telegram: BotApiServer, connect: Callable[[], Client]) -> Client:
    """Return a bot to which somebody has spoken, and which has heard it."""
    client = connect()
    telegram.say(CHAT, "first")
    client.result("getUpdates", offset=telegram.pending[-1] + 1)
    return client


def keyboard(*data: str, **more: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "Button", "callback_data": one} | more] for one in data]}


# the door


def test_a_wrong_token_is_unauthorized(telegram: BotApiServer) -> None:
    answer = httpx.get(f"{telegram.base_url}12345:WRONG/getMe")
    assert (answer.status_code, answer.json()) == (401, {"ok": False, "error_code": 401, "description": "Unauthorized"})


@pytest.mark.parametrize("path", ["sendPigeon", "", "getMe/more"])
def test_an_unknown_method_is_not_found(telegram: BotApiServer, path: str) -> None:
    answer = httpx.post(f"{telegram.base_url}{telegram.token}/{path}")
    assert (answer.status_code, answer.json()["description"]) == (404, "Not Found")


def test_the_name_of_a_method_may_be_written_in_any_case_and_with_get(telegram: BotApiServer) -> None:
    body = httpx.get(f"{telegram.base_url}{telegram.token}/GETME").json()
    assert (body["result"]["id"], body["result"]["username"]) == (12345, telegram.username)


def test_json_forms_multipart_and_queries_mean_the_same(telegram: BotApiServer, call: Client) -> None:
    params = {"chat_id": CHAT, "text": "안녕 & 😀", "reply_markup": keyboard("a")}
    form: dict[str, Any] = params | {"chat_id": str(CHAT), "reply_markup": json.dumps(keyboard("a"))}
    url = f"{telegram.base_url}{telegram.token}/sendMessage"
    httpx.post(url, json=params)
    httpx.post(url, data=form)
    httpx.post(url, data=form, files={"extra": b"a file"})
    httpx.get(url, params=form)
    assert [sent.text for sent in telegram.sent] == [params["text"]] * 4
    assert [call.params for call in telegram.calls_of("sendMessage")[:2]] == [params] * 2
    assert {sent.buttons for sent in telegram.sent} == {((("Button", "a"),),)}


def test_json_that_cannot_be_read_is_refused(telegram: BotApiServer, call: Client) -> None:
    url = f"{telegram.base_url}{telegram.token}/sendMessage"
    assert httpx.post(url, content=b"{", headers={"Content-Type": "application/json"}).status_code == 400
    assert httpx.post(url, data={"chat_id": str(CHAT), "text": "a", "reply_markup": "{"}).status_code == 400


def test_a_body_of_an_unknown_kind_is_not_read(telegram: BotApiServer) -> None:
    answer = httpx.post(
        f"{telegram.base_url}{telegram.token}/getMe", content=b"<xml/>", headers={"Content-Type": "text/xml"}
    )
    assert answer.json()["ok"]


# updates


def test_a_batch_is_given_again_until_it_is_acknowledged(telegram: BotApiServer, call: Client) -> None:
    first, second = telegram.say(CHAT, "one"), telegram.say(CHAT, "two")
    assert call.ids() == call.ids() == [first, second]
    assert not telegram.acknowledged(first)
    assert call.ids(offset=second) == [second]
    assert telegram.acknowledged(first)
    assert not telegram.acknowledged(second)
    assert telegram.pending == [second]
    assert call.ids(offset=second + 1) == []
    assert telegram.acknowledged(second)


def test_limit_and_negative_offset_choose_updates(telegram: BotApiServer, call: Client) -> None:
    ids = [telegram.say(CHAT, f"{number}") for number in range(5)]
    assert call.ids(limit=2) == ids[:2]
    assert call.ids(offset=-2) == ids[3:]
    assert telegram.acknowledged(ids[0])


def test_a_poll_waits_for_an_update(telegram: BotApiServer, call: Client) -> None:
    with ThreadPoolExecutor() as pool:
        polling = pool.submit(call.ids, timeout=10)
        telegram.wait_for(lambda server: len(server.calls_of("getUpdates")) == 2)
        update = telegram.say(CHAT, "at last")
        assert polling.result(5) == [update]


def test_a_poll_without_updates_ends_with_nothing_after_its_timeout(call: Client) -> None:
    start = time.monotonic()
    assert call.ids(timeout=1) == []
    assert 0.9 < time.monotonic() - start < 5


def test_a_second_poll_ends_the_first_with_a_conflict(
    telegram: BotApiServer, call: Client, connect: Callable[[], Client]
) -> None:
    with ThreadPoolExecutor() as pool:
        first = pool.submit(call.refusal, "getUpdates", timeout=10)
        telegram.wait_for(lambda server: len(server.calls_of("getUpdates")) == 2)
        second = pool.submit(connect().ids, timeout=10)
        assert first.result(5).startswith("409 Conflict: terminated by other getUpdates request")
        update = telegram.say(CHAT, "for the second")
        assert second.result(5) == [update]


def test_kinds_that_are_not_allowed_are_not_delivered_until_they_are(telegram: BotApiServer, call: Client) -> None:
    call.result("getUpdates", allowed_updates=["callback_query"])
    telegram.say(CHAT, "nobody hears")
    assert call.ids() == []
    call.result("getUpdates", allowed_updates=[])
    heard = telegram.say(CHAT, "heard")
    telegram.send_update("message_reaction", {"chat": {"id": CHAT, "type": "private"}, "message_id": 1})
    assert call.ids() == [heard]


def test_waiting_updates_are_dropped_on_demand(telegram: BotApiServer, call: Client) -> None:
    update = telegram.say(CHAT, "old")
    assert call.result("getWebhookInfo")["pending_update_count"] == 1
    call.result("deleteWebhook", drop_pending_updates=True)
    assert call.ids() == []
    assert not telegram.acknowledged(update)


def test_a_message_looks_like_telegrams(telegram: BotApiServer, call: Client) -> None:
    telegram.say(CHAT, "안녕하세요", language_code="en")
    message = call.result("getUpdates")[0]["message"]
    person = {"id": CHAT, "is_bot": False, "first_name": FIRST_NAME, "username": USERNAME, "language_code": "en"}
    chat = {"id": CHAT, "type": "private", "first_name": FIRST_NAME, "username": USERNAME}
    assert (message["from"], message["chat"], message["text"]) == (person, chat, "안녕하세요")
    assert abs(message["date"] - time.time()) < 60
    assert "entities" not in message


def test_entities_are_counted_in_utf16_units(telegram: BotApiServer, call: Client) -> None:
    telegram.say(GROUP, f"😀 @{telegram.username} 면허 /help@{telegram.username}", chat_type="supergroup")
    message = call.result("getUpdates")[0]["message"]
    length = len(telegram.username) + 1
    assert message["entities"] == [
        {"type": "mention", "offset": 3, "length": length},
        {"type": "bot_command", "offset": 3 + length + 4, "length": 5 + length},
    ]
    assert message["chat"] == {"id": GROUP, "type": "supergroup", "title": "Test group"}
    assert message["from"]["id"] > 0


def test_given_entities_take_the_place_of_those_found(telegram: BotApiServer, call: Client) -> None:
    telegram.say(CHAT, "@somebody", entities=[])
    assert "entities" not in call.result("getUpdates")[0]["message"]


def test_a_person_replies_to_what_the_bot_last_sent(telegram: BotApiServer, call: Client) -> None:
    telegram.say(GROUP, "/start", chat_type="supergroup", user_id=55)
    call.result("sendMessage", chat_id=GROUP, text="the last")
    telegram.say(GROUP, "and then?", chat_type="supergroup", reply_to_bot=True)
    telegram.say(GROUP - 1, "and before?", chat_type="supergroup", reply_to_bot=True)
    first, *replies = [update["message"] for update in call.result("getUpdates")]
    assert first["from"]["id"] == 55
    assert [reply["reply_to_message"]["from"]["id"] for reply in replies] == [12345, 12345]
    assert replies[0]["reply_to_message"]["text"] == "the last"


@pytest.mark.parametrize("kind", MEDIA)
def test_everything_that_is_not_text_can_be_sent(telegram: BotApiServer, call: Client, kind: str) -> None:
    telegram.send_media(kind, CHAT)
    message = call.result("getUpdates")[0]["message"]
    assert kind in message
    assert "text" not in message


def test_there_is_an_act_for_each_usual_kind(telegram: BotApiServer, call: Client) -> None:
    for act in (telegram.voice, telegram.photo, telegram.video, telegram.document):
        act(CHAT, "a caption @somebody", language_code=None)
    for send in (telegram.sticker, telegram.location, telegram.contact, telegram.poll):
        send(GROUP, chat_type="group")
    messages = [update["message"] for update in call.result("getUpdates")]
    assert [message.get("caption") for message in messages] == ["a caption @somebody"] * 4 + [None] * 4
    assert messages[0]["caption_entities"] == [{"type": "mention", "offset": 10, "length": 9}]


def test_an_edited_message_keeps_its_id_and_sender(telegram: BotApiServer, call: Client) -> None:
    message_id = telegram.message_id_of(telegram.say(CHAT, "마음", language_code="en"))
    telegram.edit(CHAT, message_id, "마음이 힘들어요")
    said, edited = call.result("getUpdates")
    assert edited["edited_message"]["message_id"] == said["message"]["message_id"] == message_id
    assert edited["edited_message"]["from"] == said["message"]["from"]
    assert edited["edited_message"]["text"] == "마음이 힘들어요"
    assert edited["edited_message"]["edit_date"] >= edited["edited_message"]["date"]


def test_a_place_may_be_anywhere_and_a_live_one_moves(telegram: BotApiServer, call: Client) -> None:
    still = telegram.location(CHAT, latitude=35.1, longitude=129.2)
    live = telegram.message_id_of(telegram.location(CHAT, live=True, language_code="en"))
    telegram.move(CHAT, live, 37.1, 127.5)
    first, second, moved = call.result("getUpdates")
    assert (first["update_id"], first["message"]["location"]) == (still, {"latitude": 35.1, "longitude": 129.2})
    period = second["message"]["location"]["live_period"]
    assert period > 0
    edited = moved["edited_message"]
    assert (edited["message_id"], edited["from"]["language_code"]) == (live, "en")
    assert edited["location"] == {"latitude": 37.1, "longitude": 127.5, "live_period": period}
    assert edited["edit_date"] >= edited["date"]


def test_messages_can_be_old_from_the_start_or_become_so(telegram: BotApiServer, call: Client) -> None:
    telegram.say(CHAT, "old", ago=500)
    telegram.voice(CHAT, ago=300)
    telegram.age(CHAT, 1000)
    telegram.say(CHAT, "new")
    ages = [time.time() - update["message"]["date"] for update in call.result("getUpdates")]
    assert [round(age, -2) for age in ages] == [1500, 1300, 0]


def test_mistakes_of_a_test_are_said_at_once(telegram: BotApiServer, call: Client) -> None:
    sent = call.result("sendMessage", chat_id=CHAT, text="no buttons")["message_id"]
    mistakes: list[Callable[[], object]] = [
        lambda: telegram.press(CHAT, sent, "nothing"),
        lambda: telegram.edit(CHAT, sent, "not a person's"),
        lambda: telegram.say(CHAT, "  "),
        lambda: telegram.say(CHAT, "😀" * 2049),
        lambda: telegram.say(GROUP, "private"),
        lambda: telegram.send_update("no_such_kind", {}),
        lambda: telegram.fail_next("sendPigeon", 500, "no"),
        lambda: telegram.say(CHAT, "from tomorrow", ago=-1),
        lambda: telegram.inline(CHAT, "a" * 257),
        lambda: telegram.move(CHAT, telegram.message_id_of(telegram.location(CHAT)), 1, 2),
        lambda: telegram.move(CHAT, sent, 1, 2),
    ]
    for mistake in mistakes:
        with pytest.raises(ValueError, match=r"."):
            mistake()


# sending


def test_what_is_sent_is_kept_as_shown_and_as_written(telegram: BotApiServer, call: Client) -> None:
    raw = ' <b>A &lt; B</b>\n<a href="https://example.org/?a=1&amp;b=2">go</a>'
    url = {"text": "Map", "url": "https://example.org"}
    markup = {"inline_keyboard": [[{"text": "One", "callback_data": "1"}, url], []]}
    message = call.result("sendMessage", chat_id=CHAT, text=raw, parse_mode="HTML", reply_markup=markup)
    assert message["entities"] == [
        {"type": "bold", "offset": 0, "length": 5},
        {"type": "text_link", "url": "https://example.org/?a=1&b=2", "offset": 6, "length": 2},
    ]
    sent = telegram.sent[0]
    assert (sent.chat_id, sent.message_id, sent.text, sent.raw) == (CHAT, message["message_id"], "A < B\ngo", raw)
    assert (sent.buttons, sent.method, sent.edited) == (((("One", "1"), ("Map", url["url"])),), "sendMessage", False)
    assert sent.data == ("1", "https://example.org")


@pytest.mark.parametrize("text", ["가" * 4096, "😀" * 2048, "&lt;" * 4096, f"<b>{'a' * 4096}</b>\n"])
def test_a_text_of_4096_utf16_units_is_sent(call: Client, text: str) -> None:
    call.result("sendMessage", chat_id=CHAT, text=text, parse_mode="HTML")


@pytest.mark.parametrize("text", ["가" * 4097, "😀" * 2048 + "a"])
def test_a_longer_text_is_too_long(call: Client, text: str) -> None:
    assert call.refusal("sendMessage", chat_id=CHAT, text=text) == "400 Bad Request: message is too long"


@pytest.mark.parametrize("text", ["", " \n ", "<b></b>", "<i> </i>"])
def test_a_text_that_shows_nothing_is_empty(call: Client, text: str) -> None:
    refusal = call.refusal("sendMessage", chat_id=CHAT, text=text, parse_mode="HTML")
    assert refusal == "400 Bad Request: message text is empty"
    assert call.refusal("sendMessage", chat_id=CHAT).endswith("message text is empty")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1 < 2", "Unclosed start tag at byte offset 2"),
        ("가 <3>", 'Unsupported start tag "3" at byte offset 4'),
        ("a<br>b", 'Unsupported start tag "br" at byte offset 1'),
        ("<p>a</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b><i>a</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ('<a href="x>a</a>', "Unclosed start tag at byte offset 0"),
        ("<a href=>a</a>", 'Wrong attributes of the tag "a" at byte offset 0'),
        ("<span>a</span>", 'Tag "span" must have attribute "class" at byte offset 0'),
        ("rock & roll", 'Unescaped "&" at byte offset 5'),
        ("&nbsp;", 'Unescaped "&" at byte offset 0'),
        ("&#xD800;", "Text contains invalid Unicode characters after decoding HTML entities"),
    ],
)
def test_html_that_telegram_cannot_read_is_refused(call: Client, text: str, why: str) -> None:
    refusal = call.refusal("sendMessage", chat_id=CHAT, text=text, parse_mode="HTML")
    assert refusal == f"400 Bad Request: can't parse entities: {why}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<B>a</b> > b", "a > b"),
        ("<b>1<i>2<u>3<s>4</s></u></i></b>", "1234"),
        ("<pre><code class='language-py'>x &amp; y</code></pre>", "x & y"),
        ("<blockquote expandable>&quot;q&quot;</blockquote>", '"q"'),
        ('<tg-spoiler>a</tg-spoiler><span class="tg-spoiler">b</span>', "ab"),
        ('<tg-emoji emoji-id="1">👍</tg-emoji>&#128077;&#x1F44D;', "👍👍👍"),
        ("<i>a</i   ><em>b</>", "ab"),
    ],
)
def test_html_that_telegram_reads_is_shown_without_markup(
    telegram: BotApiServer, call: Client, text: str, shown: str
) -> None:
    call.result("sendMessage", chat_id=CHAT, text=text, parse_mode="html")
    assert telegram.sent[0].text == shown


def test_without_a_parse_mode_nothing_is_markup(telegram: BotApiServer, call: Client) -> None:
    call.result("sendMessage", chat_id=CHAT, text="1 < 2 & <b>")
    assert telegram.sent[0].text == "1 < 2 & <b>"
    assert "unsupported parse_mode" in call.refusal("sendMessage", chat_id=CHAT, text="a", parse_mode="Markdown")


@pytest.mark.parametrize("entity", [{"type": "bold", "offset": 0, "length": 3}, {"offset": 0, "length": 1}, "bold"])
def test_entities_outside_the_text_are_refused(call: Client, entity: Any) -> None:
    assert call.refusal("sendMessage", chat_id=CHAT, text="😀", entities=[entity]).startswith("400 ")


def test_half_a_letter_is_not_utf8(call: Client, telegram: BotApiServer) -> None:
    body = b'{"chat_id": 1001, "text": "\\ud83d"}'
    url = f"{telegram.base_url}{telegram.token}/sendMessage"
    answer = httpx.post(url, content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["description"]) == (400, "Bad Request: text must be encoded in UTF-8")


@pytest.mark.parametrize("data", ["a" * 64, "가" * 21])
def test_64_bytes_of_data_fit_into_a_button(call: Client, data: str) -> None:
    call.result("sendMessage", chat_id=CHAT, text="a", reply_markup=keyboard(data))


@pytest.mark.parametrize("data", ["a" * 65, "가" * 22])
def test_more_data_is_invalid(call: Client, data: str) -> None:
    refusal = call.refusal("sendMessage", chat_id=CHAT, text="a", reply_markup=keyboard(data))
    assert refusal == "400 Bad Request: BUTTON_DATA_INVALID"


@pytest.mark.parametrize(
    "markup",
    [
        [],
        "text",
        {},
        {"inline_keyboard": {}},
        {"inline_keyboard": [{"text": "a", "callback_data": "a"}]},
        {"inline_keyboard": [["a"]]},
        {"inline_keyboard": [[{"callback_data": "a"}]]},
        {"inline_keyboard": [[{"text": " ", "callback_data": "a"}]]},
        {"inline_keyboard": [[{"text": "a"}]]},
        keyboard(""),
        keyboard("a", url="https://example.org"),
        {"inline_keyboard": [[{"text": "a", "url": "not a url"}]]},
        {"inline_keyboard": [[{"text": "a", "callback_data": "a"}] * 9]},
        keyboard(*["a"] * 101),
    ],
)
def test_a_keyboard_of_a_wrong_shape_is_refused(telegram: BotApiServer, call: Client, markup: Any) -> None:
    assert call.refusal("sendMessage", chat_id=CHAT, text="a", reply_markup=markup).startswith("400 Bad Request: ")
    assert telegram.sent == []


def test_the_bot_cannot_speak_first_nor_to_nobody(call: Client) -> None:
    assert call.refusal("sendMessage", chat_id=2002, text="a") == "400 Bad Request: chat not found"
    assert call.refusal("sendMessage", text="a") == "400 Bad Request: chat_id is empty"


@pytest.mark.parametrize("markup", [{"force_reply": True}, {"remove_keyboard": True}])
def test_other_markup_than_buttons_is_taken_but_not_shown_as_buttons(
    telegram: BotApiServer, call: Client, markup: dict[str, Any]
) -> None:
    assert "reply_markup" not in call.result("sendMessage", chat_id=CHAT, text="a", reply_markup=markup)
    assert telegram.sent[0].buttons == ()


def test_a_reply_needs_the_message_it_replies_to(telegram: BotApiServer, call: Client) -> None:
    asked = telegram.message_id_of(telegram.say(CHAT, "a question"))
    call.result("sendMessage", chat_id=CHAT, text="a", reply_parameters={"message_id": asked})
    assert telegram.sent[0].reply_to == asked
    missing = {"message_id": 999}
    refusal = call.refusal("sendMessage", chat_id=CHAT, text="a", reply_parameters=missing)
    assert refusal == "400 Bad Request: message to be replied not found"
    missing["allow_sending_without_reply"] = True
    call.result("sendMessage", chat_id=CHAT, text="a", reply_parameters=missing)


def test_a_blocked_bot_is_forbidden_until_it_is_not(telegram: BotApiServer, call: Client) -> None:
    telegram.block(CHAT)
    assert call.refusal("sendMessage", chat_id=CHAT, text="a") == "403 Forbidden: bot was blocked by the user"
    telegram.unblock(CHAT)
    call.result("sendMessage", chat_id=CHAT, text="a")


# changing


def test_an_edit_changes_what_the_chat_shows(telegram: BotApiServer, call: Client) -> None:
    message_id = call.result("sendMessage", chat_id=CHAT, text="old", reply_markup=keyboard("a"))["message_id"]
    where = {"chat_id": CHAT, "message_id": message_id}
    call.result("editMessageText", **where, text="<b>new</b>", parse_mode="HTML")
    call.result("editMessageReplyMarkup", **where, reply_markup=keyboard("b"))
    assert [(sent.text, sent.data, sent.edited) for sent in telegram.sent] == [
        ("old", ("a",), False),
        ("new", (), True),
        ("new", ("b",), True),
    ]
    assert telegram.showing(CHAT) == telegram.sent_to(CHAT)[-1:]
    assert telegram.sent[-1].raw == "<b>new</b>"


def test_an_edit_that_changes_nothing_is_refused(call: Client) -> None:
    content = {"text": "<b>same</b>", "parse_mode": "HTML", "reply_markup": keyboard("a")}
    where = {"chat_id": CHAT, "message_id": call.result("sendMessage", chat_id=CHAT, **content)["message_id"]}
    assert call.refusal("editMessageText", **where, **content).startswith("400 Bad Request: message is not modified: ")
    markup = {"reply_markup": keyboard("a")}
    assert "message is not modified" in call.refusal("editMessageReplyMarkup", **where, **markup)
    call.result("editMessageText", **where, text="same", **markup)
    call.result("editMessageText", **where, text="same")
    assert "message is not modified" in call.refusal("editMessageReplyMarkup", **where)
    assert "message is not modified" in call.refusal("editMessageReplyMarkup", **where, reply_markup=keyboard())
    call.result("editMessageReplyMarkup", **where, **markup)


def test_only_the_bots_own_messages_can_be_edited(telegram: BotApiServer, call: Client) -> None:
    theirs = telegram.message_id_of(telegram.say(CHAT, "mine"))
    refusal = call.refusal("editMessageText", chat_id=CHAT, message_id=9999, text="a")
    assert refusal == "400 Bad Request: message to edit not found"
    assert "can't be edited" in call.refusal("editMessageText", chat_id=CHAT, message_id=theirs, text="a")
    assert "not specified" in call.refusal("editMessageText", chat_id=CHAT, text="a")


def test_under_an_edited_message_there_is_only_an_inline_keyboard(call: Client) -> None:
    message_id = call.result("sendMessage", chat_id=CHAT, text="a", reply_markup={"force_reply": True})["message_id"]
    where = {"chat_id": CHAT, "message_id": message_id, "reply_markup": {"force_reply": True}}
    assert "inline keyboard expected" in call.refusal("editMessageText", **where, text="b")


def test_a_deleted_message_is_gone(telegram: BotApiServer, call: Client) -> None:
    ids = [call.result("sendMessage", chat_id=CHAT, text=f"{number}")["message_id"] for number in range(3)]
    assert call.result("deleteMessage", chat_id=CHAT, message_id=ids[0]) is True
    assert "message to delete not found" in call.refusal("deleteMessage", chat_id=CHAT, message_id=ids[0])
    assert "message to edit not found" in call.refusal("editMessageText", chat_id=CHAT, message_id=ids[0], text="a")
    assert call.result("deleteMessages", chat_id=CHAT, message_ids=ids) is True
    assert telegram.showing(CHAT) == []
    assert call.refusal("deleteMessages", chat_id=CHAT, message_ids=[]).startswith("400 ")


def test_in_a_group_the_bot_cannot_delete_what_others_said(telegram: BotApiServer, call: Client) -> None:
    theirs = telegram.message_id_of(telegram.say(GROUP, "mine", chat_type="supergroup"))
    assert "message can't be deleted" in call.refusal("deleteMessage", chat_id=GROUP, message_id=theirs)
    mine = telegram.message_id_of(telegram.say(CHAT, "mine"))
    assert call.result("deleteMessage", chat_id=CHAT, message_id=mine) is True


def test_a_message_older_than_48_hours_cannot_be_deleted(telegram: BotApiServer, call: Client) -> None:
    mine = call.result("sendMessage", chat_id=CHAT, text="a")["message_id"]
    telegram.age(CHAT, TWO_DAYS - 60)
    old, younger = (telegram.message_id_of(telegram.say(CHAT, "a", ago=TWO_DAYS - ago)) for ago in (0, 60))
    refusal = call.refusal("deleteMessage", chat_id=CHAT, message_id=old)
    assert refusal == "400 Bad Request: message can't be deleted for everyone"
    assert call.result("deleteMessage", chat_id=CHAT, message_id=younger) is True
    assert call.result("deleteMessage", chat_id=CHAT, message_id=mine) is True


def test_one_old_message_keeps_all_from_being_deleted_together(telegram: BotApiServer, call: Client) -> None:
    telegram.age(CHAT, TWO_DAYS)
    old = telegram.history(CHAT)
    new = [telegram.message_id_of(telegram.say(CHAT, "a")), call.result("sendMessage", chat_id=CHAT, text="b")]
    ids = [new[0], new[1]["message_id"]]
    refusal = call.refusal("deleteMessages", chat_id=CHAT, message_ids=[*ids, *old])
    assert refusal == "400 Bad Request: message can't be deleted"
    assert telegram.history(CHAT) == [*old, *ids]
    assert call.result("deleteMessages", chat_id=CHAT, message_ids=[*ids, 9999]) is True
    assert (telegram.history(CHAT), telegram.history(GROUP)) == (old, [])


# buttons


def test_a_press_brings_the_message_and_can_be_answered(telegram: BotApiServer, call: Client) -> None:
    message = call.result("sendMessage", chat_id=CHAT, text="a", reply_markup=keyboard("e:work"))
    update = telegram.press(CHAT, message["message_id"], "e:work", language_code="en")
    query = call.result("getUpdates")[0]["callback_query"]
    assert (query["data"], query["message"], query["from"]["language_code"]) == ("e:work", message, "en")
    assert not telegram.answered(update)
    assert call.result("answerCallbackQuery", callback_query_id=query["id"]) is True
    assert telegram.answered(update)
    assert "MESSAGE_TOO_LONG" in call.refusal("answerCallbackQuery", callback_query_id=query["id"], text="a" * 201)


def test_what_the_bot_told_whoever_pressed_is_kept(telegram: BotApiServer, call: Client) -> None:
    message_id = call.result("sendMessage", chat_id=CHAT, text="a", reply_markup=keyboard("a"))["message_id"]
    updates = [telegram.press(CHAT, message_id, "a") for _ in range(3)]
    first, second, _ = [update["callback_query"]["id"] for update in call.result("getUpdates")]
    call.result("answerCallbackQuery", callback_query_id=first, text="가" * 200, show_alert=True)
    call.result("answerCallbackQuery", callback_query_id=first, text="too late to be seen")
    call.result("answerCallbackQuery", callback_query_id=second)
    assert "show_alert" in call.refusal("answerCallbackQuery", callback_query_id=second, show_alert="maybe")
    assert [telegram.told(update) for update in updates] == [("가" * 200, True), ("", False), ("", False)]


def test_an_unknown_or_old_query_cannot_be_answered(telegram: BotApiServer, call: Client) -> None:
    message_id = call.result("sendMessage", chat_id=CHAT, text="a", reply_markup=keyboard("a"))["message_id"]
    telegram.press(CHAT, message_id, "a", too_old=True)
    for query_id in (call.result("getUpdates")[0]["callback_query"]["id"], "1", ""):
        refusal = call.refusal("answerCallbackQuery", callback_query_id=query_id)
        assert refusal.startswith("400 Bad Request: query is too old")


def test_a_button_of_an_older_version_can_be_pressed_even_under_a_lost_message(
    telegram: BotApiServer, call: Client
) -> None:
    telegram.press(CHAT, 7, "from:last:year", shown=False)
    query = call.result("getUpdates")[0]["callback_query"]
    assert (query["message"]["date"], query["data"]) == (0, "from:last:year")


# the bot about itself


def test_commands_are_kept_for_each_language(call: Client) -> None:
    commands = [{"command": "start", "description": "처음"}]
    assert call.result("setMyCommands", commands=commands) is True
    assert call.result("getMyCommands") == commands
    assert call.result("getMyCommands", language_code="en") == []
    assert call.result("deleteMyCommands") is True
    assert call.result("getMyCommands") == []


@pytest.mark.parametrize(
    "commands",
    [
        "start",
        [{"command": "Start", "description": "a"}],
        [{"command": "시작", "description": "a"}],
        [{"command": "a" * 33, "description": "a"}],
        [{"command": "start", "description": ""}],
        [{"command": "start", "description": "a" * 257}],
        [{"command": "start", "description": "a"}] * 101,
    ],
)
def test_commands_that_telegram_does_not_take_are_refused(call: Client, commands: Any) -> None:
    assert call.refusal("setMyCommands", commands=commands).startswith("400 Bad Request: ")


def test_descriptions_have_limits_and_languages(call: Client) -> None:
    assert call.result("setMyDescription", description="가" * 512, language_code="ko") is True
    assert call.result("getMyDescription", language_code="ko") == {"description": "가" * 512}
    assert call.result("setMyShortDescription", short_description="a" * 120) is True
    assert call.refusal("setMyShortDescription", short_description="a" * 121).startswith("400 ")
    assert call.refusal("setMyDescription", description="a" * 513).startswith("400 ")
    assert call.refusal("setMyDescription", description="a", language_code="korean").startswith("400 ")


def test_a_chat_action_must_be_one_that_telegram_knows(call: Client) -> None:
    assert call.result("sendChatAction", chat_id=CHAT, action="typing") is True
    assert "wrong parameter action" in call.refusal("sendChatAction", chat_id=CHAT, action="thinking")


def test_some_methods_only_say_yes(call: Client) -> None:
    assert call.result("setChatMenuButton", menu_button={"type": "commands"}) is True


# trouble


def test_what_was_refused_is_told_in_order_but_for_planned_failures(telegram: BotApiServer, call: Client) -> None:
    assert call.result("setMyName", name="a") is True
    call.refusal("sendMessage", chat_id=CHAT, text="")
    telegram.fail_next("sendMessage", 400, "Bad Request: as planned")
    call.refusal("sendMessage", chat_id=CHAT, text="a")
    call.refusal("setMyName", name="a" * 65)
    telegram.block(CHAT)
    call.refusal("sendMessage", chat_id=CHAT, text="a")
    call.refusal("sendPigeon")
    assert telegram.refused == [
        ("sendMessage", 400, "Bad Request: message text is empty"),
        ("setMyName", 400, "Bad Request: NAME_TOO_LONG"),
        ("sendMessage", 403, "Forbidden: bot was blocked by the user"),
        ("sendPigeon", 404, "Not Found"),
    ]
    assert len(telegram.calls_of("setMyName")) == 2


def test_planned_failures_come_in_order_and_then_end(telegram: BotApiServer, call: Client) -> None:
    telegram.fail_next("sendMessage", 429, "Too Many Requests: retry after 3", times=2, retry_after=3)
    telegram.fail_next("sendMessage", 500, "Internal Server Error")
    say = {"chat_id": CHAT, "text": "a"}
    bodies = [call("sendMessage", **say) for _ in range(4)]
    assert [body.get("error_code") for body in bodies] == [429, 429, 500, None]
    assert bodies[0]["parameters"] == {"retry_after": 3}
    assert len(telegram.sent) == 1
    assert len(telegram.calls_of("sendMessage")) == 4


def test_a_delayed_answer_comes_after_what_it_answers(telegram: BotApiServer, call: Client) -> None:
    telegram.delay("sendMessage", 0.5)
    start = time.monotonic()
    with ThreadPoolExecutor() as pool:
        answers = [pool.submit(call.result, "sendMessage", chat_id=CHAT, text="a") for _ in range(3)]
        telegram.wait_for(3, timeout=5)
        assert [answer.result(5)["text"] for answer in answers] == ["a"] * 3
    assert 0.5 <= time.monotonic() - start < 1.4, "side by side"


def test_waiting_in_vain_says_what_was_there(telegram: BotApiServer, call: Client) -> None:
    with pytest.raises(TimeoutError, match=r"0 sent.*getUpdates"):
        telegram.wait_for(1, timeout=0.01)


def test_after_a_stop_the_same_port_and_everything_known_come_back(
    telegram: BotApiServer, call: Client, connect: Callable[[], Client]
) -> None:
    url = telegram.base_url
    with ThreadPoolExecutor() as pool:
        polling = pool.submit(connect().ids, timeout=30)
        telegram.wait_for(lambda server: len(server.calls_of("getUpdates")) == 2)
        telegram.stop()
        assert polling.result(5) == []
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}{telegram.token}/getMe")
    update = telegram.say(CHAT, "while it was gone")
    telegram.start()
    assert telegram.base_url == url
    assert connect().ids() == [update]


def test_no_thread_stays_after_the_end() -> None:
    before = set(threading.enumerate())
    with BotApiServer() as server:
        server.say(CHAT, "a")
        assert set(threading.enumerate()) - before
    assert set(threading.enumerate()) <= before


def test_many_people_at_once_lose_nothing(telegram: BotApiServer, connect: Callable[[], Client]) -> None:
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda chat: telegram.say(chat, "a"), range(1, 201)))
        client = connect()
        list(pool.map(lambda chat: client.result("sendMessage", chat_id=chat, text="b"), range(1, 201)))
    assert sorted(ids) == telegram.pending
    assert sorted(sent.chat_id for sent in telegram.sent) == list(range(1, 201))
    assert len({sent.message_id for sent in telegram.sent}) == 200


# python-telegram-bot against it


def run(server: BotApiServer, use: Callable[[Bot], Coroutine[Any, Any, None]], token: str = "") -> None:
    async def main() -> None:
        async with Bot(token or server.token, base_url=server.base_url) as bot:
            await use(bot)

    asyncio.run(main())


def test_the_librarys_bot_reads_sends_edits_and_answers(telegram: BotApiServer) -> None:
    telegram.say(GROUP, f"😀 @{telegram.username} 면허", chat_type="supergroup")

    async def use(bot: Bot) -> None:
        assert bot.username == telegram.username
        message = (await bot.get_updates(timeout=1))[0].message
        assert message is not None
        assert list(message.parse_entities([MessageEntity.MENTION]).values()) == [f"@{bot.username}"]
        markup = InlineKeyboardMarkup([[InlineKeyboardButton("One", callback_data="1")]])
        reply = ReplyParameters(message.message_id)
        sent = await bot.send_message(GROUP, "<b>a</b>", "HTML", reply_markup=markup, reply_parameters=reply)
        update = telegram.press(GROUP, sent.message_id, "1")
        query = (await bot.get_updates(offset=update))[0].callback_query
        assert query is not None
        await query.answer()
        await query.edit_message_text("b")
        assert telegram.answered(update)
        await bot.set_my_commands([("start", "처음")], language_code="ko")
        assert [command.command for command in await bot.get_my_commands(language_code="ko")] == ["start"]

    run(telegram, use)
    assert [(sent.text, sent.edited) for sent in telegram.sent] == [("a", False), ("b", True)]


def test_the_librarys_bot_reads_everything_that_is_not_text(telegram: BotApiServer) -> None:
    for kind in MEDIA:
        telegram.send_media(kind, CHAT)

    async def use(bot: Bot) -> None:
        messages = [update.message for update in await bot.get_updates()]
        assert all(getattr(message, kind) for message, kind in zip(messages, MEDIA, strict=True))

    run(telegram, use)


def test_the_librarys_bot_raises_its_own_errors(telegram: BotApiServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # else the library warns of its next version
    telegram.say(CHAT, "a")
    telegram.say(CHAT + 1, "a")
    telegram.block(CHAT + 1)
    telegram.fail_next("sendMessage", 429, "Too Many Requests: retry after 5", retry_after=5)
    telegram.fail_next("sendMessage", 500, "Internal Server Error")
    telegram.fail_next("getUpdates", 409, "Conflict: terminated")

    async def use(bot: Bot) -> None:
        for error in (RetryAfter, NetworkError):
            with pytest.raises(error):
                await bot.send_message(CHAT, "a")
        with pytest.raises(BadRequest, match=r"Can't parse entities"):
            await bot.send_message(CHAT, "<b>", "HTML")
        with pytest.raises(Forbidden, match="blocked"):
            await bot.send_message(CHAT + 1, "a")
        with pytest.raises(Conflict):
            await bot.get_updates()

    run(telegram, use)
    with pytest.raises(InvalidToken):
        run(telegram, use, "12345:WRONG")


def test_a_whole_application_polls_answers_and_acknowledges(telegram: BotApiServer) -> None:
    async def echo(update: Any, context: ContextTypes.DEFAULT_TYPE) -> None:
        await update.message.reply_text(update.message.text)

    async def main() -> None:
        async with ApplicationBuilder().token(telegram.token).base_url(telegram.base_url).build() as application:
            application.add_handler(MessageHandler(filters.TEXT, echo))
            assert application.updater is not None
            await application.updater.start_polling()
            await application.start()
            updates = [telegram.say(CHAT + number, f"{number}") for number in range(20)]
            await asyncio.to_thread(telegram.wait_for, 20)
            await asyncio.to_thread(telegram.wait_for, lambda server: all(map(server.acknowledged, updates)))
            await application.updater.stop()
            await application.stop()

    asyncio.run(main())
    assert sorted(sent.text for sent in telegram.sent) == sorted(f"{number}" for number in range(20))

"""The tests' own Bot API server where coordinators work: groups of several people, replies, command scopes, files."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, Final

import httpx
import pytest
from botapi.client import Client
from botapi.server import BotApiServer, Upload
from telegram import (
    Bot,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
)
from telegram.error import BadRequest, ChatMigrated, Forbidden

CHAT, GROUP = 1001, -1002003004005
FIRST, SECOND = 55, 56
BUTTON: Final = {"inline_keyboard": [[{"text": "Button", "callback_data": "a"}]]}
COMMANDS: Final = [{"command": "stats", "description": "수"}]
PNG: Final = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
AWKWARD: Final = bytes(range(256)) + b"\r\n--\r\n\r\n\n\r \r\n"


@pytest.fixture
def telegram() -> Iterator[BotApiServer]:
    with BotApiServer() as server:
        server.add_group(GROUP)
        yield server


@pytest.fixture
def call(telegram: BotApiServer) -> Iterator[Client]:
    client = Client(telegram)
    yield client
    client.http.close()


def said(telegram: BotApiServer, text: str, user_id: int = FIRST, reply_to: int | None = None) -> int:
    """Say something in the group; return the id of the message."""
    update = telegram.say(GROUP, text, user_id=user_id, chat_type="supergroup", reply_to=reply_to)
    return telegram.message_id_of(update)


def asked(call: Client, text: str = "a ticket", reply_to: int | None = None) -> int:
    """Have the bot say something with a button in the group; return the id of the message."""
    reply = {"reply_parameters": {"message_id": reply_to}} if reply_to else {}
    sent = call.result("sendMessage", chat_id=GROUP, text=text, parse_mode="HTML", reply_markup=BUTTON, **reply)
    return int(sent["message_id"])


def heard(call: Client) -> dict[str, Any]:
    """Return the newest update."""
    newest: dict[str, Any] = call.result("getUpdates", offset=-1)[0]
    return newest


def picture(width: int, height: int, more: bytes = b"") -> bytes:
    return PNG + width.to_bytes(4) + height.to_bytes(4) + more


# replies


def test_several_people_reply_to_any_message_of_a_group(telegram: BotApiServer, call: Client) -> None:
    ticket = asked(call, "<b>a</b> ticket")
    asked(call, "a later one")
    mine = said(telegram, "an answer", FIRST, ticket)
    answer = heard(call)["message"]
    said(telegram, "to you", SECOND, mine)
    second = heard(call)["message"]
    assert (answer["from"]["id"], second["from"]["id"]) == (FIRST, SECOND)
    earlier = answer["reply_to_message"]
    assert (earlier["message_id"], earlier["text"], earlier["reply_markup"]) == (ticket, "a ticket", BUTTON)
    assert (earlier["entities"], earlier["from"]["is_bot"]) == ([{"type": "bold", "offset": 0, "length": 1}], True)
    assert (second["reply_to_message"]["text"], second["reply_to_message"]["from"]["id"]) == ("an answer", FIRST)
    assert "reply_to_message" not in second["reply_to_message"], "one level only"


def test_a_reply_shows_what_it_replies_to_as_the_chat_shows_it_now(telegram: BotApiServer, call: Client) -> None:
    ticket = asked(call)
    call.result("editMessageText", chat_id=GROUP, message_id=ticket, text="done")
    mine = said(telegram, "an answer", reply_to=ticket)
    assert heard(call)["message"]["reply_to_message"]["text"] == "done"
    call.result("editMessageText", chat_id=GROUP, message_id=ticket, text="done twice", reply_markup=BUTTON)
    telegram.edit(GROUP, mine, "a better answer")
    earlier = heard(call)["edited_message"]["reply_to_message"]
    assert (earlier["text"], earlier["reply_markup"]) == ("done twice", BUTTON)


@pytest.mark.parametrize(
    "act", [BotApiServer.voice, BotApiServer.photo, BotApiServer.document, BotApiServer.sticker, BotApiServer.location]
)
def test_everything_that_people_send_can_be_a_reply(
    telegram: BotApiServer, call: Client, act: Callable[..., int]
) -> None:
    ticket = asked(call)
    act(telegram, GROUP, chat_type="supergroup", user_id=SECOND, reply_to=ticket)
    assert heard(call)["message"]["reply_to_message"]["message_id"] == ticket


def test_a_press_brings_the_message_with_what_it_replies_to_as_both_are_now(
    telegram: BotApiServer, call: Client
) -> None:
    root = said(telegram, "the root")
    question = said(telegram, "a question", reply_to=root)
    shown = asked(call, "an answer", question)
    telegram.edit(GROUP, question, "a better question")
    call.result("editMessageText", chat_id=GROUP, message_id=shown, text="a better answer", reply_markup=BUTTON)
    telegram.press(GROUP, shown, "a", user_id=SECOND)
    query = heard(call)["callback_query"]
    assert (query["from"]["id"], query["message"]["text"]) == (SECOND, "a better answer")
    earlier = query["message"]["reply_to_message"]
    assert (earlier["message_id"], earlier["text"]) == (question, "a better question")
    assert "reply_to_message" not in earlier
    assert telegram.showing(GROUP)[0].reply_to == question


def test_what_a_message_replied_to_is_gone_once_it_is_deleted(telegram: BotApiServer, call: Client) -> None:
    telegram.say(CHAT, "mine")
    for where, delete in (
        (CHAT, lambda message_id: call.result("deleteMessage", chat_id=CHAT, message_id=message_id)),
        (GROUP, lambda message_id: telegram.delete(GROUP, message_id)),
    ):
        kind = "private" if where == CHAT else "supergroup"
        question = telegram.message_id_of(telegram.say(where, "a question", chat_type=kind))
        reply = {"reply_parameters": {"message_id": question}, "reply_markup": BUTTON}
        shown = call.result("sendMessage", chat_id=where, text="an answer", **reply)["message_id"]
        delete(question)
        telegram.press(where, shown, "a")
        assert "reply_to_message" not in heard(call)["callback_query"]["message"]
        changed = call.result("editMessageText", chat_id=where, message_id=shown, text="another answer")
        assert "reply_to_message" not in changed


def test_passing_over_a_message_that_is_not_there_does_not_take_away_a_later_one(
    telegram: BotApiServer, call: Client
) -> None:
    passed_over = telegram.message_id_of(telegram.say(CHAT, "a question")) + 1
    call.result("deleteMessages", chat_id=CHAT, message_ids=[passed_over])
    assert telegram.message_id_of(telegram.say(CHAT, "the next")) == passed_over
    reply = {"reply_parameters": {"message_id": passed_over}, "reply_markup": BUTTON}
    telegram.press(CHAT, call.result("sendMessage", chat_id=CHAT, text="an answer", **reply)["message_id"], "a")
    assert heard(call)["callback_query"]["message"]["reply_to_message"]["text"] == "the next"


def test_messages_within_updates_become_old_with_the_chat(telegram: BotApiServer, call: Client) -> None:
    question = said(telegram, "a question")
    telegram.press(GROUP, asked(call, "an answer", question), "a")
    telegram.press(GROUP, 7, "from:last:year", shown=False)
    telegram.age(GROUP, 1000)
    said_then, pressed, lost = call.result("getUpdates")
    message = pressed["callback_query"]["message"]
    dates = [said_then["message"]["date"], message["date"], message["reply_to_message"]["date"]]
    assert [round(time.time() - date, -2) for date in dates] == [1000] * 3
    assert lost["callback_query"]["message"]["date"] == 0, "the message is still not there"


# markup


@pytest.mark.parametrize("more", [{}, {"selective": True, "input_field_placeholder": "가" * 64}])
def test_an_answer_can_be_asked_for(telegram: BotApiServer, call: Client, more: dict[str, Any]) -> None:
    markup = {"force_reply": True} | more
    assert "reply_markup" not in call.result("sendMessage", chat_id=GROUP, text="a", reply_markup=markup)
    assert telegram.sent[0].buttons == ()


@pytest.mark.parametrize(
    "wrong",
    [
        {"force_reply": False}, {"force_reply": "yes"}, {"selective": "maybe"}, {"input_field_placeholder": ""},
        {"input_field_placeholder": "a" * 65}, {"input_field_placeholder": 1}, {"inline_keyboard": []},
    ],
)  # fmt: skip
def test_an_answer_asked_for_in_a_wrong_form_is_refused(
    telegram: BotApiServer, call: Client, wrong: dict[str, Any]
) -> None:
    markup = {"force_reply": True} | wrong
    assert call.refusal("sendMessage", chat_id=GROUP, text="a", reply_markup=markup).startswith("400 Bad Request: ")
    assert telegram.sent == []


# commands


def test_commands_are_kept_for_each_scope_and_language(telegram: BotApiServer, call: Client) -> None:
    telegram.say(CHAT, "a")
    scopes: list[dict[str, Any]] = [
        {"type": kind} for kind in ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
    ]
    scopes += [{"type": kind, "chat_id": GROUP} for kind in ("chat", "chat_administrators")]
    scopes += [{"type": "chat", "chat_id": CHAT}, {"type": "chat_member", "chat_id": GROUP, "user_id": FIRST}]
    for number, scope in enumerate(scopes):
        assert call.result("getMyCommands", scope=scope) == []
        commands = [{"command": f"c{number}", "description": "a"}]
        assert call.result("setMyCommands", scope=scope, commands=commands) is True
        call.result("setMyCommands", scope=scope, commands=COMMANDS, language_code="ko")
    found = [call.result("getMyCommands", scope=scope)[0]["command"] for scope in scopes]
    assert found == [f"c{number}" for number in range(8)]
    assert call.result("getMyCommands")[0]["command"] == "c0", "the scope is the default one if none is given"
    assert call.result("getMyCommands", scope={"type": "chat", "chat_id": str(GROUP)})[0]["command"] == "c4"
    assert call.result("deleteMyCommands", scope=scopes[4]) is True
    assert call.result("getMyCommands", scope=scopes[4]) == []
    assert call.result("getMyCommands", scope=scopes[4], language_code="ko") == COMMANDS


@pytest.mark.parametrize(
    ("scope", "why"),
    [
        (["default"], "can't parse BotCommandScope: BotCommandScope must be an Object"),
        ({"type": "everyone"}, "can't parse BotCommandScope: Unsupported type specified"),
        ({"type": ["chat"]}, "can't parse BotCommandScope: Unsupported type specified"),
        ({"chat_id": GROUP}, "can't parse BotCommandScope: Unsupported type specified"),
        ({"type": "chat"}, "parameter chat_id must be an integer"),
        ({"type": "chat", "chat_id": "@group"}, "parameter chat_id must be an integer"),
        ({"type": "chat_member", "chat_id": GROUP}, "parameter user_id must be an integer"),
        ({"type": "chat", "chat_id": GROUP - 1}, "chat not found"),
        ({"type": "chat_administrators", "chat_id": CHAT}, "can't use specified scope in private chats"),
    ],
)
@pytest.mark.parametrize("method", ["setMyCommands", "getMyCommands", "deleteMyCommands"])
def test_a_scope_that_nobody_is_in_is_refused(
    telegram: BotApiServer, call: Client, method: str, scope: Any, why: str
) -> None:
    telegram.say(CHAT, "a")
    assert call.refusal(method, scope=scope, commands=COMMANDS) == f"400 Bad Request: {why}"


# groups


def test_a_group_is_known_without_anybody_speaking(telegram: BotApiServer, call: Client) -> None:
    assert call.result("sendMessage", chat_id=GROUP, text="a")["chat"]["type"] == "supergroup"
    assert telegram.pending == []


@pytest.mark.parametrize("kind", ["group", "supergroup"])
def test_a_bot_that_was_thrown_out_is_forbidden_until_it_is_back(
    telegram: BotApiServer, call: Client, kind: str
) -> None:
    telegram.add_group(GROUP, kind)
    telegram.leave_group(GROUP)
    why = f"403 Forbidden: bot was kicked from the {kind} chat"
    assert call.refusal("sendMessage", chat_id=GROUP, text="a") == why
    assert call.refusal("setMyCommands", scope={"type": "chat", "chat_id": GROUP}, commands=COMMANDS) == why
    telegram.add_group(GROUP, kind)
    call.result("sendMessage", chat_id=GROUP, text="a")


def test_a_group_that_became_a_supergroup_says_where_it_is_now(telegram: BotApiServer, call: Client) -> None:
    old, new = -77, GROUP - 7
    telegram.say(old, "before", chat_type="group")
    assert telegram.upgrade_group(old, new) == tuple(telegram.pending[1:])
    _, left, came = [update["message"] for update in call.result("getUpdates")]
    assert (left["chat"]["id"], left["migrate_to_chat_id"]) == (old, new)
    assert (came["chat"]["id"], came["migrate_from_chat_id"], came["chat"]["type"]) == (new, old, "supergroup")
    body = call("sendMessage", chat_id=old, text="a")
    assert body["description"] == "Bad Request: group chat was upgraded to a supergroup chat"
    assert (body["error_code"], body["parameters"]) == (400, {"migrate_to_chat_id": new})
    call.result("sendMessage", chat_id=new, text="a")


def test_mistakes_of_a_test_about_groups_and_files_are_said_at_once(telegram: BotApiServer, call: Client) -> None:
    ticket = asked(call)
    telegram.add_group(-77, "group")
    telegram.add_group(-78, "group")
    telegram.leave_group(-78)
    mistakes: list[Callable[[], object]] = [
        lambda: said(telegram, "to nothing", reply_to=999),
        lambda: telegram.say(CHAT, "to another chat's", reply_to=ticket),
        lambda: telegram.say(GROUP, "to two", chat_type="supergroup", reply_to=ticket, reply_to_bot=True),
        lambda: telegram.say(-78, "nobody hears", chat_type="group"),
        lambda: telegram.add_group(CHAT),
        lambda: telegram.add_group(GROUP, "private"),
        lambda: telegram.leave_group(GROUP - 1),
        lambda: telegram.upgrade_group(GROUP, GROUP - 1),
        lambda: telegram.upgrade_group(-77, GROUP),
        lambda: telegram.delete(GROUP, 999),
        lambda: telegram.document(GROUP, chat_type="supergroup", content=b""),
    ]
    for mistake in mistakes:
        with pytest.raises(ValueError, match=r"."):
            mistake()
    assert telegram.pending == []


# files


def uploaded(telegram: BotApiServer, method: str, content: bytes, **fields: str) -> dict[str, Any]:
    """Send a file to the group as httpx does; return the body of the answer."""
    url = f"{telegram.base_url}{telegram.token}/{method}"
    name = method.removeprefix("send").casefold()
    files = {name: ("work 찾기.yaml", content)}
    body: dict[str, Any] = httpx.post(url, data={"chat_id": str(GROUP)} | fields, files=files, timeout=60).json()
    return body


def test_a_document_is_kept_byte_for_byte_with_its_caption(telegram: BotApiServer, call: Client) -> None:
    message = uploaded(telegram, "sendDocument", AWKWARD, caption="<b>A</b> &amp; B", parse_mode="HTML")["result"]
    assert (message["caption"], message["caption_entities"][0]["type"]) == ("A & B", "bold")
    assert (message["document"]["file_name"], message["document"]["file_size"]) == ("work 찾기.yaml", len(AWKWARD))
    assert "text" not in message
    sent = telegram.sent[0]
    assert (sent.text, sent.raw, sent.method) == ("A & B", "<b>A</b> &amp; B", "sendDocument")
    assert (sent.file_name, sent.file, sent.edited) == ("work 찾기.yaml", AWKWARD, False)
    assert telegram.calls_of("sendDocument")[0].params["document"] == Upload("work 찾기.yaml", AWKWARD)
    assert repr(AWKWARD) not in f"{sent} {telegram.calls}", "a failing test stays readable"


def test_a_file_without_a_caption_and_with_one_of_1024_letters_is_sent(telegram: BotApiServer) -> None:
    assert "caption" not in uploaded(telegram, "sendDocument", b"a")["result"]
    caption = "<b>" + "😀" * 512 + "</b>"
    assert uploaded(telegram, "sendDocument", b"a", caption=caption, parse_mode="HTML")["ok"]
    assert [len(sent.text) for sent in telegram.sent] == [0, 512]


def test_a_photo_is_a_picture_of_a_shape_that_can_be_shown(telegram: BotApiServer) -> None:
    message = uploaded(telegram, "sendPhoto", picture(640, 480), caption="uses")["result"]
    assert (message["photo"][-1]["width"], message["photo"][-1]["height"], message["caption"]) == (640, 480, "uses")
    assert telegram.sent[0].file == picture(640, 480)
    for content in (picture(9000, 1001), picture(2001, 100), picture(0, 0)):
        assert uploaded(telegram, "sendPhoto", content)["description"] == "Bad Request: PHOTO_INVALID_DIMENSIONS"
    for content in (b"no picture", PNG):
        assert uploaded(telegram, "sendPhoto", content)["description"] == "Bad Request: IMAGE_PROCESS_FAILED"


def test_files_that_are_empty_missing_too_large_or_too_long_described_are_refused(
    telegram: BotApiServer, call: Client
) -> None:
    assert uploaded(telegram, "sendDocument", b"")["description"] == "Bad Request: file must be non-empty"
    assert "caption is too long" in uploaded(telegram, "sendDocument", b"a", caption="a" * 1025)["description"]
    wrong = uploaded(telegram, "sendDocument", b"a", caption="<b>", parse_mode="HTML")
    assert "can't parse entities" in wrong["description"]
    for name in ("Document", "Photo"):
        why = f"400 Bad Request: there is no {name.casefold()} in the request"
        assert call.refusal(f"send{name}", chat_id=GROUP) == why
        assert call.refusal(f"send{name}", chat_id=GROUP, **{name.casefold(): "attach://nothing"}) == why
    assert "wrong file identifier" in call.refusal("sendDocument", chat_id=GROUP, document="no_such_file")
    assert "chat not found" in call.refusal("sendDocument", chat_id=GROUP - 1, document="no_such_file")
    assert telegram.sent == []


def test_a_photo_may_have_10_megabytes_and_a_document_50(telegram: BotApiServer) -> None:
    fits = picture(9, 9, bytes(10 * 2**20 - 24))
    assert uploaded(telegram, "sendPhoto", fits)["ok"]
    why = "Bad Request: file of size 10485761 bytes is too big for a photo; the maximum size is 10485760 bytes"
    assert uploaded(telegram, "sendPhoto", fits + b"a")["description"] == why
    assert uploaded(telegram, "sendDocument", bytes(50 * 2**20))["ok"]
    refused = uploaded(telegram, "sendDocument", bytes(50 * 2**20 + 1))
    assert (refused["error_code"], refused["description"]) == (413, "Request Entity Too Large")


def test_under_a_document_the_buttons_change_but_there_is_no_text_to_edit(telegram: BotApiServer, call: Client) -> None:
    message = uploaded(telegram, "sendDocument", b"a: b", caption="an entry")["result"]
    where = {"chat_id": GROUP, "message_id": message["message_id"]}
    why = "400 Bad Request: there is no text in the message to edit"
    assert call.refusal("editMessageText", **where, text="b") == why
    changed = call.result("editMessageReplyMarkup", **where, reply_markup=BUTTON)
    assert (changed["caption"], changed["document"]) == ("an entry", message["document"])
    shown = telegram.showing(GROUP)[0]
    assert (shown.text, shown.data, shown.file, shown.edited) == ("an entry", ("a",), b"a: b", True)
    assert "not modified" in call.refusal("editMessageReplyMarkup", **where, reply_markup=BUTTON)
    assert call.result("deleteMessage", **where) is True


def test_a_document_of_the_bot_can_be_replied_to_and_sent_again(telegram: BotApiServer, call: Client) -> None:
    message = uploaded(telegram, "sendDocument", b"a: b", caption="an entry")["result"]
    said(telegram, "why?", reply_to=message["message_id"])
    earlier = heard(call)["message"]["reply_to_message"]
    assert (earlier["caption"], earlier["document"]) == ("an entry", message["document"])
    call.result("sendDocument", chat_id=GROUP, document=message["document"]["file_id"])
    assert [sent.file for sent in telegram.sent] == [b"a: b"] * 2


def test_a_document_of_a_person_can_be_fetched_once_its_way_is_known(telegram: BotApiServer, call: Client) -> None:
    ticket = asked(call)
    telegram.document(
        GROUP, "an entry", user_id=SECOND, chat_type="supergroup", reply_to=ticket, file_name="a.yaml", content=AWKWARD
    )
    message = heard(call)["message"]
    assert (message["caption"], message["from"]["id"]) == ("an entry", SECOND)
    assert (message["document"]["file_name"], message["reply_to_message"]["message_id"]) == ("a.yaml", ticket)
    file = call.result("getFile", file_id=message["document"]["file_id"])
    assert file == {**file, "file_size": len(AWKWARD), "file_id": message["document"]["file_id"]}
    assert file["file_path"].endswith(".yaml")
    answer = httpx.get(f"{telegram.base_file_url}{telegram.token}/{file['file_path']}")
    assert (answer.status_code, answer.content) == (200, AWKWARD)
    assert telegram.refused == []


def test_files_that_cannot_be_fetched_are_refused(telegram: BotApiServer, call: Client) -> None:
    telegram.document(CHAT, content=bytes(20 * 2**20))
    fits = heard(call)["message"]["document"]["file_id"]
    telegram.document(CHAT, content=bytes(20 * 2**20 + 1))
    too_big = heard(call)["message"]["document"]["file_id"]
    telegram.document(CHAT, file_name="other.txt")
    bare = heard(call)["message"]["document"]
    path = call.result("getFile", file_id=fits)["file_path"]
    assert call.refusal("getFile", file_id=too_big) == "400 Bad Request: file is too big"
    why = "400 Bad Request: wrong file_id or the file is temporarily unavailable"
    assert (call.refusal("getFile", file_id=bare["file_id"]), bare["file_name"]) == (why, "other.txt")
    assert call.refusal("getFile").startswith("400 ")
    url = telegram.base_file_url
    assert httpx.get(f"{url}12345:WRONG/{path}").status_code == 401
    assert httpx.get(f"{url}{telegram.token}/documents/file_99.yaml").json()["description"] == "Not Found"
    assert [refusal.status for refusal in telegram.refused[-2:]] == [401, 404]


# python-telegram-bot against it


def run(server: BotApiServer, use: Callable[[Bot], Coroutine[Any, Any, None]]) -> None:
    async def main() -> None:
        async with Bot(server.token, base_url=server.base_url, base_file_url=server.base_file_url) as bot:
            await use(bot)

    asyncio.run(main())


def test_the_librarys_bot_sends_and_fetches_files(telegram: BotApiServer) -> None:
    telegram.document(GROUP, "an entry", chat_type="supergroup", file_name="a.yaml", content=AWKWARD)

    async def use(bot: Bot) -> None:
        message = (await bot.get_updates())[0].message
        assert message is not None
        assert message.document is not None
        file = await message.document.get_file()
        assert bytes(await file.download_as_bytearray()) == AWKWARD
        markup = InlineKeyboardMarkup([[InlineKeyboardButton("One", callback_data="1")]])
        await bot.send_document(GROUP, AWKWARD, caption="<i>a</i>", parse_mode="HTML", filename="export 1.zip")
        attached = InputFile(AWKWARD, filename="b.csv", attach=True)
        await bot.send_document(GROUP, attached, reply_markup=markup, reply_to_message_id=message.message_id)
        await bot.send_photo(GROUP, picture(8, 6), caption="uses")
        sent = await bot.send_document(GROUP, message.document)
        with pytest.raises(BadRequest, match="no text in the message to edit"):
            await sent.edit_text("b")
        with pytest.raises(BadRequest, match="non-empty"):
            await bot.send_document(GROUP, b"")

    run(telegram, use)
    names = [sent.file_name for sent in telegram.sent]
    assert (names[:2], names[3]) == (["export 1.zip", "b.csv"], "a.yaml")
    assert [sent.file for sent in telegram.sent] == [AWKWARD, AWKWARD, picture(8, 6), AWKWARD]
    assert [(sent.text, sent.data) for sent in telegram.sent] == [("a", ()), ("", ("1",)), ("uses", ()), ("", ())]


def test_the_librarys_bot_works_in_a_group_of_several_people(telegram: BotApiServer) -> None:
    telegram.add_group(-77, "group")

    async def use(bot: Bot) -> None:
        placeholder = ForceReply(selective=True, input_field_placeholder="답")
        ticket = await bot.send_message(GROUP, "a ticket", reply_markup=placeholder)
        said(telegram, "an answer", SECOND, ticket.message_id)
        answer = (await bot.get_updates())[0].message
        assert answer is not None
        assert answer.reply_to_message == ticket
        scope = BotCommandScopeChat(GROUP)
        await bot.set_my_commands([("stats", "수")], scope=scope, language_code="ko")
        assert [each.command for each in await bot.get_my_commands(scope, "ko")] == ["stats"]
        assert await bot.get_my_commands(BotCommandScopeAllPrivateChats(), "ko") == ()
        telegram.leave_group(GROUP)
        with pytest.raises(Forbidden, match="kicked from the supergroup chat"):
            await bot.send_message(GROUP, "a")
        telegram.upgrade_group(-77, GROUP - 7)
        with pytest.raises(ChatMigrated) as moved:
            await bot.send_message(-77, "a")
        assert moved.value.new_chat_id == GROUP - 7

    run(telegram, use)

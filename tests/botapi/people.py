"""What people do in Telegram, for tests to do: say, send, edit, press a button."""

import time
from typing import TypedDict, Unpack

from . import files, updates
from .markup import utf16_length
from .state import State, Upload
from .updates import Json


class Who(TypedDict, total=False):
    """Who sends a message, and where: `say` explains the fields."""

    user_id: int | None
    chat_type: str
    language_code: str | None
    reply_to_bot: bool
    reply_to: int | None
    ago: int


class People:
    """The people's half of the control surface. Each act returns the id of its update."""

    state: State

    def say(self, chat_id: int, text: str, *, entities: list[Json] | None = None, **who: Unpack[Who]) -> int:
        """Send a text; mentions and commands in it are marked as Telegram does unless `entities` are given.

        `user_id` is the chat's own person, or in a group GROUP_MEMBER; `chat_type` is "private"; `language_code` is
        "ko" (None: Telegram does not say); `reply_to` makes it a reply to that message of the chat, of the bot or of a
        person, and `reply_to_bot` to what the bot last sent there; `ago` says how many seconds ago it was sent, 0 if
        not given.
        """
        return self._post(chat_id, updates.text_content(text, entities), who)

    def send_media(self, kind: str, chat_id: int, caption: str | None = None, **who: Unpack[Who]) -> int:
        """Send anything of `updates.MEDIA`: the acts below, and audio, video_note, animation, venue, dice."""
        written = updates.text_content(caption, field="caption") if caption else {}
        return self._post(chat_id, updates.MEDIA[kind] | written, who)

    def voice(self, chat_id: int, caption: str | None = None, **who: Unpack[Who]) -> int:
        """Send a voice message."""
        return self.send_media("voice", chat_id, caption, **who)

    def photo(self, chat_id: int, caption: str | None = None, **who: Unpack[Who]) -> int:
        """Send a photo."""
        return self.send_media("photo", chat_id, caption, **who)

    def video(self, chat_id: int, caption: str | None = None, **who: Unpack[Who]) -> int:
        """Send a video."""
        return self.send_media("video", chat_id, caption, **who)

    def document(
        self, chat_id: int, caption: str | None = None, *, file_name: str = "paper.pdf", content: bytes | None = None,
        **who: Unpack[Who],
    ) -> int:  # fmt: skip
        """Send a document; the bot can fetch it if there is `content`."""
        written = updates.text_content(caption, field="caption") if caption else {}
        with self.state.changing():
            return self._post(chat_id, self._document(file_name, content) | written, who)

    def sticker(self, chat_id: int, **who: Unpack[Who]) -> int:
        """Send a sticker."""
        return self.send_media("sticker", chat_id, **who)

    def location(
        self, chat_id: int, *, latitude: float = updates.LATITUDE, longitude: float = updates.LONGITUDE,
        live: bool = False, **who: Unpack[Who],
    ) -> int:  # fmt: skip
        """Send a place; with `live=True` one that follows the person: see `move`."""
        place: Json = {"latitude": latitude, "longitude": longitude}
        place |= {"live_period": updates.LIVE_PERIOD} if live else {}
        return self._post(chat_id, {"location": place}, who)

    def move(self, chat_id: int, message_id: int, latitude: float, longitude: float) -> int:
        """Change where a person is who sent a live location."""
        with self.state.changing():
            place = self._of_person(chat_id, message_id).get("location", {})
            if "live_period" not in place:
                raise ValueError(f"message {message_id} in chat {chat_id} is no live location")
            moved = place | {"latitude": latitude, "longitude": longitude}
            return self._edited(chat_id, message_id, {"location": moved})

    def contact(self, chat_id: int, **who: Unpack[Who]) -> int:
        """Send somebody's telephone number."""
        return self.send_media("contact", chat_id, **who)

    def poll(self, chat_id: int, **who: Unpack[Who]) -> int:
        """Send a poll."""
        return self.send_media("poll", chat_id, **who)

    def edit(self, chat_id: int, message_id: int, text: str, *, entities: list[Json] | None = None) -> int:
        """Change a text that a person sent; `message_id_of` tells its message id."""
        with self.state.changing():
            return self._edited(chat_id, message_id, updates.text_content(text, entities))

    def press(
        self, chat_id: int, message_id: int, data: str, *, user_id: int | None = None, language_code: str | None = "ko",
        shown: bool = True, too_old: bool = False,
    ) -> int:  # fmt: skip
        """Press a button under a message of the bot.

        The button must be there, but with `shown=False`: an older version of the bot showed it, or the message itself
        is gone. With `too_old=True` the bot comes too late to answer the query.
        """
        with self.state.changing():
            message = self._pressed(chat_id, message_id, data, shown)
            person = updates.user(self._sender(chat_id, user_id), language_code)
            query_id = str(4_360_000_000_000_000_000 + self.state.next_update)
            query = {"id": query_id, "from": person, "message": message, "chat_instance": str(chat_id), "data": data}
            update_id = self.state.add_update("callback_query", query)
            if too_old:
                del self.state.queries[query_id]
            return update_id

    def inline(self, user_id: int, query: str, *, language_code: str | None = "ko", offset: str = "") -> int:
        """Type the bot's name and a query into the field for a message: the bot may answer it with a list.

        `offset` is what the bot gave with an earlier answer as `next_offset`: the person has scrolled to its end.
        """
        if utf16_length(query) > 256:
            raise ValueError("an inline query has at most 256 UTF-16 units")
        with self.state.changing():
            query_id = str(4_370_000_000_000_000_000 + self.state.next_update)
            asked = {"id": query_id, "from": updates.user(user_id, language_code), "query": query, "offset": offset}
            return self.state.add_update("inline_query", asked | {"chat_type": "sender"})

    def upgrade_group(self, old: int, new: int) -> tuple[int, int]:
        """Make a supergroup of a group: the bot is told in both chats, and refused in the old one from now on.

        Return the ids of the updates in the old and in the new chat.
        """
        with self.state.changing():
            if self.state.chats.get(old, {}).get("type") != "group" or new >= 0 or new in self.state.chats:
                raise ValueError(f"{old} is no group of the type “group”, or {new} cannot be a new supergroup")
            told = self._post(old, {"migrate_to_chat_id": new}, {"chat_type": "group"})
            self.state.upgraded[old] = new
            return told, self._post(new, {"migrate_from_chat_id": old}, {"chat_type": "supergroup"})

    def send_update(self, kind: str, payload: Json) -> int:
        """Send any update as it is; the bot may answer the chat or query in it."""
        return self.state.add_update(kind, payload)

    def message_id_of(self, update_id: int) -> int:
        """Return the id of the message that an update brought."""
        return self.state.message_ids[update_id]

    def _post(self, chat_id: int, content: Json, who: Who) -> int:
        sender = updates.user(self._sender(chat_id, who.get("user_id")), who.get("language_code", "ko"))
        where = updates.chat(chat_id, who.get("chat_type") or "private")
        if (chat_id > 0) != (where["type"] == "private"):
            raise ValueError("private chats have positive ids, groups negative ones")
        if who.get("ago", 0) < 0:
            raise ValueError("nobody sends a message from the future")
        with self.state.changing():
            if chat_id in self.state.left or chat_id in self.state.upgraded:
                raise ValueError(f"the bot hears nothing any more in chat {chat_id}")
            reply = self._reply(where, who)
            message_id, ago = self.state.new_message_id(), who.get("ago", 0)
            message = updates.message(message_id, sender, where, reply | content, ago)
            return self.state.add_update("message", message)

    def _document(self, file_name: str, content: bytes | None) -> Json:
        if content is None:
            return {"document": updates.MEDIA["document"]["document"] | {"file_name": file_name}}
        if not content:
            raise ValueError("a person cannot send an empty file")
        return files.document(self.state, Upload(file_name, content))

    def _of_person(self, chat_id: int, message_id: int) -> Json:
        old = self.state.messages.get((chat_id, message_id))
        if old is None or old["from"]["is_bot"]:
            raise ValueError(f"no person sent message {message_id} in chat {chat_id}")
        return old

    def _edited(self, chat_id: int, message_id: int, content: Json) -> int:
        old = self._of_person(chat_id, message_id)
        kept = {name: value for name, value in old.items() if name not in ("text", "entities")}
        message = self.state.seen(kept | {"edit_date": int(time.time())} | content)
        self.state.messages[chat_id, message_id] = message
        return self.state.add_update("edited_message", message)

    def _sender(self, chat_id: int, user_id: int | None) -> int:
        return user_id or (chat_id if chat_id > 0 else updates.GROUP_MEMBER)

    def _reply(self, where: Json, who: Who) -> Json:
        """Return the field of a message that says what it replies to, nothing if it is no reply."""
        message_id = who.get("reply_to")
        if message_id is None:
            return {"reply_to_message": self._last_of_bot(where)} if who.get("reply_to_bot") else {}
        earlier = self.state.messages.get((where["id"], message_id))
        if earlier is None or who.get("reply_to_bot"):
            raise ValueError(f"nobody can reply to message {message_id} in chat {where['id']}, or to two at once")
        return {"reply_to_message": updates.without_reply(earlier)}

    def _last_of_bot(self, where: Json) -> Json:
        """Return the bot's last message in a chat, or one from before the test."""
        ids = [message_id for chat_id, message_id in self.state.showing if chat_id == where["id"]]
        if ids:
            message = self.state.messages[where["id"], max(ids)]
            return updates.without_reply(message)
        return updates.message(100, updates.as_sender(self.state.bot), where, {"text": "An earlier message"})

    def _pressed(self, chat_id: int, message_id: int, data: str, shown: bool) -> Json:
        sent = self.state.showing.get((chat_id, message_id))
        if shown and (sent is None or data not in sent.data):
            raise ValueError(f"message {message_id} in chat {chat_id} shows no button with {data!r}: {sent}")
        where = self.state.chats.get(chat_id) or updates.chat(chat_id, "private" if chat_id > 0 else "supergroup")
        now = self.state.messages.get((chat_id, message_id)) or {"chat": where, "message_id": message_id, "date": 0}
        return self.state.seen(now)

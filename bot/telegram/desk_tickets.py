"""The desk's side of a ticket: a reply goes to whoever asked, and a question becomes a way of asking or an entry."""

import logging

from telegram import Message
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.core import person_replies
from bot.core.privacy import MASK, masked
from bot.desk import notices
from bot.desk.model import DeskVerb
from bot.desk.tickets import way_in
from bot.sealing import Broken, Expired, Purpose, Way
from bot.telegram.addressing import quoted_in
from bot.telegram.desk_asks import add_asks
from bot.telegram.desk_files import begin_entry, new_lines
from bot.telegram.desk_hand import at_hand
from bot.telegram.desk_room import Act, Room, actions_in
from bot.telegram.sending import replying_to, send

log = logging.getLogger("gildongmu.telegram")

LONGEST_ANSWER = 3000
"""So many letters of an answer fit into one message with what stands around them."""


async def answer(room: Room, act: Act, target: str) -> None:
    """Pass on what a coordinator replied to a ticket; say whether it arrived."""
    p, text = room.phrases(act.language), act.message.text or ""
    if not text.strip():
        await room.tell(act, p.ticket_text_only)
    elif len(text) > LONGEST_ANSWER:
        await room.tell(act, p.ticket_long.format(limit=LONGEST_ANSWER))
    else:
        await room.tell(act, await _passed_on(room, act, target, text))


async def _passed_on(room: Room, act: Act, target: str, text: str) -> str:
    """Send an answer; return what the coordinator is told of it."""
    p, today = room.phrases(act.language), room.current.engine.opener.today()
    language, seal = way_in(target) or (act.language, "")
    try:
        way = room.sealer.open(seal, Purpose.TO_ASKER, today)
    except Expired:
        return p.ticket_expired.format(days=room.settings.ticket_days)
    except Broken:
        return p.ticket_broken
    ticket = act.message.reply_to_message
    assert ticket is not None, "a ticket is answered by replying to it"
    again = Way(way.chat, ticket.message_id, way.day) if way.round == 0 else None
    back = room.sealer.seal(again, Purpose.TO_DESK) if again else ""
    try:
        reply = person_replies.answered(room.knowledge, text, language, back)
        await send(act.message.get_bot(), way.chat, reply, replying_to(way.message) if way.message else None)
    except Forbidden:
        return p.ticket_blocked
    except BadRequest as error:
        return p.ticket_blocked if "chat not found" in error.message.casefold() else p.ticket_failed
    except TelegramError as error:
        log.warning("an answer was not delivered (%s)", type(error).__name__)
        return p.ticket_failed
    return p.ticket_sent_twice if back else p.ticket_sent


async def add(room: Room, act: Act, id_: str) -> None:
    """Add a ticket's question to an entry as a way of asking, personal data hidden; it is not published yet."""
    question, told = quoted_in(act.message), ticket_in(act.message)
    mine = await at_hand(room, act, id_) if question and told else None
    if mine:
        await add_asks(room, act, mine, [without_personal_data(question)], told=told)


async def new(room: Room, act: Act, told: str) -> None:
    """Ask for the name of an entry that is to answer a ticket's question."""
    p = room.phrases(act.language)
    lines = new_lines(room, act.language, p.new_from_ticket)
    question = without_personal_data(quoted_in(act.message))
    await room.say(act, notices.asked_for(room.knowledge, DeskVerb.INPUT_NEW, told, lines, act.language, question))


async def write_new(room: Room, act: Act, told: str) -> None:
    """Begin the entry under the name that was replied, with the question as its first way of asking."""
    prompt = act.message.reply_to_message
    question = quoted_in(prompt) if prompt else ""
    await begin_entry(room, act, act.message.text or "", question, told)


def without_personal_data(question: str) -> str:
    """Return a question as it may stay in the knowledge."""
    return " ".join(masked(question).replace(MASK, " ").split())


def ticket_in(message: Message) -> str:
    """Return the asker's language and the sealed way back in a ticket's button, "" if there is none."""
    return next((each.target for each in actions_in(message) if each.verb is DeskVerb.NEW_FROM_TICKET), "")

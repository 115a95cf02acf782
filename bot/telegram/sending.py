"""Sending what is shown into a chat: in as many messages as it takes, the buttons under the last."""

from functools import partial

from telegram import Bot, LinkPreviewOptions, Message, ReplyParameters
from telegram.constants import ParseMode

from bot.telegram import rendering
from bot.telegram.rendering import Shown

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


async def send(
    bot: Bot, chat: int, shown: Shown, earlier: ReplyParameters | None = None, *, previewed: bool = True
) -> Message:
    """Send `shown`, perhaps as a reply to an `earlier` message; return the last message. Raise TelegramError.

    Where it is not `previewed`, nobody's page is fetched because somebody named it.
    """
    preview = None if previewed else _NO_PREVIEW
    say = partial(
        bot.send_message, chat, parse_mode=ParseMode.HTML, reply_parameters=earlier, link_preview_options=preview
    )
    *texts, last = rendering.messages(shown)
    for text in texts:
        await say(text)
    return await say(last, reply_markup=rendering.keyboard(shown))


def replying_to(message_id: int) -> ReplyParameters:
    """Return what makes a reply to a message of the same chat, or no reply if that is gone."""
    return ReplyParameters(message_id, allow_sending_without_reply=True)

"""A reply of a chat as a page says it: one thing once, a way back, and no word that somebody wrote in an address."""

from collections.abc import Iterator
from dataclasses import replace

from bot.core.building import ABOUT_THE_BOT
from bot.core.knowledge.whole import Knowledge
from bot.core.knowledge.words import WordBook
from bot.core.model import Action, Block, Button, Part, Reply, Verb
from bot.core.rows import topics

ABOVE = 2
"""So many lines of the greeting stand above the form; the others, whom to call, below it."""


def adapted(reply: Reply, action: Action | None, knowledge: Knowledge) -> Reply:
    """Return `reply`, opened by `action` if it was something pressed, as the page says it."""
    verb = action.verb if action else None
    reply = replace(reply, also=_spoken_once(reply.also)) if reply.also else reply
    if reply.shown in ABOUT_THE_BOT:
        return replace(reply, blocks=tuple(_told(reply)))
    if verb is Verb.START:
        return _greeting(reply, knowledge)
    if verb is Verb.STAGES:  # the questions are the buttons, which are not cut here
        return replace(reply, blocks=tuple(each for each in reply.blocks if each.part is not Part.STEPS))
    if reply.felt is not None:
        back = Button(knowledge.web[reply.language].back_to_card, Action(Verb.CARD, reply.language, reply.shown))
        return replace(reply, buttons=((back,), *reply.buttons))
    return reply


def heading_of(knowledge: Knowledge, reply: Reply, action: Action | None) -> str:
    """Return what a page is headed with that has no title: what it is for, if that is to be seen at a counter."""
    words, phrases = knowledge.web[reply.language], knowledge.phrases[reply.language]
    named = {Verb.START: words.name, Verb.SHOW: phrases.show_button, Verb.CALL: phrases.call_button}
    return named.get(action.verb, words.answer_title) if action else words.answer_title


def without_words(reply: Reply, words: WordBook) -> Reply:
    """Return the reply with no button that carries a word somebody wrote: a link would put it into an address."""
    rows = tuple(tuple(Button(each.label, listed(each.action, words)) for each in row) for row in reply.buttons)
    return replace(reply, buttons=rows, also=without_words(reply.also, words) if reply.also else None)


def listed(action: Action, words: WordBook) -> Action:
    """Return the action, without its word if that is none of ours."""
    own = action.verb is Verb.WORD and action.target and not any(words.named(action.target))
    return replace(action, target="") if own else action


def _greeting(reply: Reply, knowledge: Knowledge) -> Reply:
    """Return the greeting in two parts, with a way to everything in place of the other language, which stands above."""
    lines = [line for block in reply.blocks for line in block.lines]
    blocks = (Block(Part.TEXT, tuple(lines[:ABOVE])), Block(Part.TEXT, tuple(lines[ABOVE:])))
    rows = tuple(row for row in reply.buttons if all(each.action.language is reply.language for each in row))
    return replace(reply, blocks=blocks, buttons=(*rows, (topics(knowledge, reply.language),)))


def _spoken_once(reply: Reply) -> Reply:
    """Return what stands below a reply without a button to the other language: that would drop what stands above."""
    rows = (tuple(each for each in row if each.action.language is reply.language) for row in reply.buttons)
    also = _spoken_once(reply.also) if reply.also else None
    return replace(reply, buttons=tuple(row for row in rows if row), also=also)


def _told(reply: Reply) -> Iterator[Block]:
    """Yield the blocks of a card about the bot: what is told is nothing to do step by step."""
    for block in reply.blocks:
        yield Block(Part.TEXT, block.lines) if block.part is Part.STEPS else block

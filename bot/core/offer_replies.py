"""Is an offer safe? What was offered, ticked or told; how many danger signs that has, and whom to call."""

from bot.core.knowledge.cards import contacts_block
from bot.core.knowledge.models import said
from bot.core.knowledge.whole import Knowledge
from bot.core.model import Action, Block, Button, Part, Reply, Verb
from bot.core.offers import OfferCheck
from bot.core.rows import related, way_out


def tick_list(knowledge: Knowledge, offers: OfferCheck, action: Action) -> Reply:
    """Return what may have been offered, to be ticked; the target has the letters that are ticked already."""
    language = action.language
    phrases = knowledge.phrases[language]
    ticked = offers.known(action.target)
    rows = []
    for letter, flag in offers.flags.items():
        title = said(flag.title, language)
        label = phrases.offer_ticked.format(flag=title) if letter in ticked else title
        turned = offers.known(set(ticked) ^ {letter})
        rows.append((Button(label, Action(Verb.OFFER, language, turned)),))
    result = phrases.offer_result_button.format(count=len(ticked))
    here = Action(Verb.OFFER, language, ticked)
    rows.append((Button(result, Action(Verb.VERDICT, language, ticked)),))
    last = way_out(knowledge, here)
    return Reply((Block(Part.TEXT, phrases.offer_ask),), (*rows, last), language)


def verdict(knowledge: Knowledge, offers: OfferCheck, action: Action) -> Reply:
    """Return how many danger signs there are, which and why, what to do, whom to call."""
    language = action.language
    phrases = knowledge.phrases[language]
    found = offers.known(action.target)
    title = phrases.verdict.format(count=len(found)) if found else phrases.verdict_none
    flags = [offers.flags[letter] for letter in found]
    signs = tuple(phrases.verdict_line.format(flag=said(f.title, language), why=said(f.why, language)) for f in flags)
    blocks = (
        Block(Part.TITLE, (title,)),
        Block(Part.TEXT, phrases.verdict_some if found else phrases.verdict_none_more),
        Block(Part.FACTS, signs, phrases.verdict_signs),
        Block(Part.STEPS, said(knowledge.offers.steps, language), phrases.steps),
        contacts_block(knowledge, knowledge.offers.contacts, language),
    )
    here = Action(Verb.VERDICT, language, found)
    again = Button(phrases.offer_again_button, Action(Verb.OFFER, language, found))
    rows = (
        related(knowledge, knowledge.offers.entry, language),
        (again,),
        way_out(knowledge, here),
    )
    return Reply(tuple(block for block in blocks if block.lines), rows, language)

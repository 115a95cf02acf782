"""Which parts of a message ask something: two questions in one message are answered both."""

import re

_END = re.compile(
    r"[?？!！.。…;\n]+"
    r"|(?<=[까요다오죠지])\s+(?=(?:그리고|그런데|근데|또|혹시)\s)|(?<=까)\s+|(?<=[가-힣]요)(?<!중요)(?<!필요)\s+"
    r"|[,，]\s*(?=and\s|also\s|그리고|还有)"
)
"""Where a sentence may end: a mark, a line, a Korean ending that closes a question, a joining word."""
_ASKS_KOREAN = re.compile(
    r"어디|어데|어드메|어떻|어떡|어케|얼마|언제|뭐|뭘|무엇|무시기|무스|누구|누가|왜|몇|어느|어떤|무슨"
    r"|까$|나요$|는지|은지|가요$|[은는]요$|있어요$|있나|없나|되나|돼요$|되오$|됩니까|알려|대주|배워|가르쳐|궁금|싶"
)
_ASKS_ENGLISH = re.compile(
    r"\b(?:how|what|where|when|who|whom|why|which|can i|may i|could i|do i|does|is there|are there|should i|tell me)\b"
)
_ASKS_CHINESE = re.compile(r"[吗么哪谁几呢]|多少|怎|为什|什么|如何|是否")
_SHORTEST = 4
MOST = 3
"""So many questions of one message are looked at."""


def questions_in(text: str) -> list[str]:
    """Return the parts of `text` that ask something, at most MOST; nothing if that is not more than one."""
    found = [part for part, end in _parts(text) if len(part.replace(" ", "")) >= _SHORTEST and (end or asks(part))]
    return found[:MOST] if len(found) > 1 else []


def sentences_in(text: str) -> list[str]:
    """Return the sentences of `text`, as far as their ends can be told."""
    return [part for part, _ in _parts(text) if part]


def asks(part: str) -> bool:
    """Say whether a sentence without its final mark reads as a question or a request."""
    found = (_ASKS_KOREAN.search(part), _ASKS_ENGLISH.search(part.casefold()), _ASKS_CHINESE.search(part))
    return any(found)


def _parts(text: str) -> list[tuple[str, bool]]:
    """Return each part and whether it ends in a question mark."""
    parts, begin = [], 0
    for end in _END.finditer(text):
        parts.append((text[begin : end.start()].strip(), end.group()[0] in "?？"))
        begin = end.end()
    return [*parts, (text[begin:].strip(), False)]

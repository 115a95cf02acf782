"""Questions that ask about a word: "알바가 뭐예요", "리력서는 여기 말로?", "what does jeonse mean"."""

import re

from bot.core.language.normal import spaceless

LONGEST = 60
"""A longer text asks about more than a word, and reading it takes no time that way."""

_WHAT = r"(?:뭐이|뭐|뭔|머이|머|뭣|무엇|무어|무시[기게김]|무스[거기검김]|무슨(?:말|뜻|소리|단어|의미)|어떤(?:말|뜻|것|거)|뜻|의미)"
_ENDING = (
    r"(?:이|가|은|는|예요|에요|이에요|이예요|여요|야|임|죠|지요|지|니|냐|입니까|임까|임니까|인가요|인가|인지|이오|요"
    r"|래요|고|지비|네까|란말|까|다|뭐|무엇|궁금|해요|합니까){0,4}"
)
_PLEASE = r"(?:(?:좀)?(?:알려|대|배워|가르쳐|설명해|말해|풀이해|모르겠|모름|궁금|물어)[가-힣]*)?"
_HERE = (
    r"(?:여기|남한|남쪽|남조선|한국|서울|이쪽|이곳|북한|북쪽|북조선|고향|우리)"
    r"(?:말로|에서|서|선|사람들|식으로|사람)(?:은|는|도)?"
)
_CALLED = r"(?:(?:뭐라|무엇이라|머라|뭐이라|무어라|어떻게|어찌)[가-힣]*)?"
_KOREAN = (
    re.compile(rf"(?P<word>.+?){_WHAT}{_ENDING}{_PLEASE}"),
    re.compile(rf"(?P<word>.+?){_HERE}(?:{_CALLED}|{_WHAT}{_ENDING}){_PLEASE}"),
)
_AFTER_WORD = (
    "이라는것", "라는것", "이라는게", "라는게", "이라는건", "라는건", "이라는거", "라는거", "이라는말", "라는말", "이라는", "라는",
    "이라고", "라고", "이라면", "이란게", "란게", "이란", "란", "이라", "말이", "말은", "이가", "이", "가", "은", "는", "을", "를", "도", "",
)  # fmt: skip
_ENGLISH = (
    re.compile(
        r"(?:so )?whats? (?:is|are|s|does|do) (?:an |a |the )?(?P<word>.+?)(?: mean| called)?(?: here| in korean)?"
    ),
    re.compile(r"(?:the )?(?:meaning of|define|explain|explain the word) (?:an |a |the )?(?P<word>.+)"),
    re.compile(r"(?P<word>.+?) (?:meaning|means what)"),
)
_CHINESE = (
    re.compile(r"(?:请问)?(?P<word>.+?)(?:是什么|是什麼|什么意思|什麼意思|是啥)(?:意思|东西|呢|呀|啊)?"),
    re.compile(r"(?:请问)?(?:什么是|什麼是)(?P<word>.+)"),
)


def asks_for_other_name(text: str) -> bool:
    """Say whether `text` (in plain form) asks only what a word is called on the other side: "로임을 여기서는 뭐라고 해요"."""
    return len(text) <= LONGEST and _KOREAN[1].fullmatch(spaceless(text)) is not None


def words_asked(text: str) -> tuple[str, ...]:
    """Return what a question about a word may be asking about, spaceless, longest first; nothing for other questions.

    "연말정산이 뭐예요" asks about "연말정산", "리력서는 여기 말로?" about "리력서"; `text` is the plain form.
    """
    if len(text) > LONGEST:
        return ()
    together = spaceless(text)
    korean = [match["word"] for pattern in _KOREAN if (match := pattern.fullmatch(together))]
    found = [word.removesuffix(after) for word in korean for after in _AFTER_WORD if word.endswith(after)]
    found += [match["word"].replace(" ", "") for pattern in _ENGLISH if (match := pattern.fullmatch(text))]
    found += [match["word"] for pattern in _CHINESE if (match := pattern.fullmatch(together))]
    return tuple(sorted({word for word in found if word}, key=len, reverse=True))

"""One problem of the knowledge, one message: file, line, field, what was found, what is expected, in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.knowledge import yaml_text
from bot.core.knowledge.yaml_text import BrokenYaml, Path

_SHOWN = 60


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something in the knowledge that must be put right before it is used. `line` counts from 1."""

    file: str
    line: int
    field: str
    found: str
    expected_ko: str
    expected_en: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" + (f" [{self.field}]" if self.field else "")
        return (
            f"{where}\n"
            f"  한국어: 있는 것: {self.found} / 필요한 것: {self.expected_ko}\n"
            f"  English: found: {self.found} / expected: {self.expected_en}"
        )


def problem(file: str, line: int, path: Path, found: object, code: str, **values: object) -> Problem:
    """Return the problem `code` of `EXPECTED` at `path` of `file`, with `values` put into its sentences."""
    korean, english = EXPECTED[code]
    field = ".".join(str(part) for part in path)
    return Problem(file, line, _shown(field), _shown(found), korean.format(**values), english.format(**values))


def of_broken(file: str, broken: BrokenYaml) -> Problem:
    """Return the problem of a text that cannot be read."""
    if broken.key is not None:
        return problem(file, broken.line, (broken.key,), broken.key, broken.code)
    limits = {"deepest": yaml_text.DEEPEST, "most": yaml_text.MOST, "largest": yaml_text.LARGEST // 1024**2}
    return problem(file, broken.line, (), "-", broken.code, reason=broken.reason, **limits)


def _shown(found: object) -> str:
    text = str(found)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def of_model(code: str, found: object, context: Mapping[str, Any]) -> tuple[str, object, dict[str, Any]]:
    """Translate what pydantic reports into a code of `EXPECTED`, what was found, and the sentence's values."""
    values = dict(context)
    if code in ("too_long", "too_short"):
        return code, values.get("actual_length", "?"), values
    if code in ("date_from_datetime_parsing", "date_parsing", "date_type"):
        return "day", found, values
    if code in ("tuple_type", "dict_type", "model_type", "model_attributes_type", "string_type"):
        return code, _kind(found), values
    return (code if code in EXPECTED else "value"), "-" if code == "missing" else found, values


def _kind(found: object) -> str:
    if isinstance(found, dict):
        return "{" + ", ".join(str(key) for key in found) + "}"
    return "[…]" if isinstance(found, list) else str(found)


EXPECTED: Mapping[str, tuple[str, str]] = {
    # the file itself
    "no_folder": ("지식 폴더가 있어야 합니다", "the knowledge folder must exist"),
    "no_file": ("이 파일이 있어야 합니다", "this file must exist"),
    "broken_yaml": ("읽을 수 있는 YAML이어야 합니다 ({reason})", "readable YAML ({reason})"),
    "duplicate_key": ("같은 칸은 한 번만 씁니다", "each key only once"),
    "yaml_alias": ("별명(&이름, *이름) 없이 글을 그대로 써야 합니다", "no anchors or aliases (&name, *name); write the text itself"),
    "yaml_tag": ("느낌표로 시작하는 꼬리표(!…)가 없어야 합니다. 그런 글은 따옴표로 감싸세요", "no tags (!…); put such a text into quotes"),
    "yaml_merge": ("합치는 칸(<<)이 없어야 합니다", "no merge keys (<<)"),
    "yaml_key": ("칸 이름은 글이어야 합니다", "a text as the name of a field"),
    "yaml_directive": ("%로 시작하는 지시문이 없어야 합니다", "no directives (%…)"),
    "yaml_documents": ("한 파일에는 글 하나만 씁니다(두 번째 --- 를 지우세요)", "one document in a file (take the second --- away)"),
    "yaml_deep": ("목록과 칸은 {deepest}겹까지입니다", "mappings and lists at most {deepest} deep"),
    "yaml_many": ("한 파일에 값은 {most}개까지입니다", "at most {most} values in a file"),
    "yaml_large": ("한 파일은 {largest}MB까지입니다", "a file of at most {largest} MB"),
    "yaml_control": ("보이지 않는 제어 문자가 없어야 합니다. 지우고 다시 쓰세요", "no control characters; delete them and type again"),
    "not_regular": ("지식 폴더 안의 보통 파일이어야 합니다(장치, 파이프, 밖으로 나가는 링크는 읽지 않습니다)", "a regular file within the folder (no device, no pipe, no link that leads out)"),
    "many_files": ("지식 폴더에는 {most}개까지 둡니다. 폴더가 맞는지 보세요", "at most {most} files and folders; is this the right folder?"),
    "not_utf8": ("UTF-8로 저장한 글이어야 합니다", "text saved as UTF-8"),
    "not_canonical": ("정해진 모양이어야 합니다. 고치기: python -m bot format", "the canonical form; mend with: python -m bot format"),
    "unknown_file": ("여기에 둘 수 없는 파일입니다", "a file that has a place here"),
    "unknown_category": ("categories.yaml에 있는 분야여야 합니다", "a category of categories.yaml"),
    # a field
    "missing": ("이 칸이 꼭 있어야 합니다", "this field is required"),
    "extra_forbidden": ("없는 칸 이름입니다. 철자를 확인하세요", "a field that exists; check the spelling"),
    "blank": ("빈 글이 아니어야 합니다", "a text that is not blank"),
    "not_one_line": ("앞뒤 빈칸, 겹친 빈칸, 줄바꿈이 없는 한 줄이어야 합니다", "one line without breaks or doubled or outer spaces"),
    "not_nfc": ("합쳐진 글자(NFC)여야 합니다. 다시 입력해 보세요", "composed letters (NFC); type it again"),
    "markup": ("꾸밈 표시(별표, 꺾쇠, 목록 기호) 없는 글이어야 합니다", "plain text without markup"),
    "day": ("2026-11-21처럼 쓴 날짜여야 합니다", "a date written like 2026-11-21"),
    "string_pattern_mismatch": ("{pattern} 꼴이어야 합니다", "text of the form {pattern}"),
    "string_too_long": ("{max_length}자까지입니다", "at most {max_length} letters"),
    "too_long": ("{max_length}개까지입니다", "at most {max_length} items"),
    "too_short": ("{min_length}개 이상이어야 합니다", "at least {min_length} items"),
    "enum": ("{expected} 가운데 하나여야 합니다", "one of {expected}"),
    "string_type": ("글 하나여야 합니다", "one text"),
    "tuple_type": ("'- '로 시작하는 목록이어야 합니다", "a list with '- '"),
    "dict_type": ("'이름: 값' 묶음이어야 합니다", "a mapping of names to values"),
    "model_type": ("'이름: 값' 묶음이어야 합니다", "a mapping of names to values"),
    "model_attributes_type": ("'이름: 값' 묶음이어야 합니다", "a mapping of names to values"),
    "value": ("알맞은 값이어야 합니다", "a fitting value"),
    # content
    "more_asks": ("{language} 묻는 말이 {least}개는 되어야 잘 알아듣습니다", "{least} ways of asking in {language}, to be understood well"),
    "few_asks": ("{language} 묻는 말이 {least}개 이상이어야 합니다", "at least {least} ways of asking in {language}"),
    "personal": ("번호나 주소 같은 개인 정보가 없는 말이어야 합니다", "a wording without personal data such as numbers and addresses"),
    "same_ask": ("묻는 말은 한 번만 씁니다. 같은 말이 {other}에 있습니다", "each way of asking once; the same stands in {other}"),
    "near_ask": ("다른 항목({place})의 묻는 말 “{other}”과(와) 한 글자만 다릅니다. 둘 중 하나만 남기세요", "not one letter away from “{other}” of {place}; keep one of the two"),
    "unknown_id": ("{register}에 있는 이름이어야 합니다", "an id that {register} has"),
    "not_retired": ("이 항목이 아직 있습니다. 둘 중 하나만 남기세요", "an entry that is gone; this one is still there"),
    "itself": ("자기 자신은 넣지 않습니다", "not the entry itself"),
    "same_fact": ("사실의 이름은 하나뿐이어야 합니다. 같은 이름이 {other}에 있습니다", "a fact id used once; {other} has it too"),
    "review_order": ("review_by가 checked보다 뒤여야 합니다", "review_by later than checked"),
    "long_card": ("카드 글자 수는 {limit}자까지입니다", "a card of at most {limit} characters"),
    "long_sentence": ("한 문장은 {limit}자까지입니다", "a sentence of at most {limit} letters"),
    "long_sentences": ("문장은 평균 {limit}자까지입니다", "sentences of at most {limit} letters on average"),
    "hard_words": ("풀이가 필요한 말은 한 카드에 {limit}개까지입니다. 쉬운 말로 바꾸거나 괄호로 푸세요", "at most {limit} words that need explaining; replace them or explain them in brackets"),
    "long_concept": ("말 풀이 카드는 {limit}자까지입니다", "a concept card of at most {limit} letters"),
    "figures_differ": ("한국어와 영어의 숫자가 같아야 합니다", "the same figures in Korean and English"),
    "figure_without_fact": ("답에 쓴 숫자는 facts에 출처와 날짜가 있어야 합니다", "a figure that a fact of this entry bears, with source and date"),
    "figure_without_source": ("숫자를 쓰면 source에 출처를 씁니다", "a source where there is a figure"),
    "overdue": ("이 날이 지났습니다. 아직 맞는지 확인하고 checked와 review_by를 고치세요", "a look whether it still holds, then new dates in checked and review_by"),
    "stage_differs": ("그 항목의 stages에 {stage}이(가) 있어야 합니다", "an entry whose stages name {stage}"),
    "stage_without_question": ("stages.yaml의 이 시기에 이 항목의 물음이 있어야 합니다", "a question about this entry at this stage in stages.yaml"),
    "advice_not_carried": ("그 항목의 voices에 {person}의 말이 있어야 합니다", "an entry with a voice of {person}"),
    "voice_not_in_ledger": ("people.yaml의 advice에 이 항목이 있어야 합니다", "this entry in the advice of people.yaml"),
    "figure_in_word": ("낱말 풀이에는 숫자를 쓰지 않습니다. 숫자는 항목의 facts에 출처와 함께 씁니다", "an explanation without figures; those belong to the facts of an entry, with their source"),
    "same_word": ("낱말은 한 번만 씁니다. 같은 말이 {other}에 있습니다", "each word once; {other} has it too"),
    "names_differ": ("중괄호 속 이름이 한국어와 같아야 합니다: {names}", "the same names in braces as in Korean: {names}"),
    "telling": ("잠금 화면에 보여도 되는 말이어야 합니다. 누가 묻는지 드러내는 말: {words}", "words that may stand on a lock screen; these tell who is asking: {words}"),
    "origin_told": ("어디서 왔는지 드러내지 않는 글이어야 합니다({words}). 꼭 필요하면 origin: needed 를 씁니다", "a text that does not tell where somebody comes from ({words}); where that is needed write origin: needed"),
    "origin_untold": ("어디서 왔는지 드러내는 show나 call이 있을 때만 origin 을 씁니다", "origin only where show or call tell where somebody comes from"),
    "long_button": ("단추에 담기는 글은 {limit}바이트까지입니다. 더 짧은 이름을 쓰세요", "at most {limit} bytes on a button; use shorter ids"),
    "same_letter": ("letter는 위험 신호마다 달라야 합니다. 같은 글자가 {other}에 있습니다", "a letter of its own for each flag; {other} has it too"),
    "steps_differ": ("한국어와 영어의 단계 수가 같아야 합니다", "as many steps in English as in Korean"),
    "unknown_number": ("contacts.yaml에 있는 전화번호여야 합니다", "a telephone number of contacts.yaml"),
    "bad_pattern": ("읽을 수 있는 낱말 줄이어야 합니다 (bot/core/safety.py)", "a readable row of tokens (bot/core/safety.py)"),
    "urgent_silent": ("이 말에 {kind} 카드가 나와야 합니다", "this wording must bring the card {kind}"),
    "urgent_false": ("이 말에는 위급 카드가 나오면 안 됩니다 (지금 {kind})", "this wording must not bring an urgent card (now {kind})"),
}  # fmt: skip
"""What is expected, by code: Korean, English. The names in braces are filled in by the check."""

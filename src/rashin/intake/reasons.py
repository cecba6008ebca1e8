"""Every reason for which intake refuses a row: what is wrong and what would mend it, in both languages."""

from __future__ import annotations

from dataclasses import dataclass

from rashin.errors import Bilingual
from rashin.records import FACTS


@dataclass(frozen=True, slots=True)
class Reason:
    """``what`` is wrong with the value, and how to ``mend`` it. ``{value}``, ``{column}`` and ``{detail}`` are filled in."""

    what: Bilingual
    mend: Bilingual


def _reason(ja: str, en: str, mend_ja: str, mend_en: str) -> Reason:
    return Reason(Bilingual(ja, en), Bilingual(mend_ja, mend_en))


REASONS: dict[str, Reason] = {
    "not_a_number": _reason(
        "数値として読めません。", "This is not a number.", "数字だけにするか、空欄にしてください。", "Write digits only, or leave it empty."
    ),
    "decimal_comma": _reason(
        "「,」が小数点か桁区切りか決められません。",
        "The comma may be a decimal sign or a separator of thousands.",
        '1234 のように書くか、対応づけに decimal = "," と書いてください。',
        'Write 1234, or say decimal = "," in the mapping.',
    ),
    "not_finite": _reason(
        "数ではない値(NaN・無限大)です。",
        "The value is not a number (NaN) or has no end.",
        "正しい数値にするか、空欄にしてください。",
        "Write the right number, or leave it empty.",
    ),
    "sheet_error": _reason(
        "表計算の数式エラーです。",
        "The formula of this spreadsheet cell failed.",
        "元の表の数式を直して、書き出し直してください。",
        "Correct the formula in the sheet and export it again.",
    ),
    "not_whole": _reason(
        "整数ではありません。", "This is not a whole number.", "件数は整数で書いてください。", "Write counts as whole numbers."
    ),
    "not_a_duration": _reason(
        "時間の長さとして読めません。",
        "This is not a duration.",
        "秒数か 1:02:03 の形で書いてください。",
        "Write seconds, or h:mm:ss such as 1:02:03.",
    ),
    "ambiguous_clock": _reason(
        "「時:分」か「分:秒」か決められません。",
        "This may be h:mm or m:ss.",
        "1:02:03 の形にするか、対応づけの unit を hms(時:分)か ms_clock(分:秒)にしてください。",
        'Write h:mm:ss, or say unit = "hms" (h:mm) or "ms_clock" (m:ss) in the mapping.',
    ),
    "not_a_time": _reason(
        "日時として読めません。",
        "This is not a date or time.",
        "2026-10-01 09:05:00 の形で書いてください。",
        "Write it as 2026-10-01 09:05:00.",
    ),
    "bad_time": _reason(
        "時刻として正しくありません。",
        "The time of day is impossible.",
        "時は47まで、分と秒は59までで書いてください。",
        "Hours go up to 47, minutes and seconds up to 59.",
    ),
    "no_such_date": _reason("存在しない日付です。", "There is no such date.", "正しい日付に直してください。", "Correct the date."),
    "date_out_of_range": _reason(
        "ありえない年の日付です。",
        "The year of this date is impossible.",
        "正しい日付に直すか、空欄にしてください。",
        "Correct the date, or leave it empty.",
    ),
    "date_missing": _reason(
        "時刻だけで日付がありません。",
        "There is a time but no date.",
        "日付を補うか、日付の列も対応づけてください。",
        "Add the date, or map the date's column too.",
    ),
    "order_unknown": _reason(
        "年・月・日の順が決められません。",
        "The order of year, month and day is not known.",
        '対応づけに order = "ymd"(mdy・dmy)を書いてください。',
        'Say order = "ymd" (or mdy, dmy) in the mapping.',
    ),
    "wrong_order": _reason(
        "対応づけた年月日の順と合いません。",
        "This does not fit the order of year, month and day in the mapping.",
        "日付を直すか、対応づけの order を確かめてください。",
        "Correct the date, or check the mapping's order.",
    ),
    "bad_offset": _reason(
        "時差が正しくありません。", "The offset from UTC is impossible.", "+09:00 のように書いてください。", "Write it like +09:00."
    ),
    "zone_abbreviation": _reason(
        "時間帯の略号は、どの地域か決められません。",
        "The abbreviation of the time zone may mean several zones.",
        "+09:00 のような時差で書いてください。",
        "Write an offset such as +09:00.",
    ),
    "bare_number_as_time": _reason(
        "ただの数値です。エポック秒かExcelの日付番号か決められません。",
        "A bare number: seconds since 1970, or a spreadsheet's day number?",
        '対応づけに unit = "epoch_s"・"epoch_ms"・"excel_serial" のどれかを書いてください。',
        'Say unit = "epoch_s", "epoch_ms" or "excel_serial" in the mapping.',
    ),
    "no_such_local_time": _reason(
        "夏時間の切り替えで存在しない時刻です({detail})。",
        "The clocks of {detail} jumped over this time.",
        "時差を付けて書くか、正しい時刻に直してください。",
        "Write it with its offset, or correct it.",
    ),
    "value_not_listed": _reason(
        "対応づけの values にない値です。",
        "The mapping's values do not list this value.",
        "values に加えるか、otherwise を書いてください。",
        "Add it to values, or say otherwise = … in the mapping.",
    ),
    "not_a_choice": _reason(
        "この列で使える値ではありません。",
        "The value is not one of those this column takes.",
        '対応づけに values = {{ "{value}" = "…" }} と書いてください。',
        'Say values = {{ "{value}" = "…" }} in the mapping.',
    ),
    "not_yes_or_no": _reason(
        "はい・いいえとして読めません。",
        "This is neither yes nor no.",
        "はい/いいえ(○/×、1/0)で書くか、対応づけに values を書いてください。",
        "Write yes or no, or list its meaning under values in the mapping.",
    ),
    "negative": _reason(
        "負の値です。",
        "The value is negative.",
        "0以上の値に直すか、空欄にしてください。",
        "Write a value of 0 or more, or leave it empty.",
    ),
    "below_minimum": _reason(
        "小さすぎます(最小 {detail})。", "The value is below the least possible ({detail}).", "値を直してください。", "Correct the value."
    ),
    "above_maximum": _reason(
        "大きすぎます(最大 {detail})。",
        "The value is above the greatest possible ({detail}).",
        "値を直してください。",
        "Correct the value.",
    ),
    "required": _reason("必須の値がありません。", "A value that must be there is missing.", "値を補ってください。", "Fill it in."),
    "no_time": _reason(
        "いつの記録か分かりません(日時がありません)。",
        "There is no time by which the row could be counted.",
        "日時を補ってください。",
        "Fill in the date or time.",
    ),
    "key_missing": _reason("番号(キー)がありません。", "The key of the record is missing.", "番号を補ってください。", "Fill in the key."),
    "revision_missing": _reason(
        "更新日時がありません。", "The time of the last update is missing.", "更新日時を補ってください。", "Fill in the time of the update."
    ),
    "overlap": _reason(
        "同じ担当者の別の状態と時間が重なっています({detail})。",
        "It overlaps another state of the same agent ({detail}).",
        "開始と終了を確かめ、重なりをなくしてください。",
        "Check start and end, and remove the overlap.",
    ),
}

#: Reasons of the facts' own rules.
for _fact in FACTS.values():
    for _rule in _fact.rules:
        REASONS.setdefault(
            _rule.code,
            Reason(_rule.reason, Bilingual("元のデータを確かめて、直してください。", "Check the source and correct it.")),
        )


def texts(code: str, value: str = "", column: str = "", detail: str = "") -> tuple[Bilingual, Bilingual]:
    """Return (reason, mend) of ``code`` with its places filled in."""
    reason = REASONS[code]
    places = {"value": value[:60], "column": column, "detail": detail}
    return _filled(reason.what, places), _filled(reason.mend, places)


def _filled(text: Bilingual, places: dict[str, str]) -> Bilingual:
    # Rules' texts come from the records and may hold braces of their own.
    return text.format(**places) if "{" in text.ja + text.en else text

"""What a table reader says about a record that it cannot split or that does not count."""

from __future__ import annotations

from rashin.connect.model import Ignored, RawReject
from rashin.connect.table.encoding import visible
from rashin.errors import Bilingual

#: How much of a refused record is kept with the reject; the whole file stays in the landing.
RAW_KEPT = 10_000

_REJECTS: dict[str, tuple[Bilingual, Bilingual]] = {
    "ragged": (
        Bilingual(
            "列の数が見出しと合いません({found}列、見出しは{wanted}列)。",
            "The number of cells differs from the header ({found}, header {wanted}).",
        ),
        Bilingual(
            '区切り文字を含むセルを引用符(")で囲むか、欠けたセルを補ってください。',
            "Quote the cell that holds the delimiter, or add the missing cells.",
        ),
    ),
    "bad_quote": (
        Bilingual("引用符の閉じ方が正しくありません。", "A quoted cell goes on after its closing quote."),
        Bilingual('セルの中の引用符は二つ重ねて("")書いてください。', 'Double the quotes inside the cell ("").'),
    ),
    "unclosed_quote": (
        Bilingual("引用符が閉じられていません。", "A quoted cell is never closed."),
        Bilingual("引用符を閉じるか、取り除いてください。", "Close the quote or remove it."),
    ),
    "undecodable": (
        Bilingual("文字コードとして正しくないバイトがあります。", "Bytes that are no character in the file's encoding."),
        Bilingual("\\xNN と示した文字を書き直してください。", "Write the characters shown as \\xNN again."),
    ),
    "nul_character": (
        Bilingual("NUL文字(\\x00)があります。", "There is a NUL character (\\x00)."),
        Bilingual("NUL文字を取り除いてください。", "Remove the NUL character."),
    ),
    "cell_too_long": (
        Bilingual("セルが長すぎます({found}文字、上限{wanted}文字)。", "A cell is too long ({found} characters, at most {wanted})."),
        Bilingual("内容を短くするか、[table] の max_cell を上げてください。", "Shorten it, or raise max_cell in [table]."),
    ),
    "record_too_long": (
        Bilingual("行が長すぎて読めません。", "The line is too long to read."),
        Bilingual("改行が失われていないか確かめてください。", "See whether line ends were lost."),
    ),
    "bad_json": (
        Bilingual("JSONとして読めません({found})。", "Not valid JSON ({found})."),
        Bilingual("その行を書き出し直すか、直してください。", "Export or correct that line."),
    ),
    "not_an_object": (
        Bilingual("JSONのレコード({{…}})ではありません。", "Not a JSON record ({{…}})."),
        Bilingual("列名と値の組にしてください。", "Make it names with values."),
    ),
    "duplicate_name": (
        Bilingual("同じ名前が一つのレコードに二度あります({found})。", "The same name stands twice in one record ({found})."),
        Bilingual("どちらの値が正しいか決めて、一つにしてください。", "Decide which value is right and keep one."),
    ),
}

_IGNORED: dict[str, Bilingual] = {
    "blank": Bilingual("空行", "blank line"),
    "title": Bilingual("見出しより上の行(表題など)", "a line above the header (a title)"),
    "total": Bilingual("合計・平均の行", "a totals or average row"),
    "repeated_header": Bilingual("途中で繰り返された見出し", "the header repeated"),
    "comment": Bilingual("注記の行", "a remark"),
}


def reject(code: str, line: int, raw: str, *, part: str = "", found: object = "", wanted: object = "") -> RawReject:
    """Return the reject ``code`` with its texts filled in and its raw text made visible."""
    reason, mend = _REJECTS[code]
    return RawReject(line, visible(raw[:RAW_KEPT]), code, reason.format(found=found, wanted=wanted), mend, part)


def ignored(code: str, line: int, raw: str = "", *, part: str = "", count: int = 1) -> Ignored:
    """Return the note that ``count`` records do not count."""
    return Ignored(line, visible(raw[:RAW_KEPT]), _IGNORED[code], part, code=code, count=count)

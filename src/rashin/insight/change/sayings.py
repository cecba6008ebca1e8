"""What the parts of a change say, in both languages, from their figures and never beyond their intervals."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rashin.errors import Bilingual
from rashin.insight.change.sides import SLOT
from rashin.records import called

if TYPE_CHECKING:
    from rashin.insight.change.parts import Segment, Split
    from rashin.insight.change.sides import Key

_WEEKDAYS = ("月", "火", "水", "木", "金", "土", "日"), ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_UNKNOWN = Bilingual("不明", "not known")
#: One's own staff has no outsourcer: that is not a gap in the data.
_NOBODY = Bilingual("なし・不明", "none or not known")
#: How many segments a sentence names.
_NAMED = 3


def value(number: float | None, unit: str) -> Bilingual:
    """Return a value as people read it; a dash for none."""
    from rashin.query import shown

    if number is None:
        return Bilingual("–", "–")
    if unit in ("count", "amount") and abs(number) >= 10:
        return Bilingual(*(f"{number:,.0f}".replace("-", "−"),) * 2)
    number, unit = _longer(number, unit)
    return Bilingual(*(_plain(shown(number, unit, lang)) for lang in ("ja", "en")))


def _plain(text: str) -> str:
    """The sign of a figure as it is printed elsewhere (−), none where it rounds to nothing."""
    if not text.startswith("-"):
        return text
    return f"−{text[1:]}" if any(digit in text for digit in "123456789") else text[1:]


def signed(number: float | None, unit: str) -> Bilingual:
    """Return a difference with its sign, shares in points: −3.9ポイント / −3.9 pt; so small that it rounds to nothing: ±0.0."""
    from rashin.query import change_shown

    if number is None:
        return Bilingual("–", "–")
    if unit in ("count", "amount") and abs(number) >= 10:
        return Bilingual(f"{number:+,.0f}".replace("-", "−"), f"{number:+,.0f}".replace("-", "−"))
    number, unit = _longer(number, unit)
    texts = [change_shown(number, unit, lang).replace("-", "−") for lang in ("ja", "en")]
    return Bilingual(*(f"±{text.lstrip('+−')}" if not any(digit in text for digit in "123456789") else text for text in texts))


def _longer(number: float, unit: str) -> tuple[float, str]:
    """Hours instead of many seconds."""
    return (number / 3600, "hours") if unit == "s" and abs(number) >= 7_200 else (number, unit)


def sliced(by: tuple[str, ...]) -> Bilingual:
    """Return what a way of slicing is called: 窓口(キュー) × 時間帯(30分)."""
    labels = [_dimension(name) for name in by]
    return Bilingual(" × ".join(each.ja for each in labels), " × ".join(each.en for each in labels))


def _dimension(name: str) -> Bilingual:
    from rashin.query.dimensions import label

    return Bilingual("時間帯(30分)", "half hour") if name == SLOT else label(name)


def limited(name: str, values: tuple[object, ...]) -> Bilingual:
    """Return a limit in words: チャネル 電話・チャット."""
    words = [_word(name, one) for one in values]
    label = _dimension(name)
    return Bilingual(f"{label.ja} {'・'.join(each.ja for each in words)}", f"{label.en} {', '.join(each.en for each in words)}")


def named(by: tuple[str, ...], key: Key) -> Bilingual:
    """Return a segment's name: order × 10:00–10:30; weekdays by their letter; what may not be shown by a word."""
    if not key:
        return Bilingual("区分として示せない分", "what is in no shown segment")
    words = [_word(name, one) for name, one in zip(by, key, strict=True)]
    return Bilingual(" × ".join(each.ja for each in words), " × ".join(each.en for each in words))


def _word(name: str, one: object) -> Bilingual:
    if one is None:
        return _NOBODY if name in ("vendor", "client") else _UNKNOWN
    if name == "weekday" and str(one) in tuple("1234567"):
        return Bilingual(f"{_WEEKDAYS[0][int(str(one)) - 1]}曜", _WEEKDAYS[1][int(str(one)) - 1])
    if name == SLOT:
        hour, minute = (int(each) for each in str(one).split(":"))
        end = hour * 60 + minute + 30
        text = f"{hour:02d}:{minute:02d}–{end // 60:02d}:{end % 60:02d}"
        return Bilingual(text, text)
    if name == "hour":
        return Bilingual(f"{one}時台", f"{one}:00")
    return Bilingual(*(called(name, str(one), lang) for lang in ("ja", "en")))


def segment_text(found: Segment, unit: str, count: bool) -> Segment:
    """Return the segment with its sentence."""
    part = signed(found.part, unit)
    was, now = value(found.value0, unit), value(found.value1, unit)
    if not found.key:
        text = Bilingual(f"{found.label.ja}: 全体への寄与 {part.ja}", f"{found.label.en}: brought {part.en}")
    elif count:
        text = Bilingual(f"{found.label.ja}: {was.ja} → {now.ja}({part.ja})", f"{found.label.en}: {was.en} → {now.en} ({part.en})")
    else:
        rate, mix = signed(found.rate, unit), signed(found.mix, unit)
        text = Bilingual(
            f"{found.label.ja}: {was.ja} → {now.ja}、全体への寄与 {part.ja}(値 {rate.ja}、構成 {mix.ja})",
            f"{found.label.en}: {was.en} → {now.en}, brought {part.en} (rate {rate.en}, mix {mix.en})",
        )
    if found.noise:
        text = Bilingual(f"{text.ja}。偶然の範囲", f"{text.en}; within chance")
    return replace(found, text=text)


def with_text(found: Split) -> Split:
    """Return the split with its sentences."""
    shown, hidden = found.shown, found.hidden
    ja, en = [], []
    if found.simpson:
        way = Bilingual("下がった", "fell") if found.total < 0 else Bilingual("上がった", "rose")
        other = Bilingual("上がって", "rose") if found.total < 0 else Bilingual("下がって", "fell")
        mix = signed(found.mix, found.unit)
        ja.append(
            f"シンプソンのパラドックス: {found.label.ja}ごとに見るとどれも{other.ja}いるのに、全体は{way.ja}。構成の変化({mix.ja})が効いています。"
            "全体の値だけで良し悪しを判断しないでください。"
        )
        en.append(
            f"Simpson's paradox: by {found.label.en} every segment {other.en}, yet the whole {way.en}. The mix ({mix.en}) decides; "
            "do not judge by the whole alone."
        )
    if not shown:
        ja.append(f"{found.label.ja}で偶然を超えて動いた区分はありません。")
        en.append(f"By {found.label.en} nothing moved beyond chance.")
    else:
        names = [
            Bilingual(f"{each.label.ja} {signed(each.part, found.unit).ja}", f"{each.label.en} {signed(each.part, found.unit).en}")
            for each in shown
        ]
        more = len(names) - _NAMED
        ja.append(
            f"{found.label.ja}では {'、'.join(each.ja for each in names[:_NAMED])}"
            + (f" など{len(names)}区分" if more > 0 else "")
            + _covers_ja(found)
        )
        en.append(
            f"By {found.label.en}: {', '.join(each.en for each in names[:_NAMED])}"
            + (f" and {more} more" if more > 0 else "")
            + _covers_en(found)
        )
    if hidden and shown:
        ja.append(f"ほか{len(hidden)}区分は偶然の範囲。")
        en.append("The other one is within chance." if len(hidden) == 1 else f"The other {len(hidden)} are within chance.")
    if found.kind in ("share", "mean"):
        mix, rate = signed(found.mix, found.unit), signed(found.rate, found.unit)
        ja.append(f"内訳は構成 {mix.ja}、各区分の値 {rate.ja}。")
        en.append(f"Mix {mix.en}, rates within {rate.en}.")
    if found.withheld:
        ja.append("少人数などのため表示しない区分があります。")
        en.append("Some segments are withheld (too few people, or no fair sample).")
    if found.chance_only and found.kind != "amount":
        ja.append("過去の日ごとのばらつきが分からないため、偶然の幅は狭めに見積もられています。")
        en.append("No past says how these figures scatter from day to day, so chance is reckoned narrowly.")
    return replace(found, text=Bilingual("".join(ja), " ".join(en)))


#: Shown segments that bring more than this share of the change are undone by others: the share would say nothing.
_MUCH = 1.5


def _covers_ja(found: Split) -> str:
    if found.coverage is None:
        return "。"
    if found.coverage > _MUCH:
        return "。ほかの区分の動きと打ち消し合っています。"
    return f"。これで変化の{found.coverage:.0%}にあたります。" if found.coverage >= 0 else "。いずれも全体とは逆向きです。"


def _covers_en(found: Split) -> str:
    if found.coverage is None:
        return "."
    if found.coverage > _MUCH:
        return "; other segments moved against them."
    return f"; {found.coverage:.0%} of the change." if found.coverage >= 0 else "; against the whole."

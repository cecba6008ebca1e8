"""What are the values of a column? Told from the values alone: numbers, clock times, instants and their order, flags, texts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from rashin.intake.values.durations import parse_duration
from rashin.intake.values.instants import ABSOLUTE, DATE, How, parse_date, parse_instant
from rashin.intake.values.numbers import parse_number
from rashin.intake.values.words import NO, NOTHING_TYPED, YES, fold, plain

#: At most so many distinct values are parsed; their counts still stand for all rows.
_PARSED = 4_000
#: A column is of a kind when this share of its filled cells is; the others will be rejects.
_AGREE = 0.95

_CLOCK = re.compile(
    r"(-|翌日?)?\d{1,4}:\d{1,2}(:\d{1,2}(\.\d+)?)?\s*([ap]\.?m\.?)?|(午前|午後)\s*\d{1,2}(:\d{2}|時).*|(翌日?)?\d{1,2}時(\d{1,2}分)?(\d{1,2}秒)?"
)
#: A slot of time of day: 09:00~09:30, 9時~10時, 9時台.
_SLOT = re.compile(r"\d{1,2}(:\d{2}(:\d{2})?|時)(\s*[-~〜]\s*\d{1,2}(:\d{2}(:\d{2})?|時)|台)")
_TWELVE = re.compile(r"[ap]\.?m\.?|午前|午後|時")
ORDERS = ("ymd", "mdy", "dmy")


@dataclass(slots=True)
class Profile:
    """A column's values. ``kind``: empty | flag | integer | number | percent | clock2 | clock3 | time | duration | instant | date | month | text.

    ``orders``: the orders of year, month and day under which all dates can be read (() when digits play no part); ``local``: instants without offset;
    ``filled``, ``distinct``: counts over the sample; ``top``: commonest values; ``low``/``high``: of numbers; ``notes``: epoch | serial | fraction
    (of a day) | yearless; ``decimal``: the sign of its numbers.
    """

    name: str
    kind: str
    filled: int
    rows: int
    distinct: int
    top: list[tuple[str, int]]
    values: Sequence[str | None]
    orders: tuple[str, ...] = ()
    local: bool = False
    low: float | None = None
    high: float | None = None
    unit: str | None = None
    misfits: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)
    decimal: str = "."

    @property
    def unique(self) -> bool:
        """True when every row has a value of its own."""
        return self.rows > 0 and self.filled == self.rows == self.distinct

    @property
    def samples(self) -> tuple[str, ...]:
        """A few values for people."""
        return tuple(value for value, _ in self.top[:4])

    @property
    def whole(self) -> bool:
        """True for counts: whole numbers that are not negative."""
        return self.kind == "integer" and (self.low or 0) >= 0


def profile(name: str, values: Sequence[str | None]) -> Profile:
    """Return the profile of a column."""
    counts = Counter(value.strip() for value in values if value is not None and fold(value[:200]) not in NOTHING_TYPED)
    filled = sum(counts.values())
    out = Profile(name, "empty", filled, len(values), len(counts), counts.most_common(60), values)
    if not filled:
        return out
    chosen = counts.most_common(_PARSED)
    total = sum(count for _, count in chosen)
    for tell in (_flag, _instant, _clock, _number, _duration):
        if tell(out, chosen, total):
            return out
    out.kind = "text"
    return out


def _flag(out: Profile, chosen: list[tuple[str, int]], total: int) -> bool:
    words = {fold(value) for value, _ in chosen}
    if len(words) > 4 or not words <= {fold(each) for each in YES | NO}:
        return False
    if words <= {"0", "1"}:
        out.low, out.high = (float(min(words)), float(max(words)))
        out.kind = "integer"
        return True
    out.kind = "flag"
    return True


def _instant(out: Profile, chosen: list[tuple[str, int]], total: int) -> bool:
    """Dates and instants; the orders under which every value can be read stay as candidates."""
    if all(re.fullmatch(r"-?[\d.,]+", value) for value, _ in chosen) and not all(
        re.fullmatch(r"(19|20)\d{6}(\d{4}(\d{2})?)?", v) for v, _ in chosen
    ):
        return _counted_time(out, chosen, total)
    plain_ones = _read(chosen, How())
    if plain_ones.good >= total * _AGREE:
        return _settle(out, plain_ones, ())
    reads = {order: _read(chosen, How(order)) for order in ORDERS}
    best = max(each.good for each in reads.values())
    if best < total * _AGREE:
        months = sum(count for value, count in chosen if parse_date(value)[0] is not None)
        if months >= total * _AGREE:
            out.kind = "month"
            return True
        return _yearless(out, chosen, total)
    orders = tuple(order for order, each in reads.items() if each.good == best)
    return _settle(out, reads[orders[0]], orders)


_DATED = re.compile(r"日|時|date|time|day")
#: Stands for the year that is not known yet: a leap year, so that 29 February can be read.
ANY_YEAR = "2000"


def _yearless(out: Profile, chosen: list[tuple[str, int]], total: int) -> bool:
    """Dates without a year: 10/1, 10月1日 9:05."""
    if not (_DATED.search(out.name.lower()) or all("月" in value for value, _ in chosen)):
        return False  # 3/5 and 1-2 may be marks or numbers of anything
    reads = {order: _read(chosen, How(order, year=ANY_YEAR)) for order in ("mdy", "dmy")}
    best = max(each.good for each in reads.values())
    if best < total * _AGREE:
        return False
    out.notes.append("yearless")
    certain = all("月" in value for value, _ in chosen)
    orders = () if certain else tuple(order for order, each in reads.items() if each.good == best)
    return _settle(out, reads[orders[0] if orders else "mdy"], orders)


@dataclass(slots=True)
class _Reading:
    good: int = 0
    dates: int = 0
    absolute: int = 0
    misfits: tuple[str, ...] = ()


def _read(chosen: list[tuple[str, int]], how: How) -> _Reading:
    out = _Reading()
    misfits = []
    for value, count in chosen:
        found, kind, _ = parse_instant(value, how)
        if found is None:
            misfits.append(value)
            continue
        out.good += count
        out.dates += count if kind == DATE else 0
        out.absolute += count if kind == ABSOLUTE else 0
    out.misfits = tuple(misfits[:5])
    return out


def _settle(out: Profile, reading: _Reading, orders: tuple[str, ...]) -> bool:
    out.kind = "date" if reading.dates == reading.good else "instant"
    out.orders = orders
    out.local = reading.absolute < reading.good
    out.misfits = reading.misfits
    return True


def _counted_time(out: Profile, chosen: list[tuple[str, int]], total: int) -> bool:
    """Seconds or milliseconds since 1970, told by their size; only where every value lies in the years 2001 to 2100. Asked when the header says no time."""
    numbers = [parse_number(value)[0] for value, _ in chosen]
    if any(number is None for number in numbers):
        return False
    low, high = min(n for n in numbers if n is not None), max(n for n in numbers if n is not None)
    for unit, factor in (("epoch_s", 1), ("epoch_ms", 1_000), ("epoch_us", 1_000_000)):
        if 978_307_200 * factor <= low and high <= 4_102_444_800 * factor:
            out.unit = unit
            out.notes.append("epoch")
    if low >= 30_000 and high <= 70_000:
        out.notes.append("serial")
    return False


def _clock(out: Profile, chosen: list[tuple[str, int]], total: int) -> bool:
    good = [(plain(value), count) for value, count in chosen if _CLOCK.fullmatch(plain(value))]
    if sum(count for _, count in good) < total * _AGREE:
        if sum(count for value, count in chosen if _SLOT.fullmatch(plain(value))) < total * _AGREE:
            return False
        out.kind = "time"
        return True
    if any(_TWELVE.search(value) for value, _ in good):
        out.kind = "time"
        return True
    three = sum(count for value, count in good if value.count(":") == 2)
    out.kind = "clock3" if three * 2 > total else "clock2"
    unit = None if out.kind == "clock3" else "ms_clock"
    seconds = [parse_duration(value, unit)[0] for value, _ in good]
    known = [each for each in seconds if each is not None]
    out.low, out.high = (min(known), max(known)) if known else (None, None)
    return True


def _number(out: Profile, chosen: list[tuple[str, int]], total: int) -> bool:
    read = [(value, parse_number(value)[0], count) for value, count in chosen]
    if any(number is None and "," in value for value, number, _ in read):
        # 12,5 can be nothing but twelve and a half; where every number can be read so, the column is written so
        comma = [(value, parse_number(value, None, ",")[0], count) for value, count in chosen]
        if sum(count for _, number, count in comma if number is not None) >= total * _AGREE:
            read, out.decimal = comma, ","
    good = [(value, number, count) for value, number, count in read if number is not None]
    if sum(count for _, _, count in good) < total * _AGREE:
        return False
    out.low, out.high = min(number for _, number, _ in good), max(number for _, number, _ in good)
    percent = sum(count for value, _, count in good if plain(value).endswith("%"))
    whole = all(number.is_integer() for _, number, _ in good)
    out.kind = "percent" if percent * 2 > total else "integer" if whole else "number"
    if out.kind == "number" and out.low >= 0 and out.high < 1 and _many_digits([value for value, _, _ in good]):
        out.notes.append("fraction")
    out.misfits = tuple(value for value, number, _ in read if number is None)[:5]
    return True


def _many_digits(values: list[str]) -> bool:
    """A spreadsheet writes times of day and durations that have lost their format as fractions of a day with many digits: 0.384004629."""
    return sum(len(value.partition(".")[2]) >= 5 for value in values) * 2 >= len(values)


def _duration(out: Profile, chosen: list[tuple[str, int]], total: int) -> bool:
    good = sum(count for value, count in chosen if parse_duration(value)[0] is not None)
    if good < total * _AGREE:
        return False
    out.kind = "duration"
    return True

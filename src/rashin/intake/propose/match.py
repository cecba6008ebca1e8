"""Which column of a fact does a header mean? Compared with the words of ``words.toml``; the values must fit too."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rashin.intake.propose.profile import Profile
from rashin.intake.values.words import fold
from rashin.records import FACTS, Column

_HERE = Path(__file__).parent
_BRACKETS = re.compile(r"[(\[【<〔{]([^)\]】>〕}]*)[)\]】>〕}]")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

#: Words that make a column another one than the field whose words it holds too.
_OTHERS = {
    "offered_count": re.compile(r"aban|answer|handled|lost|missed|transfer|outbound|busy|resolved|放棄|応答|対応|話中|解決|発信"),
    "answered_count": re.compile(r"aban|unanswered|not answered|放棄|未応答"),
    "agent": re.compile(r"time|duration|count|時間|回数|件数"),
    "queue": re.compile(r"time|duration|count|時間|回数|件数"),
}
_IN_UNITS = re.compile(r"\b(hrs?|hours?|mins?|minutes?|secs?|seconds?)\b|時間|分|秒")
#: Words of a question that a customer answers with a mark …
_ASKING = re.compile(
    r"満足|薦め|勧め|すすめ|推奨|手間|評価して|評価しますか|satisf|recommend|effort|how would you rate|how easy|please rate"
)
#: … and of a column that only groups those marks (promoters, passives, detractors).
_GROUPED = re.compile(r"\bgroup\b|グループ|区分")

#: Below this no header means anything.
LEAST = 0.6


@dataclass(frozen=True, slots=True)
class Header:
    """A header ready to be compared: ``words`` without units and signs (of a joined header its lower part), ``aside`` what stood in brackets, ``whole`` with
    the upper part, ``others`` what the lower part is called under the upper one."""

    words: str
    aside: str
    whole: str
    others: tuple[str, ...] = ()

    @property
    def ascii(self) -> bool:
        """True when it is written in Latin letters."""
        return self.words.isascii()


@dataclass(frozen=True, slots=True)
class Match:
    """``column`` of the source may be ``field`` of a fact, with a score up to 1; ``rank``: place of the word that says so, the most telling words come first."""

    score: float
    field: str
    column: str
    rank: int = 0


@cache
def words() -> dict[str, dict[str, Any]]:
    """Return the dictionary."""
    return tomllib.loads((_HERE / "words.toml").read_text(encoding="utf-8"))


def header_of(name: str) -> Header:
    """Return the header of a source column as it is compared: 通話時間（秒） → 通話時間; firstResponse_Time → first response time."""
    text = unicodedata.normalize("NFKC", name)
    asides = " ".join(_BRACKETS.findall(text)).strip().lower()
    upper, _, lower = text.rpartition("/")
    joined = bool(upper) and not text.isascii()
    own = _tidy(lower if joined else text)
    return Header(own, asides, _tidy(text), _under(_tidy(upper), own) if joined else ())


def _tidy(text: str) -> str:
    bare = _CAMEL.sub(" ", _BRACKETS.sub(" ", text))
    return re.sub(r"[\W_]+", " ", bare).strip().lower()


def _under(over: str, own: str) -> tuple[str, ...]:
    """Return what a column under a merged heading may be called in one word: 着信 over 時刻 is 着信時刻, 通話時間 over 保留 is 保留時間."""
    quantity = next((end for end in ("時間", "秒数", "日時", "時刻", "回数", "件数") if over.endswith(end) and not own.endswith(end)), "")
    return (over + own, *([own + quantity] if quantity else []))


def score(header: Header, word: str) -> float:
    """Return how well the header fits a word of the dictionary, 0 … 1."""
    own, bare_word = header.words, word.replace(" ", "")
    if bare_word in (own.replace(" ", ""), header.whole.replace(" ", "")):
        return 1.0
    if word.isascii():
        tokens, wanted = own.split(), word.split()
        spans = range(len(tokens) - len(wanted) + 1)
        if any(tokens[start : start + len(wanted)] == wanted for start in spans):
            return 0.5 + 0.45 * len(wanted) / len(tokens)
        return 0.0
    bare = own.replace(" ", "")
    if len(word) >= 2 and word in bare:
        # The end of a Japanese compound says what it is: 平均通話時間 is a 通話時間.
        return (0.55 if bare.endswith(word) else 0.45) + 0.4 * len(word) / len(bare)
    return 0.0


def best(header: Header, listed: list[str]) -> float:
    """Return the best score over a list of words, alone or together with the heading above."""
    return _best(header, listed)[0]


def _best(header: Header, listed: list[str]) -> tuple[float, int]:
    worded = (header, *(Header(other, header.aside, other) for other in header.others))
    scores = [max(score(each, word) for each in worded) for word in listed]
    top = max(scores, default=0.0)
    return top, scores.index(top) if scores else 0


def has_role(name: str, role: str, least: float = 0.9) -> bool:
    """True when the header plays ``role`` (key, revision, date, ratio …)."""
    return best(header_of(name), words()["roles"][role]) >= least


def mentions(name: str, role: str) -> bool:
    """True when a word of ``role`` stands anywhere in the header or its brackets (averages, rates)."""
    header = header_of(name)
    # 平均 over 通話時間 is a mean too; a heading that speaks of rates says nothing of each column below
    whole = f"{header.words if role == 'ratio' else header.whole} {header.aside}"
    tokens = whole.split()
    return any((word in tokens or f" {word} " in f" {whole} ") if word.isascii() else word in whole for word in words()["roles"][role])


def matches(fact: str, profiles: dict[str, Profile], *, has_date: bool) -> list[Match]:
    """Return all matches between the fact's fields and the columns whose values fit, best first."""
    listed = _fields(fact)
    found = []
    for name, one in profiles.items():
        if one.kind == "empty":
            continue
        header = header_of(name)
        for field, terms in listed.items():
            how_well, rank = _best(header, terms)
            if field == "score" and fact == "survey":
                how_well = 0.0 if _GROUPED.search(header.whole) else max(how_well, 0.8 if asks(header, one) else 0.0)
            if how_well < 1 and field in _OTHERS and _OTHERS[field].search(header.whole):
                continue  # “contacts abandoned” are not the contacts
            if FACTS[fact].column(field).type == "instant" and one.kind in ("clock2", "clock3") and _IN_UNITS.search(header.aside):
                continue  # “first response time (in hrs)” lasts, it does not happen
            if how_well >= LEAST and fits(FACTS[fact].column(field), one, has_date=has_date):
                found.append(Match(how_well, field, name, rank))
    order = {field: index for index, field in enumerate(listed)}
    return sorted(found, key=lambda each: (-each.score, order[each.field], each.rank, each.column))


def grouped(name: str) -> bool:
    """True for a column that groups marks which another column holds."""
    return bool(_GROUPED.search(header_of(name).whole))


def asks(header: Header, one: Profile) -> bool:
    """True for a question of a form, written out as its header, that is answered by a mark up to 10."""
    marks = one.kind in ("integer", "number") and (one.low or 0) >= 0 and (one.high or 0) <= 10 and one.distinct <= 11
    return marks and bool(_ASKING.search(header.whole))


def meant_by(fact: str, name: str) -> str:
    """Return the field of the fact that the header names outright, whatever its values; empty when none."""
    header = header_of(name)
    return next((field for field, terms in _fields(fact).items() if best(header, terms) >= 1), "")


def assign(found: list[Match]) -> dict[str, Match]:
    """Return field → match: each column and each field once, the best first."""
    out: dict[str, Match] = {}
    used: set[str] = set()
    for each in found:
        if each.field not in out and each.column not in used:
            out[each.field] = each
            used.add(each.column)
    return out


@cache
def _fields(fact: str) -> dict[str, list[str]]:
    """Words of the fact's own fields, then those that all facts share, as far as the fact has them."""
    names = {column.name for column in FACTS[fact].columns}
    own = words().get(fact, {})
    shared = {name: terms for name, terms in words()["common"].items() if name in names and name not in own}
    # Whoever names a column like the fact does means it.
    return {name: [*terms, name.replace("_", " ")] for name, terms in {**own, **shared}.items()}


def fits(column: Column, one: Profile, *, has_date: bool) -> bool:
    """True when values like these can fill the column of the fact."""
    kind = one.kind
    if column.type in ("instant", "date"):
        timely = bool({"epoch", "serial"} & set(one.notes)) and column.type == "instant"
        clock = kind in ("time", "clock2", "clock3") or "fraction" in one.notes
        return kind in ("instant", "date") or timely or (clock and has_date and column.type == "instant")
    if column.type == "bool":
        return kind == "flag" or (kind == "integer" and one.high is not None and one.high <= 1) or (kind == "text" and one.distinct <= 3)
    if column.unit == "s":
        return kind in ("integer", "number", "clock2", "clock3", "duration")
    if column.name == "score" and kind == "text":
        from rashin.intake.propose.surveys import satisfaction

        return satisfaction(one) is not None
    if column.name == "left_count":
        return kind in ("integer", "flag") or (kind == "text" and one.distinct <= 4)
    if column.name == "answered_in_target":
        return kind in ("integer", "number", "percent")
    if column.type == "integer":
        return one.whole
    if column.type == "number":
        return kind in ("integer", "number") or (kind == "percent" and column.unit in ("share", "points"))
    if column.name in ("direction", "channel") and kind == "text":
        # “Call type” may be a direction or a subject: the values say which
        listed = {fold(word) for terms in words()["values"][column.name].values() for word in terms} | set(column.choices or ())
        return any(fold(value) in listed for value, _ in one.top)
    if column.choices:
        return one.distinct <= 60 and kind in ("text", "flag", "integer")
    return kind in ("text", "integer", "flag", "number")

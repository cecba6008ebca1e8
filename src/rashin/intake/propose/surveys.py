"""Draft mappings of surveys: the kind and scale of each score by its words and its range; several questions of one form are several surveys."""

from __future__ import annotations

from rashin.connect import Field
from rashin.errors import Bilingual
from rashin.intake.propose.common import by_date, only_dates
from rashin.intake.propose.draft import Draft
from rashin.intake.propose.match import LEAST, Match, asks, best, grouped, header_of, words
from rashin.intake.propose.profile import Profile
from rashin.intake.values.words import fold

#: Answers in words, best first; with “very” in the form the plain word is the second best.
_WITH_VERY = (
    ("とても満足", "大変満足", "たいへん満足", "非常に満足", "very satisfied", "excellent"),
    ("満足", "やや満足", "satisfied", "good"),
    ("どちらでもない", "どちらともいえない", "どちらとも言えない", "普通", "ふつう", "neutral", "neither", "fair"),
    ("不満", "やや不満", "dissatisfied", "poor"),
    ("とても不満", "大変不満", "たいへん不満", "非常に不満", "very dissatisfied", "very poor"),
)
_WITHOUT_VERY = (
    ("満足", "satisfied"),
    ("やや満足", "somewhat satisfied"),
    _WITH_VERY[2],
    ("やや不満", "somewhat dissatisfied"),
    ("不満", "dissatisfied"),
)

#: Words that stand in one of the two forms only.
_TELLING = {fold(word) for listed in (_WITH_VERY[0], _WITH_VERY[4], _WITHOUT_VERY[1], _WITHOUT_VERY[3]) for word in listed}


def satisfaction(one: Profile) -> dict[str, int] | None:
    """Return answer → 5 … 1 when all values of a column are the words of one five-point form; None when they are not, or when it is open which form it is
    (satisfied, not satisfied: of two steps, or of five?)."""
    told = {fold(value) for value, _ in one.top}
    if one.kind != "text" or one.distinct > 5 or not told & _TELLING:
        return None
    for form in (_WITH_VERY, _WITHOUT_VERY):
        marks = {fold(word): 5 - place for place, listed in enumerate(form) for word in listed}
        found = {value: marks.get(fold(value)) for value, _ in one.top}
        if None not in found.values() and len(set(found.values())) == len(found) and len(found) >= 2:
            return {value: mark for value, mark in found.items() if mark is not None}
    return None


def scores(profiles: dict[str, Profile], used: set[str]) -> list[Match]:
    """Return the columns that hold a score, beside those that are ``used``: by their words and range, or by answers in words."""
    listed = words()["survey"]["score"]
    found = []
    for name, one in profiles.items():
        if name in used or grouped(name):
            continue
        how_well = max(best(header_of(name), listed), LEAST if asks(header_of(name), one) else 0.0)
        numeric = one.kind in ("integer", "number") and (one.low or 0) >= 0 and (one.high or 0) <= 10
        if satisfaction(one) or (numeric and how_well >= LEAST and _survey_kind(header_of(name).words, one.low or 0, one.high or 0)[0]):
            found.append(Match(max(how_well, 0.8), "score", name))
    return found


def more(first: Draft, profiles: dict[str, Profile], file_name: str) -> list[Draft]:
    """Return a draft for each further question of the form, sharing everything but the score; each entry gets a part of its own."""
    drafts = [first]
    used = set(first.fields["score"].columns)
    for match in scores(profiles, used):
        next_one = Draft("survey", len(drafts), profiles)
        shared = {name: field for name, field in first.fields.items() if name not in ("score", "kind", "scale_min", "scale_max")}
        survey(next_one, {"score": match}, file_name)
        own = {name: field for name, field in next_one.fields.items() if name != "business_date"}
        next_one.fields = {**own, **shared}
        next_one.key, next_one.within, next_one.revision, next_one.skip = first.key, first.within, first.revision, first.skip
        next_one.doubts = [each for each in next_one.doubts if each.column == match.column]
        next_one.share_doubts(first)
        drafts.append(next_one)
    if len(drafts) > 1:
        parts: list[str] = []
        for each in drafts:
            kind = str(each.fields["kind"].value)
            each.part = kind if kind not in parts else f"{kind}_{parts.count(kind) + 1}"
            parts.append(kind)
    return drafts[1:]


def survey(draft: Draft, assigned: dict[str, Match], file_name: str) -> None:
    """One answer per row; its kind and scale by the values and the words."""
    draft.fill(assigned)
    draft.identify()
    one = draft.profiles[assigned["score"].column]
    header = header_of(one.name).words
    worded = satisfaction(one)
    if worded:
        draft.fields["score"] = Field((one.name,), values=worded)
    low, high = (1.0, 5.0) if worded else (one.low or 0, one.high or 0)
    kind, scale = ("csat", (1, 5)) if worded else _survey_kind(header, low, high)
    draft.fields["kind"] = Field(value=kind or "csat")
    draft.fields["scale_min"], draft.fields["scale_max"] = Field(value=scale[0]), Field(value=scale[1])
    if kind is None:
        question = Bilingual(
            f"「{one.name}」は何の評点ですか({low:g}~{high:g})。", f"What is “{one.name}” ({low:g} to {high:g}) a score of?"
        )
        draft.doubt("survey_kind", question, ("csat", "nps", "ces", "experience"), draft.path("fields", "kind", "value"), one.name)
    if scale not in ((0, 10), (1, 5)):
        for name, value in (("scale_min", scale[0]), ("scale_max", scale[1])):
            question = Bilingual(
                f"「{one.name}」の{'最低' if name == 'scale_min' else '最高'}点はいくつですか(見えた範囲は{low:g}~{high:g})。",
                f"What is the {'lowest' if name == 'scale_min' else 'highest'} possible “{one.name}” (seen: {low:g} to {high:g})?",
            )
            draft.doubt(name, question, (f"{value}", "…"), draft.path("fields", name, "value"), one.name)
    _leave_out_trials(draft)
    only_dates(draft, ("responded_at", "sent_at"))
    by_date(draft)


def _leave_out_trials(draft: Draft) -> None:
    """Answers that somebody gave to try the survey out are none: the tool says so in its own column."""
    for name, one in draft.profiles.items():
        words_of = header_of(name).words
        if words_of == "status" and any(header_of(each).words == "distribution channel" for each in draft.profiles):
            draft.skip[name] = ("Survey Preview", "Survey Test", "Spam", "1", "2", "8")
            draft.remarks["score"] = "試しの回答は除く / previews and spam are left out"
        elif words_of == "distribution channel" and any(value == "preview" for value, _ in one.top):
            draft.skip[name] = ("preview",)


def _survey_kind(header: str, low: float, high: float) -> tuple[str | None, tuple[int, int]]:
    recommend = any(word in header.split() or word in header for word in ("rec", "recommend", "nps", "推奨", "勧め", "薦め"))
    if recommend and high <= 10 and low >= 0 and (high > 5 or "nps" in header):
        return "nps", (0, 10)
    satisfied = any(word in header for word in ("満足", "satisf", "csat"))
    effort = any(word in header for word in ("ces", "effort", "手間"))
    scale = (1, 5) if low >= 1 and high <= 5 else (0, 10) if high > 7 else (int(low), int(high))
    if effort:
        return "ces", scale
    return ("csat" if satisfied else None), scale

"""Further facts in the same rows: the rating beside a contact, several questions of one form, several series of one table."""

from __future__ import annotations

from rashin.connect import Field
from rashin.errors import Bilingual
from rashin.intake.propose.build import BUILD, more_series
from rashin.intake.propose.draft import Draft
from rashin.intake.propose.match import Match, header_of, matches
from rashin.intake.propose.profile import Profile
from rashin.intake.propose.surveys import more

#: A rating this clearly named, beside a contact, is a survey.
_RATING = 0.75
#: What a survey shares with the contact that it is about.
_SHARED = ("queue", "team", "agent", "site", "vendor", "client", "channel", "category", "customer_key")


def beside(draft: Draft, profiles: dict[str, Profile], file_name: str) -> list[Draft]:
    """Return the drafts of the other facts that the rows hold: a ticket list that carries the customer's rating holds a survey too."""
    if draft.fact == "survey":
        return more(draft, profiles, file_name)
    if draft.fact == "series":
        return more_series(draft, profiles)
    if draft.fact != "contact":
        return []
    free = {name: one for name, one in profiles.items() if name not in draft.used and one.kind in ("integer", "number", "text")}
    found = [each for each in matches("survey", free, has_date=True) if each.field == "score" and each.score >= _RATING]
    return [_rating(draft, found[0], profiles, file_name)] if found else []


def _rating(draft: Draft, score: Match, profiles: dict[str, Profile], file_name: str) -> Draft:
    second = Draft("survey", 1, profiles)
    told = [each for each in matches("survey", profiles, has_date=True) if each.field in ("comment", "responded_at") and each.score >= 0.9]
    BUILD["survey"](second, {"score": score, **{each.field: each for each in reversed(told) if each.column not in draft.used}}, file_name)
    for name in _SHARED:
        if name in draft.fields:
            second.fields[name] = draft.fields[name]
    second.key, second.within, second.revision, second.skip = draft.key, draft.within, draft.revision, draft.skip
    if draft.key:
        second.fields["contact_id"] = draft.fields.get("contact_id") or Field((draft.key[0],))
    second.doubts = [each for each in second.doubts if each.code != "key_not_unique"]
    second.share_doubts(draft)
    # a contact that nobody rated is no answer
    second.skip = {**second.skip, score.column: ("",)} if profiles[score.column].filled < profiles[score.column].rows else second.skip
    if any(_dates_an_answer(name, one) for name, one in profiles.items()):
        _ask_whether_all(draft, profiles[score.column])
    return second


def _dates_an_answer(name: str, one: Profile) -> bool:
    told = header_of(name).whole
    return (
        one.kind in ("date", "instant")
        and one.filled == one.rows
        and any(word in told for word in ("survey", "feedback", "アンケート", "回答日"))
    )


def _ask_whether_all(draft: Draft, one: Profile) -> None:
    """Where every row has a rating and its date, the file may hold only the contacts that were rated: then nothing may be counted from it."""
    if one.filled < one.rows:
        return
    question = Bilingual(
        f"全行に「{one.name}」があります。応対の全件ですか(go_on)。アンケートに答えた応対だけなら、応対件数や応答率は出せないので --fact survey で作り直してください。",
        f"Every row has “{one.name}”. Are these all contacts (go_on)? If only those that answered a survey, volumes and rates cannot be told from them: propose again with "
        "--fact survey.",
    )
    draft.doubt("all_contacts", question, ("go_on",))

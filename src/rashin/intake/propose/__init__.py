"""Look at a file and propose a mapping: what is certain is written, what is not is asked, nothing is guessed silently."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rashin.connect import Doubt, EventContacts, Mapping, RawBatch, recognise
from rashin.connect.files import refuse_false_archive
from rashin.connect.toml_write import dump_mapping
from rashin.errors import Bilingual, DefinitionError, InputError, nearest
from rashin.intake.propose.beside import beside
from rashin.intake.propose.build import BUILD
from rashin.intake.propose.choose import Candidate, candidates
from rashin.intake.propose.draft import Draft
from rashin.intake.propose.hints import no_fact_hint
from rashin.intake.propose.look import SAMPLE_ROWS, Look, look
from rashin.intake.propose.match import assign, matches, meant_by, mentions
from rashin.intake.propose.profile import Profile, profile
from rashin.intake.resolve import SURE
from rashin.records import FACTS
from rashin.records.contact import CHANNELS

__all__ = ["ColumnProposal", "Proposal", "propose"]

#: A second fact that is nearly as likely is asked for.
_NEAR = 0.75
#: A file of which less than this speaks for the likeliest fact is asked about.
_CLEAR = 2.5


@dataclass(frozen=True, slots=True)
class ColumnProposal:
    """One source column: what its values are, a few of them, the fields it could be (“fact.field”, score), and what it was taken for ("" = not mapped)."""

    name: str
    kind: str
    samples: tuple[str, ...]
    filled: int
    distinct: int
    candidates: tuple[tuple[str, float], ...]
    chosen: tuple[str, ...]
    note: Bilingual


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was found. ``mapping.doubts`` must be settled before a load; ``facts``: other facts the file could be about, with scores.
    ``refused``, ``ignored``: lines of the sample that cannot be split, and those that do not count, by reason (in English)."""

    mapping: Mapping
    columns: tuple[ColumnProposal, ...]
    facts: tuple[tuple[str, float], ...]
    form: str
    rows: int
    whole: bool
    remarks: AnyMapping[str, str]
    refused: int = 0
    ignored: AnyMapping[str, int] = dataclasses.field(default_factory=dict)

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """What must be settled."""
        return self.mapping.doubts

    def toml(self, lang: str = "ja") -> str:
        """Return the mapping file: fields with samples beside them, doubts below."""
        header = Bilingual(
            "rashin map が提案した対応づけです。確かめて、直して、保存してください。",
            "A mapping proposed by rashin map. Check it, correct it, keep it.",
        )
        return dump_mapping(self.mapping, comments=self.remarks, header=header(lang), lang=lang)


def propose(
    path: str | Path,
    *,
    source: str | None = None,
    fact: str | None = None,
    zone: str | None = None,
    zones: tuple[str, ...] = ("Asia/Tokyo", "UTC"),
    table: dict[str, Any] | None = None,
    rows: int = SAMPLE_ROWS,
    answers: AnyMapping[str, str] | None = None,
) -> Proposal:
    """Return a proposed mapping for the file.

    ``fact``: what the file is about, when the caller knows. ``zone``: of times without an offset, when known; else it is asked, with ``zones`` as choices.
    ``table``: ``[table]`` keys that are known (encoding, sheet …). ``answers``: doubt → choice, for what is asked about the reading itself: another sheet has other columns. Raises InputError (unreadable) and DefinitionError (unknown fact, or no fact fits).
    """
    file = Path(path)
    seen = look(file, dict(table or {}), rows, answers)
    name = source or _source_name(file)
    found = recognise(seen.head)
    if fact is None and found and found[0][0] >= SURE and found[0][1].name != "table":
        return _known_form(file, seen, found[0][1], name if source else found[0][1].name, zone, zones)
    if not seen.rows:
        refuse_false_archive(file)
        raise InputError(
            "no_rows",
            Bilingual(f"「{file.name}」にデータの行がありません。", f"“{file.name}” has no data rows."),
            Bilingual("書き出しの条件を確かめてください。", "Check what was exported."),
        )
    profiles = {column: profile(column, values) for column, values in seen.columns.items()}
    ranked = candidates(profiles, file.name)
    chosen = _choose(ranked, fact, profiles, file)
    draft = Draft(chosen.fact, 0, profiles)
    BUILD[chosen.fact](draft, dict(chosen.assigned), file.name)
    drafts = [draft, *beside(draft, profiles, file.name)]
    doubts = [
        *seen.doubts,
        *_which_fact([each for each in ranked if each.fact not in {one.fact for one in drafts[1:]}], chosen, fact),
        *(each for one in drafts for each in one.doubts),
    ]
    events, asked = _events(draft, profiles)
    doubts += asked
    zone_doubts = _zone(drafts, profiles, seen, zone, zones)
    mapping = Mapping(
        source=name,
        facts=tuple(each.mapping() for each in drafts),
        zone=zone,
        table={key: value for key, value in seen.table.items() if key not in ("columns", "unnamed")} | _unnamed(seen),
        events=events,
        doubts=(*doubts, *zone_doubts),
    )
    return Proposal(
        mapping,
        _columns(profiles, drafts, ranked),
        tuple((each.fact, round(each.score, 2)) for each in ranked),
        seen.form,
        seen.rows,
        seen.whole,
        _remarks(drafts),
        seen.rejects,
        seen.ignored,
    )


def _source_name(file: Path) -> str:
    stem = file.name.split(".")[0]
    return "".join(char if char.isalnum() or char in "-_" else "-" for char in stem).strip("-").lower() or "table"


def _streams(file: Path, connector: Any) -> set[str]:
    """The streams that the beginning of the file holds: the first batch tells."""
    first = next((each for each in connector.read(file, {}) if isinstance(each, RawBatch)), None)
    return {first.stream} if first is not None else set()


def _known_form(file: Path, seen: Look, connector: Any, source: str, zone: str | None, zones: tuple[str, ...]) -> Proposal:
    """A vendor's own form: its connector knows the columns; only the zone may have to be asked."""
    own = connector.mappings()
    streams = _streams(file, connector)
    local = any(
        each.fields.get(anchor) and not each.fields[anchor].unit
        for one in own.values()
        for each in one.facts
        if each.stream in streams
        for anchor in FACTS[each.fact].anchors
    )
    known = zone or next((one.zone for one in own.values() if one.zone), None)
    doubts = (_zone_doubt(zones, "") if local and not known and seen.form == "delimited" else None,)
    mapping = Mapping(source=source, connector=connector.name, zone=known, doubts=tuple(each for each in doubts if each))
    return Proposal(mapping, (), ((connector.name, 1.0),), seen.form, seen.rows, seen.whole, {})


def _choose(ranked: list[Candidate], fact: str | None, profiles: dict[str, Profile], file: Path) -> Candidate:
    if fact is not None:
        if fact not in BUILD:
            raise DefinitionError(
                "unknown_fact",
                Bilingual(f"「{fact}」という実績はありません。", f"There is no fact “{fact}” to map a table to."),
                Bilingual(f"使えるもの: {', '.join(sorted(BUILD))}", f"Valid: {', '.join(sorted(BUILD))}"),
                place="--fact",
                word=fact,
                suggestion=nearest(fact, BUILD),
            )
        known = next((each for each in ranked if each.fact == fact), None)
        return known or Candidate(fact, 0.0, assign(matches(fact, profiles, has_date=True)))
    if ranked:
        return ranked[0]
    raise DefinitionError(
        "no_fact_fits",
        Bilingual(
            f"「{file.name}」の見出しからは、何の記録か分かりません({'、'.join(list(profiles)[:12])})。",
            f"The headers of “{file.name}” do not say what it records ({', '.join(list(profiles)[:12])}).",
        ),
        no_fact_hint(profiles),
        place=file.name,
    )


def _which_fact(ranked: list[Candidate], chosen: Candidate, fact: str | None) -> list[Doubt]:
    """Ask when another fact is nearly as likely, or when little speaks for the chosen one."""
    rivals = [each for each in ranked if each.fact != chosen.fact and each.score >= chosen.score * _NEAR]
    if fact is not None or (not rivals and chosen.score >= _CLEAR):
        return []
    rivals = rivals or [each for each in ranked if each.fact != chosen.fact][:2]
    ja = "、".join(f"{FACTS[each.fact].label.ja}({each.fact})" for each in rivals) or "別のもの"
    en = ", ".join(each.fact for each in rivals) or "something else"
    question = Bilingual(
        f"「{FACTS[chosen.fact].label.ja}」({chosen.fact})と見ましたが、{ja} かもしれません。違うなら --fact を付けて作り直してください。",
        f"Taken for “{FACTS[chosen.fact].label.en}” ({chosen.fact}); it could be {en}. If so, propose again with --fact.",
    )
    return [Doubt("fact", question, (chosen.fact,), "/fact/0/fact")]


def _events(draft: Draft, profiles: dict[str, Profile]) -> tuple[EventContacts | None, list[Doubt]]:
    """Contacts from an event log: opened by the first event; which events resolve is asked, the commonest last event first."""
    if draft.fact != "contact_event":
        return None, []
    ids, names, times = (profiles[draft.fields[field].columns[-1]] for field in ("contact_id", "event", "event_at"))
    last: dict[str, tuple[str, str]] = {}
    for contact, event, at in zip(ids.values, names.values, times.values, strict=True):
        if contact and event:
            last[contact] = max(last.get(contact, ("", "")), (at or "", event)) if contact in last else (at or "", event)
    endings: dict[str, int] = {}
    for _, event in last.values():
        endings[event] = endings.get(event, 0) + 1
    ordered = sorted(endings, key=lambda event: -endings[event])[:4]
    resolved = Bilingual(
        "どのイベントで解決とみなしますか(last=最後のイベント)。", "Which event resolves a contact (last = its last event)?"
    )
    channel = Bilingual("どのチャネルの記録ですか。", "Which channel are these contacts of?")
    doubts = [
        Doubt("resolved_by", resolved, (*ordered, "last", "leave_out"), "/contact_from_events/resolved"),
        Doubt("channel", channel, CHANNELS, "/contact_from_events/channel"),
    ]
    return EventContacts(opened="first", resolved=(ordered[0],) if ordered else "last", channel="mail"), doubts


def _zone(drafts: list[Draft], profiles: dict[str, Profile], seen: Look, zone: str | None, zones: tuple[str, ...]) -> list[Doubt]:
    """The zone is asked when clock times without an offset are mapped; dates alone need none."""
    if zone is not None:
        return []
    for draft in drafts:
        for name, field in draft.fields.items():
            if FACTS[draft.fact].column(name).type != "instant" or field.unit in ("epoch_s", "epoch_ms", "epoch_us") or field.zone:
                continue
            kinds = [profiles[column] for column in field.columns]
            if len(kinds) > 1 or any(one.kind == "instant" and one.local for one in kinds):
                return [_zone_doubt(zones, field.columns[-1])]
    return []


def _zone_doubt(zones: tuple[str, ...], column: str) -> Doubt:
    question = Bilingual(
        "時差の付いていない時刻があります。どの地域の時刻ですか(例: Asia/Tokyo、UTC)。",
        "Times carry no offset: which zone are they of (e.g. Asia/Tokyo, UTC)?",
    )
    return Doubt("zone", question, (*dict.fromkeys(zones), "…"), "/zone")


def _columns(profiles: dict[str, Profile], drafts: list[Draft], ranked: list[Candidate]) -> tuple[ColumnProposal, ...]:
    scores: dict[str, list[tuple[str, float]]] = {}
    for fact in dict.fromkeys([*(each.fact for each in drafts), *(each.fact for each in ranked[:2])]):
        for each in matches(fact, profiles, has_date=True):
            scores.setdefault(each.column, []).append((f"{fact}.{each.field}", round(each.score, 2)))
    out = []
    for name, one in profiles.items():
        chosen = tuple(
            f"{draft.fact}.{field}" for draft in drafts for field, mapped in draft.fields.items() if name in (*mapped.columns, mapped.times)
        )
        chosen += tuple(f"{draft.fact}.key" for draft in drafts if name in draft.key)
        chosen += tuple(f"{draft.fact}.revision" for draft in drafts if draft.revision and name in draft.revision.columns)
        found = tuple(sorted(scores.get(name, ()), key=lambda pair: -pair[1])[:4])
        out.append(
            ColumnProposal(name, one.kind, one.samples, one.filled, one.distinct, found, chosen, _note(name, one, chosen, ranked[:1]))
        )
    return tuple(out)


def _note(name: str, one: Profile, chosen: tuple[str, ...], ranked: list[Candidate]) -> Bilingual:
    if one.kind == "empty":
        return Bilingual("空の列", "an empty column")
    if "day_only" in one.notes:
        return Bilingual(
            "日付だけなので時刻としては読みません(所要時間は計算できません)",
            "a date without a time: not read as a moment, no duration can be told from it",
        )
    if chosen and one.kind == "month" and any(each.endswith(".business_date") for each in chosen):
        return Bilingual(
            "月や年の合計: 期間の初日に計上します(日別には分けられません)",
            "totals of months or years: counted on their first day, they cannot be told by day",
        )
    if not chosen and mentions(name, "ratio"):
        return Bilingual("率は読まずに、件数から計算します", "a ratio: not read, it is computed from the counts")
    if not chosen and (mentions(name, "average") or mentions(name, "longest")):
        return Bilingual("平均・最大は合計できないので読みません", "a mean or maximum: it cannot be added up, so it is not read")
    meant = "" if chosen or not ranked else meant_by(ranked[0].fact, name)
    if meant and meant not in ranked[0].assigned:
        label, odd = FACTS[ranked[0].fact].column(meant).label, ", ".join(each[:24] for each in one.samples[:3])
        return Bilingual(
            f"名前は「{label.ja}」ですが、そう読めない値が多いため取り込みません(例: {odd})",
            f"named like “{label.en}”, but too many values cannot be read as that: left out (e.g. {odd})",
        )
    if one.misfits:
        listed = ", ".join(one.misfits[:3])
        return Bilingual(f"読めない値があり、取込不可になります: {listed}", f"some values cannot be read and will be rejects: {listed}")
    return Bilingual("", "")


def _unnamed(seen: Look) -> dict[str, Any]:
    """How columns without a name are called, when there are any and somebody said."""
    word = seen.table.get("unnamed")
    return {"unnamed": word} if word and any(name.startswith(f"{word} ") for name in seen.columns) else {}


def _remarks(drafts: list[Draft]) -> dict[str, str]:
    out = {}
    for draft in drafts:
        for name, field in draft.fields.items():
            samples = [draft.profiles[column].samples[:2] for column in field.columns[-1:] if column in draft.profiles]
            shown = ", ".join(sample[:24] for group in samples for sample in group)
            out[f"{draft.number}.{name}"] = "  ".join(
                each for each in (draft.remarks.get(name, ""), f"例 / e.g. {shown}" if shown else "") if each
            )
        if "key" in draft.remarks:
            out[f"{draft.number}.key"] = draft.remarks["key"]
    return out


def settled(proposal: Proposal, **choices: str) -> Mapping:
    """Return the proposal's mapping with doubts settled (code or code:column → choice)."""
    from rashin.intake.doubts import settle

    return settle(replace(proposal.mapping), choices)

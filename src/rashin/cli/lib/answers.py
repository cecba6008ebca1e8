"""An answer on the screen: one line a cell, with n, interval, state in words, and below it what the input lacked and which versions made it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from rashin.cli.lib.app import App
from rashin.cli.lib.lang import lang, say, told
from rashin.cli.lib.listing import Column, Listing, show
from rashin.cli.lib.units import state_word
from rashin.display import Scale, scale
from rashin.records import named

if TYPE_CHECKING:
    from rashin.query import Answer

_NOTES = 12


def deliver(state: App, answer: Answer, *, wide: bool = False, extra: Sequence[str] = ()) -> None:
    """Print the answer, or write it in the asked form. Machines get the long table with plain numbers."""
    if state.format != "table":
        _machine(state, answer)
        return
    listing = _wide(state, answer) if wide else _long(state, answer)
    listing.notes = [*extra, *completeness(answer), *versions(answer)]
    if state.out is not None:
        from rashin.cli.lib.listing import as_text

        state.out.write_text("\n".join(as_text(listing)) + "\n", encoding="utf-8")
    else:
        show(state, listing)


def _machine(state: App, answer: Answer) -> None:
    from rashin.cli.lib.machine import put

    with TemporaryDirectory() as folder:
        path = Path(folder) / f"answer.{state.format}"
        writers: dict[str, Callable[[Path], object]] = {
            "csv": answer.to_csv,
            "json": answer.to_json,
            "parquet": answer.to_parquet,
            "xlsx": answer.to_xlsx,
        }
        writers[state.format](path)
        put(state, path.read_bytes())


def scales(answer: Answer) -> list[Scale]:
    """Return how to write the values of each KPI of the answer."""
    found = []
    for one in answer.series:
        values = [*one.value.tolist(), *(one.compare_value.tolist() if one.compare_value is not None else [])]
        found.append(scale(one.definition.unit, values))
    return found


def _long(state: App, answer: Answer) -> Listing:
    names = Names(state)
    by = answer.keys.by
    several = len(answer.series) > 1
    compared = answer.question.compare_period is not None
    per_kpi = {id(one): each for one, each in zip(answer.series, scales(answer), strict=True)}
    records: list[dict[str, Any]] = []
    size = len(answer.keys)
    for place, cell in enumerate(answer.cells()):
        one = answer.series[place // size]
        how = per_kpi[id(one)]
        record: dict[str, Any] = {"bucket": cell.bucket, **{name: names.of(name, cell.dimensions[name]) for name in by}}
        record["kpi"] = kpi_title(one.definition)
        record |= {"value": with_unit(how, cell.value), "n": cell.n, "interval": how.span(cell.low, cell.high)}
        if compared:
            record |= {"before": with_unit(how, cell.compare_value), "change": how.change(cell.change, lang())}
        words = state_word(cell.state)
        reason = told(cell.reason) if cell.reason else ""
        record["state"] = (
            f"{words}: {reason}"
            if words and reason and cell.state != "no_data"
            else words or (say("注記あり", "see notes") if reason else "")
        )
        records.append(record)
    columns = _key_columns(answer, several=several)
    columns.append(_column("value", "値", "Value", right=True))
    if compared:
        columns += [_column("before", "比較期間", "Compared", right=True), _column("change", "変化", "Change", right=True)]
    columns += [
        Column("n", _two("件数 n", "n"), True, lambda n: "" if n is None else f"{n:,.0f}"),
        _column("interval", "95%区間", "95% interval", right=True),
        Column("state", _two("状態", "State")),
    ]
    return Listing(
        [each for each in columns if each.key != "state" or any(record["state"] for record in records)], records, title_of(answer)
    )


def _wide(state: App, answer: Answer) -> Listing:
    names = Names(state)
    columns = _key_columns(answer, several=False)
    records = [
        {
            "bucket": answer.keys.axis.labels[int(answer.keys.bucket[index])],
            **{n: names.of(n, v) for n, v in answer.keys.row(index).items()},
        }
        for index in range(len(answer.keys))
    ]
    size = len(answer.keys)
    for number, (one, how) in enumerate(zip(answer.series, scales(answer), strict=True)):
        word = how.word(lang())
        title = kpi_title(one.definition) + (f" ({word})" if word else "")
        columns.append(Column(f"value{number}", _two(title, title), True))
        for place, cell in enumerate(list(answer.cells())[number * size : (number + 1) * size]):
            words = state_word(cell.state)
            records[place][f"value{number}"] = how.text(cell.value) if cell.value is not None else words
    return Listing(columns, records, title_of(answer))


def _key_columns(answer: Answer, *, several: bool) -> list[Column]:
    from rashin.query import dimensions

    found = []
    if answer.question.grain is not None:
        found.append(_column("bucket", "期間", "Bucket"))
    found += [Column(name, dimensions.label(name)) for name in answer.keys.by]
    if several:
        found.append(_column("kpi", "KPI", "KPI"))
    return found


def title_of(answer: Answer) -> str:
    """Return the heading of an answer: what was asked, over which days."""
    period = answer.question.period
    named = kpi_title(answer.series[0].definition) + "  " if len({one.definition.label for one in answer.series}) == 1 else ""
    days = f"{period.start} – {period.last}"
    other = answer.question.compare_period
    against = say(f"(比較: {other.start} – {other.last})", f" (compared with {other.start} – {other.last})") if other is not None else ""
    return f"{named}{days}{against}"


def kpi_title(definition: Any) -> str:
    """Return a KPI's name for a column: the entry's name, with the variant's when it is one."""
    name = told(definition.entry.name)
    return f"{name} [{definition.variant}]" if definition.variant else name


def with_unit(how: Scale, value: float | None) -> str:
    """Write a value with its unit behind it."""
    word = how.word(lang())
    text = how.text(value)
    return text if value is None or not word or word == how.mark else f"{text} {word}"


def completeness(answer: Answer) -> list[str]:
    """Return what the input of an answer lacked, one line each."""
    found = {
        (note.kind, note.fact, note.source, note.names if note.kind != "immature" else (), note.days): note
        for note in reversed(answer.completeness.notes)
    }
    notes = list(reversed(found.values()))  # what touches several readings of one KPI is said once
    if not notes:
        return [say("充足状況: 欠けは見つかっていません", "Completeness: nothing known to be lacking")]
    lines = [say("充足状況:", "Completeness:")]
    lines += [f"  ・{told(note.text)}" if lang() == "ja" else f"  - {told(note.text)}" for note in notes[:_NOTES]]
    if len(notes) > _NOTES:
        more = len(notes) - _NOTES
        lines.append(say(f"  ほか {more} 件(--format json ですべて)", f"  and {more} more (all of them with --format json)"))
    return lines


def versions(answer: Answer) -> list[str]:
    """Return which versions of facts and definitions made the answer."""
    return [
        say(
            f"データ版 {answer.snapshot} / カタログ {answer.catalogue_version[:12]}",
            f"Snapshot {answer.snapshot} / catalogue {answer.catalogue_version[:12]}",
        )
    ]


class Names:
    """What people call the values of a dimension: org.csv's names beside the ids, which the next command needs; and a word for “not known”."""

    def __init__(self, state: App) -> None:
        from rashin.intake.org import load_org

        self._known: Mapping[str, Mapping[str, str]] = load_org(state.workspace.path / "org.csv").names

    def of(self, dimension: str, value: object) -> str:
        """Return a value as text."""
        if value is None:
            return say("(不明)", "(not known)")
        if dimension == "weekday":
            return say("月火水木金土日", "MonTueWedThuFriSatSun")[slice(*_letter(int(str(value))))]
        name = named(self._known, dimension, str(value), lang())
        return name if name == value else f"{name} {value}"


def _letter(day: int) -> tuple[int, int]:
    size = 1 if lang() == "ja" else 3
    return (day - 1) * size, day * size


def _two(ja: str, en: str) -> Any:
    from rashin.errors import Bilingual

    return Bilingual(ja, en)


def _column(key: str, ja: str, en: str, *, right: bool = False) -> Column:
    return Column(key, _two(ja, en), right)

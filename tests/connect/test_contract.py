"""What every connector promises, tried on every connector folder there is. A new connector is tested by having `samples/expected.toml`.

The suite reads: `[[sample]]` with `file`, `records` (data records in the file), `rows` (stream → rows), `ignored`, `rejected`, and `split = "lines"` (with
`header` lines) where any line boundary is a boundary between records.
"""

from __future__ import annotations

import contextlib
import gzip
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from rashin.connect import LINE, Ignored, RawBatch, RawReject, connector, connectors, files
from rashin.connect.mapping import Mapping
from rashin.errors import RashinError
from rashin.intake import run
from rashin.records import FACTS
from rashin.store import Store

HOME = Path(files.__file__).parent
NAMES = sorted(connectors())


@dataclass
class Told:
    """Everything that a connector says of one file."""

    rows: Counter[str] = field(default_factory=Counter)
    lines: set[tuple[str, int]] = field(default_factory=set)
    rejected: int = 0
    ignored: int = 0
    columns: dict[str, set[str]] = field(default_factory=dict)
    content: Counter[tuple[Any, ...]] = field(default_factory=Counter)


def told(name: str, file: Path, options: dict[str, object] | None = None) -> Told:
    out = Told()
    for item in connector(name).read(file, options or {}):
        if isinstance(item, RawBatch):
            out.rows[item.stream] += item.table.num_rows
            out.lines |= {(item.part, line) for line in item.table.column(LINE).to_pylist()}
            own = [column for column in item.table.column_names if column not in (LINE, "_raw")]
            out.columns.setdefault(item.stream, set()).update(own)
            out.content.update((item.stream, *row.values()) for row in item.table.select(own).to_pylist())
        elif isinstance(item, RawReject):
            out.rejected += 1
        elif isinstance(item, Ignored):
            out.ignored += item.count
    return out


def expectations(name: str) -> dict[str, Any]:
    return tomllib.loads((HOME / name / "samples" / "expected.toml").read_text("utf-8"))


def load(store: Store, paths: list[Path], name: str, *, by: str) -> None:
    run.load(store, paths, Mapping(source=name, connector=name), by=by)


def facts(store: Store) -> dict[str, list[dict[str, Any]]]:
    """Every fact that has rows. The revision of a derived row tells when it was last derived, not what it is."""
    derived = {assembly.produces for name in NAMES for assembly in connector(name).assemblies}
    found = {}
    for fact in FACTS.values():
        columns = ", ".join(f'"{column}"' for column in fact.names if column != "revision" or fact.name not in derived)
        rows = store.read(f"SELECT {columns} FROM {store.relation(fact.name)} ORDER BY native_id").to_pylist()
        if rows:
            found[fact.name] = rows
    return found


SAMPLES = [(name, sample) for name in NAMES for sample in expectations(name)["sample"]]
SPLITTABLE = [(name, sample) for name, sample in SAMPLES if sample.get("split") == "lines"]
#: Connectors with mappings of their own: their samples can be loaded as they are.
LOADABLE = [name for name in NAMES if connector(name).mappings()]
LOADABLE_CUT = [(name, sample) for name, sample in SPLITTABLE if name in LOADABLE and sample["records"] > 6]
#: One sample for each connector and way of writing: memory is a matter of the reader, not of the content.
LARGE = list(
    {(name, Path(sample["file"].removesuffix(".gz")).suffix == ".csv"): (name, sample) for name, sample in reversed(SPLITTABLE)}.values()
)
each_connector = pytest.mark.parametrize("name", NAMES)
each_sample = pytest.mark.parametrize(("name", "sample"), SAMPLES, ids=[f"{name}-{sample['file']}" for name, sample in SAMPLES])
each_splittable = pytest.mark.parametrize(("name", "sample"), SPLITTABLE, ids=[f"{name}-{sample['file']}" for name, sample in SPLITTABLE])


@each_connector
def test_has_a_readme_in_both_languages(name: str) -> None:
    text = (HOME / name / "README.md").read_text("utf-8")
    japanese, english = text.find("## 日本語"), text.find("## English")
    assert japanese >= 0
    assert english >= 0
    title = connector(name).title
    assert title.ja
    assert title.en


@each_connector
def test_lists_every_sample_it_has(name: str) -> None:
    lying = {path.name for path in (HOME / name / "samples").iterdir()} - {"expected.toml"}
    assert lying == {sample["file"] for sample in expectations(name)["sample"]}


@each_sample
def test_counts_what_the_sample_holds(name: str, sample: dict[str, Any]) -> None:
    found = told(name, HOME / name / "samples" / sample["file"], sample.get("options"))
    assert dict(found.rows) == sample.get("rows", {})
    assert found.rejected == sample.get("rejected", 0)
    assert found.ignored == sample.get("ignored", 0)


@each_sample
def test_loses_no_record_and_invents_none(name: str, sample: dict[str, Any]) -> None:
    found = told(name, HOME / name / "samples" / sample["file"], sample.get("options"))
    assert len(found.lines) + found.rejected + found.ignored == sample["records"]


@each_sample
def test_is_recognised_by_its_own_connector_alone(name: str, sample: dict[str, Any]) -> None:
    head = files.head(HOME / name / "samples" / sample["file"])
    sure = {other: connector(other).recognises(head) for other in NAMES}
    assert max(sure, key=lambda other: sure[other]) == name
    if name != "table":
        assert sure[name] >= 0.6
        assert sure["table"] <= 0.5
        assert all(sure[other] == 0 for other in NAMES if other not in (name, "table"))


@each_connector
def test_maps_every_stream_to_facts_by_columns_that_are_there(name: str) -> None:
    mappings = connector(name).mappings()
    for sample in expectations(name)["sample"]:
        for stream, columns in told(name, HOME / name / "samples" / sample["file"], sample.get("options")).columns.items():
            if not mappings:
                continue
            for entry in mappings[stream].facts:
                named = (
                    {column for each in entry.fields.values() for column in (*each.columns, *each.subtract)}
                    | set(entry.key)
                    | set(entry.skip)
                )
                assert named <= columns, (sample["file"], entry.fact, named - columns)


@each_connector
def test_assembles_only_known_facts(name: str) -> None:
    for assembly in connector(name).assemblies:
        assert assembly.produces in FACTS
        assert assembly.group in FACTS[assembly.reads].names
        assert assembly.sql.strip()


@each_splittable
def test_says_the_same_wherever_the_file_is_cut_between_records(name: str, sample: dict[str, Any], tmp_path: Path) -> None:
    whole = HOME / name / "samples" / sample["file"]
    header, body = _lines(whole, sample.get("header", 0))
    expected = told(name, whole).content
    for cut in range(1, len(body)):
        first, second = tmp_path / sample["file"].removesuffix(".gz"), tmp_path / f"second_{sample['file'].removesuffix('.gz')}"
        first.write_bytes(b"".join(header + body[:cut]))
        second.write_bytes(b"".join(header + body[cut:]))
        assert told(name, first).content + told(name, second).content == expected, f"cut after line {cut}"


@each_splittable
def test_reads_the_same_from_gzip(name: str, sample: dict[str, Any], tmp_path: Path) -> None:
    header, body = _lines(HOME / name / "samples" / sample["file"], sample.get("header", 0))
    packed = tmp_path / (sample["file"].removesuffix(".gz") + ".gz")
    packed.write_bytes(gzip.compress(b"".join(header + body)))
    assert told(name, packed).content == told(name, HOME / name / "samples" / sample["file"]).content


@pytest.mark.parametrize(("name", "sample"), LARGE, ids=[f"{name}-{sample['file']}" for name, sample in LARGE])
def test_memory_does_not_grow_with_the_file(name: str, sample: dict[str, Any], tmp_path: Path) -> None:
    header, body = _lines(HOME / name / "samples" / sample["file"], sample.get("header", 0))
    block = b"".join(body)
    peaks = []
    for megabytes in (10, 30):
        file = tmp_path / f"{megabytes}_{sample['file'].removesuffix('.gz')}"
        file.write_bytes(b"".join(header) + block * (megabytes * 1_000_000 // len(block)))
        before = pa.total_allocated_bytes()
        peak = rows = 0
        for item in connector(name).read(file, {}):
            peak = max(peak, pa.total_allocated_bytes() - before)
            if isinstance(item, RawBatch):
                rows += item.table.num_rows
                assert item.table.num_rows <= 200_000
        assert rows > 1_000
        peaks.append(peak)
    assert peaks[1] <= 1.5 * peaks[0] + 4_000_000


@pytest.mark.parametrize("name", LOADABLE)
def test_files_in_any_order_and_twice_make_the_same_facts(name: str, make_world: Any) -> None:
    expected = expectations(name)
    paths = [HOME / name / "samples" / sample["file"] for sample in expected["sample"]]
    forwards, backwards = (make_world(f'[organisation]\nzone = "{expected["zone"]}"') for _ in range(2))
    for path in paths:
        load(forwards.store, [path], name, by="tester")
    for path in [*reversed(paths), paths[0]]:
        load(backwards.store, [path], name, by="tester")
    assert {fact: len(rows) for fact, rows in facts(forwards.store).items()} == expected["facts"]
    assert facts(backwards.store) == facts(forwards.store)


@pytest.mark.parametrize(("name", "sample"), LOADABLE_CUT, ids=[f"{name}-{sample['file']}" for name, sample in LOADABLE_CUT])
def test_overlapping_cuts_make_the_same_facts(name: str, sample: dict[str, Any], make_world: Any, tmp_path: Path) -> None:
    header, body = _lines(HOME / name / "samples" / sample["file"], sample.get("header", 0))
    whole = make_world()
    load(whole.store, [HOME / name / "samples" / sample["file"]], name, by="tester")
    half = len(body) // 2
    pieces = [body[half - 1 :], body[: half // 2 + 1], body[half // 2 : half]]
    cut = make_world()
    for number, piece in enumerate(pieces):
        file = tmp_path / f"{number}_{sample['file'].removesuffix('.gz')}"
        file.write_bytes(b"".join(header + piece))
        load(cut.store, [file], name, by="tester")
    assert facts(cut.store) == facts(whole.store)


@each_sample
@pytest.mark.parametrize("damage", ["empty", "head", "middle", "bits", "nul", "utf16", "reversed", "endless", "deep", "quotes"])
def test_hostile_variants_raise_declared_errors_at_most(name: str, sample: dict[str, Any], damage: str, tmp_path: Path) -> None:
    header, body = _lines(HOME / name / "samples" / sample["file"], 0)
    file = tmp_path / sample["file"].removesuffix(".gz")
    file.write_bytes(_damaged(b"".join(header + body), damage))
    head = files.head(file)
    for other in NAMES:
        assert 0 <= connector(other).recognises(head) <= 1
    with contextlib.suppress(RashinError):
        told(name, file, sample.get("options"))


def _lines(file: Path, header: int) -> tuple[list[bytes], list[bytes]]:
    data = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    lines = data.splitlines(keepends=True)
    return lines[:header], lines[header:]


def _damaged(data: bytes, damage: str) -> bytes:
    middle = len(data) // 2
    return {
        "empty": b"",
        "head": data[:17],
        "middle": data[:middle] + data[middle + 31 :],
        "bits": bytes(byte ^ (0x80 if number % 97 == 5 else 0) for number, byte in enumerate(data)),
        "nul": data.replace(b"e", b"\0"),
        "utf16": data.decode("utf-8", "replace").encode("utf-16"),
        "reversed": b"".join(reversed(data.splitlines(keepends=True))),
        "endless": data[:middle] + b"x" * 3_000_000 + data[middle:],
        "deep": data[:middle] + b'{"a":' * 5_000 + data[middle:],
        "quotes": data.replace(b'"', b'""').replace(b"|", b'"|'),
    }[damage]

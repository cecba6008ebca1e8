"""The demo centre's files: the same bytes for the same arguments, in the forms that they claim, with the counts that expected.json states."""

from __future__ import annotations

import gzip
import hashlib
import json
import tomllib
import zipfile
from datetime import date
from pathlib import Path

import pytest

from rashin import demo
from rashin.calendars import load_calendars
from rashin.connect import read_mapping, recognise
from rashin.connect.files import head
from rashin.demo.centre import agents_for
from rashin.demo.stories import Stories
from rashin.demo.tell import stories_text
from rashin.errors import QuestionError


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("demo")
    demo.write(place, contacts=5_000, months=3)
    return place


def _digest(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_arguments_give_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    demo.write(tmp_path, contacts=5_000, months=3)
    assert _digest(folder) == _digest(tmp_path)


def test_another_seed_gives_another_centre(folder: Path, tmp_path: Path) -> None:
    demo.write(tmp_path, contacts=5_000, months=3, seed=1)
    calls = "sources/pbx-sapporo/通話履歴_札幌_2026-10.csv"
    assert (folder / calls).read_bytes() != (tmp_path / calls).read_bytes()


def test_the_number_of_contacts_is_about_what_was_asked(folder: Path) -> None:
    listed = json.loads((folder / "expected.json").read_text())["files"]
    rows = {source: sum(each["rows"] for each in listed if each["source"] == source) for source in {each["source"] for each in listed}}
    posts = (folder / "sources/social/SNS投稿_2026-10.csv").read_text("utf-8-sig")
    assert "question" in posts
    assert 1_000 < rows["pbx-sapporo"] < 2_200


def test_the_list_of_files_is_complete_and_corrections_come_last(folder: Path) -> None:
    files = demo.write(folder, contacts=5_000, months=3)
    assert sorted(files) == sorted(path for path in (folder / "sources").rglob("*") if path.is_file())
    assert files[-1].name == "通話履歴_札幌_2026-08_訂正.csv"


def test_expected_rows_are_the_lines_of_the_files(folder: Path) -> None:
    listed = {each["file"]: each for each in json.loads((folder / "expected.json").read_text())["files"]}
    for name, each in listed.items():
        path = folder / name
        if path.suffix == ".csv" and "通話履歴" not in name:
            assert len(path.read_text("utf-8-sig").splitlines()) - 1 == each["rows"], name
        elif path.suffix == ".gz" or path.name == "queue_log":
            data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            assert data.count(b"\n") == each["rows"], name
        elif path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                pages = [json.loads(archive.read(member)) for member in archive.namelist()]
            assert sum(page["count"] for page in pages) == each["rows"], name


def test_files_are_in_the_forms_that_they_claim(folder: Path) -> None:
    sources = folder / "sources"
    calls = (sources / "pbx-sapporo/通話履歴_札幌_2026-10.csv").read_bytes()
    with pytest.raises(UnicodeDecodeError):
        calls.decode("utf-8")
    assert calls.decode("cp932").splitlines()[-1].startswith("合計,")
    assert (sources / "dialler/架電結果_2026-10.tsv").read_bytes().startswith(b"\xff\xfe")
    assert (sources / "attendance/勤怠表_2026-10.xlsx").read_bytes().startswith(b"PK")
    for name, connector in (
        ("pbx-naha/queue_log", "asterisk"),
        ("connect-hoshizora/contact-records-2026-10.ndjson.gz", "amazon_connect"),
        ("connect-hoshizora-agents/agent-events-2026-08_2026-10.ndjson.gz", "amazon_connect"),
        ("zendesk/zendesk-export_2026-10.zip", "zendesk"),
    ):
        found = recognise(head(sources / name))
        assert found[0][1].name == connector, name


def test_every_mapping_and_calendar_of_the_workspace_is_valid(folder: Path) -> None:
    for file in sorted((folder / "mappings").glob("*.toml")):
        mapping = read_mapping(file)
        assert mapping.source == file.stem
        assert not mapping.open_doubts
    assert load_calendars(folder / "calendars").for_queue("night") is not None
    assert tomllib.loads((folder / "rashin.toml").read_text("utf-8"))["organisation"]["cutover"] == "03:00"


def test_every_source_has_a_mapping(folder: Path) -> None:
    sources = {path.name for path in (folder / "sources").iterdir()}
    assert sources == {path.stem for path in (folder / "mappings").glob("*.toml")}


def test_the_stories_in_the_package_are_those_of_the_default_centre() -> None:
    from rashin.demo.world import World

    world = World(1_000_000, 14, demo.SEED, demo.UNTIL)
    told = stories_text(world.stories, world.people[world.gamer], world.first, world.until)
    assert (Path(demo.__file__).parent / "stories.md").read_text("utf-8") == told


def test_stories_have_the_weekdays_that_they_are_told_with() -> None:
    stories = Stories.ending(date(2026, 10, 31))
    assert (stories.outage, stories.outage.weekday()) == (date(2026, 5, 19), 1)
    assert (stories.stopped, stories.stopped.weekday()) == (date(2026, 10, 15), 3)
    assert (stories.campaign, stories.programme) == (date(2026, 3, 9), date(2026, 6, 1))
    assert (stories.short, Stories.ending(date(2026, 10, 31), full=True).short) == (date.max, date(2026, 10, 1))


def test_about_sixty_people_with_names_of_their_own() -> None:
    import numpy as np

    people = agents_for(1.0, np.random.default_rng(1))
    assert 55 <= len(people) <= 70
    assert len({agent.id for agent in people}) == len({agent.name for agent in people}) == len(people)


def test_nothing_can_be_made_of_no_contacts(tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match="at least 1"):
        demo.write(tmp_path, contacts=0)

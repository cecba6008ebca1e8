"""Mapping files: read strictly, written readably, and the same again when read back."""

from __future__ import annotations

from pathlib import Path

import pytest

from rashin import connect
from rashin.connect import Doubt, EventContacts, FactMapping, Field, Mapping, parse_mapping, read_mapping
from rashin.connect.toml_write import dump_mapping
from rashin.errors import Bilingual, DefinitionError

WHOLE = """
source = "pbx-tokyo"
zone = "Asia/Tokyo"
expect = "open_days"
[table]
encoding = "cp932"
totals = ["合計", "Total"]
[[fact]]
fact = "contact"
key = ["通話ID", "枝番"]
revision = "更新日時"
only = { "種別" = ["着信", "転送"] }
skip = { "テスト" = ["1"] }
within = "last"
[fact.fields]
offered_at = { columns = ["日付", "開始時刻"], order = "ymd" }
ended_at   = { column = "終了", zone = "UTC", after = "offered_at" }
wait_s     = { column = "待ち時間", unit = "min" }
outcome    = { column = "結果", values = { "応答" = "answered", "" = "abandoned" }, otherwise = "open" }
channel    = { value = "voice" }
direction  = { value = "inbound" }
talk_s     = { from = "offered_at", to = "ended_at" }
hold_s     = { columns = ["保留1", "保留2"], unit = "s", empty = 0, subtract = ["除外"] }
category   = { columns = ["大", "小"], join = "/", fold = true }
queue      = "窓口"
[[fact]]
fact = "contact_total"
[fact.fields]
business_date = "日付"
wait_total_s  = { column = "平均応答時間", times = "応答数", unit = "hms" }
answered_in_target = { column = "SL", unit = "percent", times = "応答数" }
"""


def test_everything_that_a_mapping_can_say() -> None:
    mapping = parse_mapping(WHOLE)
    contact, total = mapping.facts
    assert (mapping.source, mapping.connector, mapping.zone, mapping.expect) == ("pbx-tokyo", "table", "Asia/Tokyo", "open_days")
    assert contact.key == ("通話ID", "枝番")
    assert contact.revision == Field(("更新日時",))
    assert contact.only == {"種別": ("着信", "転送")}
    assert contact.fields["offered_at"] == Field(("日付", "開始時刻"), order="ymd")
    assert contact.fields["outcome"].values == {"応答": "answered", "": "abandoned"}
    assert contact.fields["talk_s"].span == ("offered_at", "ended_at")
    assert contact.fields["hold_s"].empty == 0
    assert total.fields["wait_total_s"].times == "応答数"
    assert total.key == ()


def test_writing_and_reading_back_gives_the_same() -> None:
    mapping = parse_mapping(WHOLE).with_(
        events=EventContacts(opened="first", resolved=("6",), channel="mail"),
        doubts=(Doubt("zone", Bilingual("どこ?", "Where?"), ("Asia/Tokyo", "…"), "/zone", "開始", "", ("注",)),),
    )
    written = dump_mapping(mapping, comments={"0.outcome": "例: 応答\n放棄"}, header="一行目\n二行目")
    assert parse_mapping(written) == mapping
    assert "# 一行目" in written
    assert "例: 応答 放棄" in written


@pytest.mark.parametrize("file", sorted(Path(connect.__file__).parent.glob("*/*.toml")), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_mapping_that_comes_with_the_product_survives_it_too(file: Path) -> None:
    if file.name == "expected.toml":
        return
    mapping = read_mapping(file)
    assert parse_mapping(dump_mapping(mapping)) == mapping


HEAD = 'source = "x"\n[[fact]]\nfact = "contact"\n[fact.fields]\n'


@pytest.mark.parametrize(
    ("text", "word", "suggestion"),
    [
        ('sorce = "x"', "sorce", "source"),
        ('source = "x"\nconector = "table"', "conector", "connector"),
        ('source = "x"\nzone = "Asia/Tokio"', "Asia/Tokio", "Asia/Tokyo"),
        ('source = "x"\n[table]\nencodng = "cp932"', "encodng", "encoding"),
        ('source = "x"\n[[fact]]\nfact = "contcat"', "contcat", "contact"),
        ('source = "x"\n[[fact]]\nfact = "contact"\nkeys = []', "keys", "key"),
        (HEAD + 'weit_s = "a"', "weit_s", "wait_s"),
        (HEAD + 'wait_s = { colum = "a" }', "colum", "column"),
        (HEAD + 'wait_s = { column = "a", unit = "minutes" }', "minutes", "min"),
        (HEAD + 'wait_s = { column = "a", unit = "yen" }', "yen", None),
        (HEAD + 'offered_at = { column = "a", order = "ydm" }', "ydm", "ymd"),
        (HEAD + 'outcome = { column = "a", values = { "x" = "answred" } }', "answred", "answered"),
        (HEAD + 'channel = { value = "phone" }', "phone", None),
        (HEAD + 'wait_s = { from = "offered_at", to = "ended" }', "ended", "ended_at"),
        (HEAD + 'queue = { from = "offered_at", to = "ended_at" }', "queue", None),
        (HEAD + 'wait_s = { column = "a", value = 1 }', "wait_s", None),
        (HEAD + "wait_s = {}", "wait_s", None),
        (HEAD + 'queue = { column = "a", times = "b" }', "times", None),
        (HEAD + 'wait_s = { column = "a", empty = "x" }', "x", None),
        (HEAD + 'resolved = { value = "yes" }', "yes", None),
        (HEAD + 'counted_at = "a"', "counted_at", None),
        (HEAD + 'ended_at = { column = "a", after = "offerd_at" }', "offerd_at", "offered_at"),
        ('source = "x"\n[fact]\nfact = "contact"', "fact", None),
        ('source = "x"\n[[fact]]\nfact="survey"\n[[fact]]\nfact="survey"', "survey", None),
        ('source = "x"\n[contact_from_events]\nopened = "firts"', "firts", "first"),
        ('source = "x"\n[[doubt]]\ncode = "c"\nchoices = ["a"]\nsettled = "b"', "b", None),
        ("source = ", "", None),
        ("zone = 'UTC'", "source", None),
    ],
)
def test_mistakes_are_refused_with_place_word_and_the_nearest_name(text: str, word: str, suggestion: str | None) -> None:
    with pytest.raises(DefinitionError) as caught:
        parse_mapping(text, "m.toml")
    assert caught.value.place.startswith("m.toml")
    assert caught.value.word == word
    if suggestion:
        assert caught.value.suggestion == suggestion
    assert caught.value.text("ja") != caught.value.text("en")


def test_the_place_of_a_mistake_is_the_way_to_it() -> None:
    with pytest.raises(DefinitionError) as caught:
        parse_mapping(HEAD + 'outcome = { column = "a", values = { "x" = "?" } }', "m.toml")
    assert caught.value.place == "m.toml › fact 1 (contact) › outcome › values"


def test_the_same_fact_twice_needs_parts() -> None:
    two = 'source = "x"\n[[fact]]\nfact="survey"\npart="csat"\n[[fact]]\nfact="survey"\npart="nps"\n'
    assert [each.part for each in parse_mapping(two).facts] == ["csat", "nps"]


def test_a_mapping_is_a_value() -> None:
    assert Mapping("x", (FactMapping("contact", {}),)).for_stream("") == (FactMapping("contact", {}),)
    assert Mapping("x", doubts=(Doubt("a", Bilingual("", ""), ("b",), settled="b"),)).open_doubts == ()

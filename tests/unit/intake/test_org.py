"""org.csv: what it may say, and how a mistake is shown."""

import numpy as np
import pyarrow as pa
import pytest

from rashin.errors import DefinitionError
from rashin.intake.org import load_org, parse_org

TEXT = """agent,agent_name,team,team_name,site,vendor,valid_from,valid_to
sato,佐藤,red,赤組,sapporo,,,2026/9/30
sato,佐藤,blue,青組,naha,vendor-a,2026-10-01,

tanaka,田中,red,赤組,sapporo,,,
"""


def teams(org, *rows):
    names, days = zip(*rows, strict=True)
    found = org.agents.find(pa.chunked_array([pa.array(names, pa.string())]), np.array(days, "datetime64[D]"))
    return org.agents.values("team", found).to_pylist()


def test_an_entry_holds_from_its_first_to_its_last_day():
    org = parse_org(TEXT)
    rows = [
        ("sato", "2026-09-30"),
        ("sato", "2026-10-01"),
        ("sato", "1999-01-01"),
        ("tanaka", "2026-10-01"),
        ("ito", "2026-10-01"),
        (None, "2026-10-01"),
        ("sato", "NaT"),
    ]
    assert teams(org, *rows) == ["red", "blue", "red", "red", None, None, None]
    named = {kind: known for kind, known in org.names.items() if known}
    assert named == {"agent": {"sato": "佐藤", "tanaka": "田中"}, "team": {"red": "赤組", "blue": "青組"}}


def test_between_two_stays_somebody_belongs_nowhere():
    org = parse_org("agent,team,valid_from,valid_to\nsato,red,,2026-03-31\nsato,red,2026-06-01,\n")
    assert teams(org, ("sato", "2026-03-31"), ("sato", "2026-04-01"), ("sato", "2026-06-01")) == ["red", None, "red"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_a_file_may_be_saved_by_excel(tmp_path, encoding):
    (tmp_path / "org.csv").write_text(TEXT, encoding=encoding)
    assert load_org(tmp_path / "org.csv").names["agent"]["sato"] == "佐藤"


def test_no_file_and_a_header_alone_mean_an_empty_organisation(tmp_path):
    assert not load_org(tmp_path / "org.csv").agents.entries
    assert not parse_org("agent,team\n").agents.entries
    assert not parse_org("").agents.entries


def test_bytes_that_are_no_text_are_refused(tmp_path):
    (tmp_path / "org.csv").write_bytes(b"agent,team\n\x81\x20,\xa0")
    with pytest.raises(DefinitionError) as refused:
        load_org(tmp_path / "org.csv")
    assert "UTF-8" in refused.value.text("ja")


@pytest.mark.parametrize(
    ("text", "place", "word", "suggestion"),
    [
        ("agents,team\nx,y\n", "org.csv:1", "agents", "agent"),
        ("agent,queue,team\nx,y,z\n", "org.csv:2", "agent queue", None),
        ("agent,queue,team\n,,z\n", "org.csv:2", "", None),
        ("queue,channel\nq,voise\n", "org.csv:2 › channel", "voise", "voice"),
        ("agent,team,valid_from\nx,y,2026-02-30\n", "org.csv:2 › valid_from", "2026-02-30", None),
        ("agent,team,valid_from\nx,y,04-01\n", "org.csv:2 › valid_from", "04-01", None),
        ("agent,team,valid_from,valid_to\nx,y,2026-04-02,2026-04-01\n", "org.csv:2 › valid_to", "2026-04-01", None),
        ("agent,team,valid_from,valid_to\nx,a,,2026-04-01\ny,a,,\nx,b,2026-04-01,\n", "org.csv:4", "x", None),
    ],
)
def test_a_mistake_is_refused_with_its_place(text, place, word, suggestion):
    with pytest.raises(DefinitionError) as refused:
        parse_org(text)
    assert (refused.value.place, refused.value.word, refused.value.suggestion) == (place, word, suggestion)
    assert refused.value.text("ja") != refused.value.text("en")

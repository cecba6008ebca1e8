"""Entries are read strictly: what is missing, misspelt or contradictory is refused with its place; a workspace adds and overrides."""

from __future__ import annotations

from pathlib import Path

import pytest

from rashin.catalogue import Catalogue, load
from rashin.errors import DefinitionError, QuestionError

ENTRY = """
[service_level]
name      = { ja = "サービスレベル", en = "Service level" }
family    = "accessibility"
priority  = "high"
fact      = "contact"
unit      = "share"
better    = "higher"
purpose   = { ja = "つながりやすさを見る。", en = "Shows how easily customers get through." }
meaning   = { ja = "目標時間内の応答 ÷ 着信", en = "answered in time ÷ offered" }
params    = { target_s = 20, short_s = 5 }
measures.offered     = "count(*) filter (where offered)"
measures.answered_in = "count(*) filter (where answered and wait_s <= :target_s)"
value     = "answered_in / offered"
min_n     = 30
bounds    = [0, 1]
exclude   = [ { when = "is_test", reason = { ja = "テスト", en = "test" } } ]
source    = { ja = "例", en = "example" }
version   = 1
since     = "2026-11-01"

[service_level.variants.no_short]
name      = { ja = "短時間放棄を除く", en = "Without short abandons" }
meaning   = { ja = "短時間放棄を分母から除く。", en = "Short abandons leave the denominator." }
source    = { ja = "例", en = "example" }
equivalent = "Talkdesk"
measures.short = "count(*) filter (where abandoned and wait_s < :short_s)"
value     = "answered_in / (offered - short)"
"""


def catalogue(folder: Path, text: str = ENTRY, **more: str) -> Catalogue:
    folder.mkdir(exist_ok=True)
    (folder / "own.toml").write_text(text, "utf-8")
    for name, other in more.items():
        (folder / f"{name}.toml").write_text(other, "utf-8")
    return load(builtin=False, folder=folder)


def test_an_entry_becomes_a_definition(tmp_path: Path) -> None:
    found = catalogue(tmp_path).definition("service_level")
    assert found.kpi == "service_level"
    assert found.label == "service_level"
    assert found.name("ja") == "サービスレベル"
    assert found.params == {"target_s": 20, "short_s": 5}
    assert list(found.measures) == ["answered_in", "offered"]
    assert found.n == "offered"
    assert found.interval == "wilson"
    assert found.bounds == (0, 1)
    assert found.facts == {"contact"}
    assert found.value.text == "answered_in / offered"


def test_a_variant_inherits_what_it_does_not_say(tmp_path: Path) -> None:
    found = catalogue(tmp_path).definition("service_level:no_short")
    assert found.label == "service_level:no_short"
    assert found.value.ratio is not None
    assert dict(found.value.ratio[1]) == {"offered": 1, "short": -1}
    assert found.min_n == 30
    assert found.entry.readings["no_short"].equivalent == "Talkdesk"
    assert "short" in found.measures
    assert "short" not in catalogue(tmp_path).definition("service_level").measures


def test_exclusions_apply_to_every_measure_and_are_kept_apart(tmp_path: Path) -> None:
    found = catalogue(tmp_path).definition("service_level")
    assert all("not coalesce(is_test, false)" in measure.text for measure in found.measures.values())
    (excluded,) = found.exclude
    assert excluded.reason("en") == "test"
    assert excluded.fact == "contact"


def test_parameters_may_be_given_with_the_question(tmp_path: Path) -> None:
    known = catalogue(tmp_path)
    usual, other = known.definition("service_level"), known.definition("service_level", params={"target_s": 30})
    assert "wait_s <= 30" in other.measures["answered_in"].text
    assert other.measures["offered"].key == usual.measures["offered"].key
    assert other.measures["answered_in"].key != usual.measures["answered_in"].key


@pytest.mark.parametrize(
    ("name", "variant", "params", "code", "hint"),
    [
        ("servicelevel", None, {}, "unknown_kpi", "service_level"),
        ("service_level", "noshort", {}, "unknown_variant", "no_short"),
        ("service_level:noshort", None, {}, "unknown_variant", "no_short"),
        ("service_level", None, {"target": 30}, "unknown_param", "target_s"),
        ("service_level", None, {"target_s": "30"}, "param_type", "20"),
        ("service_level", None, {"target_s": True}, "param_type", "20"),
        ("service_level", None, {"target_s": float("nan")}, "param_type", "20"),
        ("service_level", None, {"target_s": [1, 2]}, "param_type", "20"),
    ],
)
def test_a_question_for_what_is_not_there_is_told_the_nearest(
    tmp_path: Path, name: str, variant: str | None, params: dict[str, object], code: str, hint: str
) -> None:
    with pytest.raises(QuestionError) as caught:
        catalogue(tmp_path).definition(name, variant, params)  # type: ignore[arg-type]
    assert caught.value.code == code
    assert hint in caught.value.text("ja")
    assert hint in caught.value.text("en")


def test_a_parameter_that_would_divide_by_zero_is_a_bad_question_not_a_bad_file(tmp_path: Path) -> None:
    text = ENTRY.replace('value     = "answered_in / offered"', 'value     = "answered_in / offered / :per"').replace(
        "short_s = 5", "short_s = 5, per = 1"
    )
    known = catalogue(tmp_path, text)
    with pytest.raises(QuestionError, match="divide by zero"):
        known.definition("service_level", params={"per": 0})


REFUSED = [
    ('family    = "accessibility"', 'family    = "accessability"', "unknown_family", "own.toml › service_level › family", "accessibility"),
    ('priority  = "high"', 'priority  = "hi"', "unknown_priority", "own.toml › service_level › priority", "high"),
    ('fact      = "contact"', 'fact      = "contacts"', "unknown_fact", "own.toml › service_level › fact", "contact"),
    ('unit      = "share"', 'unit      = "shares"', "unknown_unit", "own.toml › service_level › unit", "share"),
    ('unit      = "share"', 'unit      = "s"', "unit_mismatch", "own.toml › service_level › unit", None),
    ('better    = "higher"', 'better    = "more"', "unknown_better", "own.toml › service_level › better", None),
    ('better    = "higher"', 'better    = "band"', "missing_key", "own.toml › service_level", None),
    ("min_n     = 30", "min      = 30", "unknown_key", "own.toml › service_level › min", "min_n"),
    ("min_n     = 30", "", "missing_key", "own.toml › service_level", None),
    ("min_n     = 30", 'min_n = "30"', "wrong_type", "own.toml › service_level › min_n", None),
    ("min_n     = 30", "min_n = -1", "wrong_type", "own.toml › service_level › min_n", None),
    ("bounds    = [0, 1]", "bounds    = [1, 0]", "wrong_type", "own.toml › service_level › bounds", None),
    ('en = "answered in time ÷ offered"', 'en = ""', "wrong_type", "own.toml › service_level › meaning", None),
    (', en = "answered in time ÷ offered"', "", "wrong_type", "own.toml › service_level › meaning", None),
    ('since     = "2026-11-01"', 'since     = "Nov 2026"', "wrong_type", "own.toml › service_level › since", None),
    ("version   = 1", "version   = 0", "wrong_type", "own.toml › service_level › version", None),
    ("wait_s <= :target_s", "wait_ss <= :target_s", "unknown_column", "own.toml › service_level › measures › answered_in:37", "wait_s"),
    ('"answered_in / offered"', '"answered_in / offerd"', "unknown_measure", "own.toml › service_level › value:15", "offered"),
    ("target_s = 20", "targt_s = 20", "unknown_param", "own.toml › service_level › measures › answered_in:47", "targt_s"),
    ('"is_test"', '"is_tset"', "unknown_column", "own.toml › service_level › exclude[1] › when:1", "is_test"),
    ("min_n     = 30", 'min_n = 30\nn = "offerd"', "unknown_measure", "own.toml › service_level › n", "offered"),
    ("min_n     = 30", 'min_n = 30\ncounter = ["ahtt"]', "unknown_counter", "own.toml › service_level › counter", None),
    ("min_n     = 30", 'min_n = 30\nat = "answered"', "unknown_at", "own.toml › service_level › at", "answered_at"),
    ("min_n     = 30", 'min_n = 30\ninterval = "willson"', "unknown_interval", "own.toml › service_level › interval", "wilson"),
    ("min_n     = 30", "min_n = 30\nbenchmark = [ { low = 0.8 } ]", "missing_key", "own.toml › service_level › benchmark[1]", None),
    (
        "min_n     = 30",
        'min_n = 30\nrepeat = { identity = "custmer_key", window_days = 7 }',
        "unknown_identity",
        "own.toml › service_level › repeat › identity",
        "customer_key",
    ),
    (
        "min_n     = 30",
        'min_n = 30\nrepeat = { identity = "customer_key", window_days = 0 }',
        "wrong_type",
        "own.toml › service_level › repeat › window_days",
        None,
    ),
    ("where offered)", "where offered and repeat_of_earlier)", "repeat_missing", "own.toml › service_level › repeat", None),
    ("measures.offered ", "measures.Offered ", "bad_name", "own.toml › service_level › measures › Offered", None),
    ("[service_level]", "[Service]", "bad_name", "own.toml › Service", None),
    ("no_short]", "default]", "bad_name", "own.toml › service_level › variants › default", None),
    (
        'equivalent = "Talkdesk"',
        'equivalnt = "Talkdesk"',
        "unknown_key",
        "own.toml › service_level › variants › no_short › equivalnt",
        "equivalent",
    ),
    ("(offered - short)", "(offered - shrt)", "unknown_measure", "own.toml › service_level › variants › no_short › value:26", "short"),
    ("[service_level]", "[service_level", "toml_syntax", "own.toml", None),
    ("\n[service_level]", "\nname = 3\n[service_level]", "not_an_entry", "own.toml › name", None),
]


@pytest.mark.parametrize(("old", "new", "code", "place", "suggestion"), REFUSED, ids=[f"{row[2]}-{row[1][:30].strip()}" for row in REFUSED])
def test_refused_with_place_and_suggestion(tmp_path: Path, old: str, new: str, code: str, place: str, suggestion: str | None) -> None:
    assert old in ENTRY
    text = (
        ENTRY.replace(old, new)
        if old != "[service_level]"
        else ENTRY.replace("service_level", new.strip("[]"), 1).replace(f"[{new.strip('[]')}]", new, 1)
    )
    with pytest.raises(DefinitionError) as caught:
        catalogue(tmp_path, text)
    assert caught.value.code == code
    assert caught.value.place == place
    if suggestion is not None:
        assert caught.value.suggestion == suggestion
    assert caught.value.text("ja")
    assert caught.value.text("en")


def test_a_file_must_be_utf_8_and_an_entry_stands_once(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError) as caught:
        catalogue(tmp_path, ENTRY, second=ENTRY)
    assert (caught.value.code, caught.value.word) == ("defined_twice", "service_level")
    (tmp_path / "second.toml").write_bytes("[窓口]".encode("cp932"))
    with pytest.raises(DefinitionError) as caught:
        load(builtin=False, folder=tmp_path)
    assert (caught.value.code, caught.value.place) == ("not_utf8", "second.toml")
    (tmp_path / "second.toml").write_text("x = " + "[" * 5000, "utf-8")
    with pytest.raises(DefinitionError) as caught:
        load(builtin=False, folder=tmp_path)
    assert (caught.value.code, caught.value.place) == ("toml_syntax", "second.toml")
    (tmp_path / "second.toml").unlink()
    (tmp_path / "second.toml").mkdir()
    with pytest.raises(DefinitionError) as caught:
        load(builtin=False, folder=tmp_path)
    assert (caught.value.code, caught.value.place) == ("not_readable", "second.toml")


def test_measures_of_another_fact_with_their_own_anchor(tmp_path: Path) -> None:
    text = ENTRY.replace(
        'value     = "answered_in / offered"',
        'measures.worked = { fact = "agent_time", formula = "sum(clipped_s) filter (where working)", at = "end_at" }\n'
        'value     = "answered_in / (worked / 3600)"',
    ).replace('unit      = "share"', 'unit      = "per_hour"')
    text = text.split("[service_level.variants")[0]
    found = catalogue(tmp_path, text).definition("service_level")
    assert found.facts == {"contact", "agent_time"}
    assert found.measures["worked"].at == "end_at"
    assert found.measures["worked"].virtual == {"clipped_s"}
    assert "is_test" not in found.measures["worked"].text
    assert found.measures["answered_in"].at == "counted_at"


# the workspace's own folder


def test_a_workspace_lays_its_own_entry_over_the_built_in_one(tmp_path: Path) -> None:
    own = '[service_level]\nparams = { target_s = 30 }\nmin_n = 10\n[service_level.variants.house]\nname = {ja="当社",en="House"}\n'
    own += 'meaning = {ja="x",en="x"}\nsource = {ja="x",en="x"}\nparams = { target_s = 40 }\n'
    (tmp_path / "mine.toml").write_text(own, "utf-8")
    before, after = load(), load(folder=tmp_path)
    assert after.definition("service_level").params["target_s"] == 30
    assert after.definition("service_level").min_n == 10
    assert after.definition("service_level", "house").params["target_s"] == 40
    assert set(before.kpi("service_level").variants) < set(after.kpi("service_level").variants)
    assert before.version != after.version
    assert before.definition("service_level").version != after.definition("service_level").version
    assert before.definition("aht").version == after.definition("aht").version


def test_no_folder_is_an_empty_folder(tmp_path: Path) -> None:
    assert load(folder=tmp_path / "none").version == load().version


def test_the_version_follows_the_content_only(tmp_path: Path) -> None:
    one = catalogue(tmp_path / "a")
    assert one.version == catalogue(tmp_path / "b", "# a note\n" + ENTRY).version
    assert one.version != catalogue(tmp_path / "c", ENTRY.replace("target_s = 20", "target_s = 21")).version
    assert one.definition("service_level").version.startswith("1+")


def test_a_hint_names_the_kpis_that_confirm_or_refute_it(tmp_path: Path) -> None:
    head = ENTRY.partition("[service_level.variants")[0]
    both = 'ja = "処理時間が延びていないか", en = "Has handling time grown?"'
    known = catalogue(tmp_path, f'{head}hints = [{{ {both}, kpis = ["service_level"] }}, {{ {both} }}]\n')
    assert [hint.kpis for hint in known.kpis["service_level"].hints] == [("service_level",), ()]
    assert known.kpis["service_level"].hints[0].en == "Has handling time grown?"
    with pytest.raises(DefinitionError) as refused:
        catalogue(tmp_path, f'{head}hints = [{{ {both}, kpis = ["servise_level"] }}]\n')
    assert (refused.value.word, refused.value.suggestion) == ("servise_level", "service_level")
    assert refused.value.place == "own.toml › service_level › hints[1] › kpis"

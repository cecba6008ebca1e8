"""Persons leave the facts and figures stay: in every snapshot, after a second delivery, in sealed days and in what was refused."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from store_world import workspace

from rashin.query.scope import PERSONAL
from rashin.records import FACTS
from rashin.store import Store, Workspace, forget, leaving
from rashin.store.hashing import content_hashes

DAY = date(2026, 10, 5)
ANNA, BERT = "090-1111-2222", "090-3333-4444"


def contacts(*rows: tuple[str, date, str | None]) -> pa.Table:
    return pa.table(
        {
            "source": ["pbx"] * len(rows),
            "native_id": [each[0] for each in rows],
            "revision": pa.array([1] * len(rows), pa.int64()),
            "business_date": pa.array([each[1] for each in rows], pa.date32()),
            "counted_at": pa.array([datetime.combine(each[1], time(10)) for each in rows], pa.timestamp("us")),
            "channel": ["voice"] * len(rows),
            "direction": ["inbound"] * len(rows),
            "customer_key": pa.array([each[2] for each in rows], pa.string()),
            "_line": pa.array(range(len(rows)), pa.int64()),
        }
    )


def survey(*rows: tuple[str, str, str]) -> pa.Table:
    return pa.table(
        {
            "source": ["form"] * len(rows),
            "native_id": [each[0] for each in rows],
            "revision": pa.array([1] * len(rows), pa.int64()),
            "business_date": pa.array([DAY] * len(rows), pa.date32()),
            "contact_id": [each[1] for each in rows],
            "comment": [each[2] for each in rows],
            "_line": pa.array(range(len(rows)), pa.int64()),
        }
    )


def bring(store: Store, source: str, file: str, fact: str, rows: pa.Table) -> int:
    landed = store.workspace.folder("landing") / f"{file}.csv"
    landed.write_text("as it came")
    with store.load(source, f"{file}.csv", file, "m", "hanako") as load:
        load.landed(f"landing/{file}.csv", 10)
        load.stage(fact, rows)
        return load.commit().load_id


@pytest.fixture
def filled(store: Store) -> Store:
    bring(store, "pbx", "aa01", "contact", contacts(("1", DAY, ANNA), ("2", DAY, ANNA), ("3", DAY, BERT), ("4", DAY, None)))
    bring(store, "form", "bb02", "survey", survey(("s1", "1", "Please call Anna back"), ("s2", "3", "fine")))
    return store


def keys(store: Store, as_of: int | None = None) -> list[Any]:
    found = store.read(f"SELECT customer_key FROM {store.relation('contact', as_of)} ORDER BY native_id").column(0).to_pylist()
    return list(found)


def comments(store: Store) -> list[Any]:
    return list(store.read(f"SELECT comment FROM {store.relation('survey')} ORDER BY native_id").column(0).to_pylist())


def test_what_may_tell_a_person_is_what_rows_are_masked_for() -> None:
    assert set(forget.KEYS) | set(forget.TEXTS) == PERSONAL


def test_looking_says_what_would_go_and_changes_nothing(filled: Store) -> None:
    found = leaving.look(filled, [ANNA])
    assert (found.keys, dict(found.rows), dict(found.texts)) == (1, {"contact": 2}, {"survey": 1})
    assert [name for name, _ in found.files.values()] == ["aa01.csv"]
    assert keys(filled) == [ANNA, ANNA, BERT, None]
    assert filled.log()[-1].action == "load"


def test_one_customer_leaves_under_one_pseudonym_in_every_snapshot(filled: Store) -> None:
    before = filled.snapshot()
    leaving.erase(filled, [ANNA], "hanako", today=DAY, reference="R-7")
    for as_of in (None, before, 1):
        first, second, other, nobody = keys(filled, as_of)
        assert first == second
        assert first.startswith(forget.ALIAS)
        assert (other, nobody) == (BERT, None), "who is equal, different or absent stays so"
    assert comments(filled) == [forget.MARK, "fine"]
    assert filled.snapshot() == before + 1, "what was kept of the rows is shown to nobody again"


def test_the_log_says_that_it_was_done_and_not_to_whom(filled: Store) -> None:
    leaving.erase(filled, [ANNA], "hanako", today=DAY, reference="R-7")
    last = filled.log()[-1]
    assert (last.by, last.action, last.subject) == ("hanako", "erase", "R-7")
    assert ANNA not in last.detail
    assert filled.verify_log() == []


def test_of_refused_rows_only_those_that_name_the_customer_go(filled: Store) -> None:
    told = {
        "fact": "contact",
        "line": 1,
        "column": "queue",
        "code": "c",
        "reason_ja": "j",
        "reason_en": "e",
        "mend_ja": "j",
        "mend_en": "e",
    }
    with filled.load("pbx", "r.csv", "ee", "m", "hanako") as load:
        load.reject(pa.Table.from_pylist([{**told, "raw": f"x,{ANNA}"}, {**told, "line": 2, "raw": f"y,{BERT}"}]))
        number = load.commit().load_id
    assert leaving.look(filled, ["nobody"]).nothing
    assert leaving.look(filled, [ANNA]).rejects == 1
    leaving.erase(filled, [ANNA], "hanako", today=DAY)
    assert filled.rejects(number).column("raw").to_pylist() == [None, f"y,{BERT}"]


def test_the_files_as_they_came_are_deleted(filled: Store) -> None:
    leaving.erase(filled, [ANNA], "hanako", today=DAY)
    folder = filled.workspace.folder("landing")
    assert [each.name for each in folder.glob("*.csv")] == ["bb02.csv"], "the other holds rows of another contact"
    assert leaving.erased_files(filled) == {"aa01"}


def test_a_row_that_comes_again_stays_without_the_person(filled: Store) -> None:
    leaving.erase(filled, [ANNA], "hanako", today=DAY)
    was = filled.content_hash("contact")
    bring(filled, "pbx", "cc03", "contact", contacts(("1", DAY, ANNA), ("3", DAY, BERT)))
    assert filled.content_hash("contact") == was
    assert ANNA not in keys(filled)


def test_a_later_contact_of_the_same_customer_is_a_new_one(filled: Store) -> None:
    leaving.erase(filled, [ANNA], "hanako", today=DAY)
    bring(filled, "pbx", "dd04", "contact", contacts(("9", date(2026, 10, 6), ANNA)))
    assert keys(filled)[-1] == ANNA


def test_hashes_are_those_of_what_stands_there_now(filled: Store) -> None:
    """Sealed days prove their rows by these hashes: a seal after it comes back as it is."""
    filled.seal(by="hanako")
    leaving.erase(filled, [ANNA], "hanako", today=DAY)
    folder = filled.workspace.folder("facts")
    sealed = b"".join(each.read_bytes() for each in folder.glob("**/*.parquet"))
    assert ANNA.encode() not in sealed
    names = ", ".join(f'"{name}"' for name in FACTS["contact"].names)
    rows = filled.read(f"SELECT {names}, content_hash FROM contact")
    assert content_hashes(FACTS["contact"], rows.drop_columns(["content_hash"])).tolist() == rows.column("content_hash").to_pylist()


def test_a_withdrawal_afterwards_is_as_always(filled: Store) -> None:
    leaving.erase(filled, [ANNA], "hanako", today=DAY)
    filled.withdraw(1, "hanako")
    assert keys(filled) == []


def test_customers_of_whom_nothing_came_for_long_leave_by_themselves(filled: Store) -> None:
    bring(filled, "pbx", "ee05", "contact", contacts(("7", date(2026, 11, 5), BERT)))
    ages = leaving.Ages(customers=date(2026, 11, 1))
    assert leaving.look_aged(filled, ages).keys == 1
    done = leaving.retire(filled, ages, "rashin")
    assert (done.keys, dict(done.files)) == (1, {})
    assert [str(each).startswith(forget.ALIAS) for each in keys(filled)] == [True, True, False, False, False]
    assert leaving.retire(filled, ages, "rashin").nothing, "a second time there is nothing to do"
    assert filled.log()[-1].action == "retire"


def test_texts_and_files_have_times_of_their_own(filled: Store) -> None:
    done = leaving.retire(filled, leaving.Ages(texts=date(2026, 10, 6), raw=date(2100, 1, 1)), "rashin")
    assert comments(filled) == [forget.MARK, forget.MARK]
    assert keys(filled) == [ANNA, ANNA, BERT, None]
    assert len(done.files) == 2
    assert not list(filled.workspace.folder("landing").glob("*.csv"))


def test_an_older_file_gets_the_books_it_lacks(tmp_path: Path) -> None:
    with Store.open(workspace(tmp_path)) as store, store._engine.writer() as cursor:
        cursor.execute("DROP TABLE forgotten")
        cursor.execute("DROP TABLE forgetting")
    with Store.open(Workspace.find(tmp_path / "centre")) as store:
        assert leaving.look(store, [ANNA]).nothing

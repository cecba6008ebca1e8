"""Receipts for people: rows in = accepted + rejected + duplicate + ignored for each fact, the reasons of refusal, and what to type next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rashin.cli.lib.app import App
from rashin.cli.lib.lang import lang, say, told
from rashin.cli.lib.listing import Listing, column, deliver
from rashin.display import number

if TYPE_CHECKING:
    from rashin.intake.receipt import Receipt

_NOTES = 8


def show(state: App, receipts: Sequence[Receipt]) -> None:
    """Print the receipts of one or more files."""
    from rashin.records import FACTS

    records: list[dict[str, Any]] = []
    for receipt in receipts:
        for fact, counts in receipt.counts.items():
            if not counts.rows_in and not counts.assembled and len(receipt.counts) > 1:
                continue
            label = told(FACTS[fact].label) if fact in FACTS else fact
            record = {"load": receipt.load_id, "file": receipt.file_name, "source": receipt.source, "fact": fact, "label": label}
            record |= {
                name: getattr(counts, name) for name in ("rows_in", "accepted", "rejected", "duplicate", "ignored", "replaced", "assembled")
            }
            record["state"] = say("取込済み", "loaded before") if receipt.recognised else ""
            records.append(record)
    columns = [
        column("load", "取込", "Load", right=True),
        column("file", "ファイル", "File"),
        column("label", "実績", "Fact"),
        column("rows_in", "行数", "Rows in", number, right=True),
        column("accepted", "取込", "Accepted", number, right=True),
        column("rejected", "取込不可", "Rejected", number, right=True),
        column("duplicate", "重複", "Duplicate", number, right=True),
        column("ignored", "対象外", "Ignored", number, right=True),
        column("replaced", "改訂", "Revised", number, right=True),
        column("assembled", "組立", "Made", number, right=True),
        column("state", "", ""),
    ]
    if not any(record["state"] for record in records):
        columns = columns[:-1]
    if state.format != "table":
        columns = [column("source", "", ""), column("fact", "", ""), *(each for each in columns if each.key != "label")]
    deliver(state, Listing(columns, records, notes=_notes(state, receipts)))
    refused = [receipt for receipt in receipts if receipt.total.rejected and not receipt.recognised]
    if refused:
        first = refused[0].load_id
        state.next_step(
            f"取込不可の行は `rashin rejects list {first}` で確かめ、`rashin rejects export {first} mend.csv` で書き出して直せます。",
            f"See the refused rows with `rashin rejects list {first}`; write them out to mend with `rashin rejects export {first} mend.csv`.",
        )


def _notes(state: App, receipts: Sequence[Receipt]) -> list[str]:
    notes = []
    counts: Counter[str] = Counter()
    said: dict[str, str] = {}
    for receipt in receipts:
        if receipt.reasons and not receipt.recognised:
            counts.update(receipt.reasons)
            table = state.store.rejects(receipt.load_id).select(["code", f"reason_{lang()}"])
            for code, text in zip(table.column(0).to_pylist(), table.column(1).to_pylist(), strict=True):
                said.setdefault(code, text)
    if counts:
        notes.append(say("取込不可の理由(例):", "Refused because (an example of each):"))
        notes += [f"  {count:>6,}  {said.get(code, '')}  [{code}]" for code, count in counts.most_common()]
    notes += [f"  {note}" for note in _remarks(receipts)]
    return notes


def _remarks(receipts: Sequence[Receipt]) -> list[str]:
    """Return the intake's own remarks, each once."""
    said = dict.fromkeys(told(note.text) for receipt in receipts for note in receipt.notes)
    return list(said)[:_NOTES]

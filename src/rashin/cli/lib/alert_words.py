"""Alerts as a table for people and as records for machines."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from rashin.cli.lib.lang import say, told
from rashin.cli.lib.listing import Column, Listing, column
from rashin.errors import Bilingual

if TYPE_CHECKING:
    from rashin.judge.alerts.model import Alert
    from rashin.judge.watch import Watched

_SEVERITY = {"high": Bilingual("重大", "high"), "middle": Bilingual("注意", "middle"), "low": Bilingual("参考", "low")}


def record(alert: Alert) -> dict[str, Any]:
    """Return one alert as plain values."""
    from rashin.judge.alerts.model import KINDS

    return {
        "key": alert.key,
        "kind": alert.kind,
        "severity": alert.severity,
        "kpi": alert.kpi or None,
        "where": "; ".join(f"{name}={'|'.join(map(str, values))}" for name, values in alert.where.items()) or None,
        "first": alert.period.start,
        "last": alert.period.last,
        "since": alert.since,
        "owner": alert.owner or None,
        "title": told(alert.title),
        "evidence": " / ".join(told(each) for each in alert.evidence),
        "held_back": None if alert.reason is None else told(alert.reason),
        "kind_word": told(KINDS[alert.kind]),
        "severity_word": told(_SEVERITY[alert.severity]),
    }


def listing(found: Watched, on: date, *, held_back: bool, machine: bool) -> Listing:
    """Return all alerts; for machines with key, dates and evidence in columns of their own."""
    records = [record(each) for each in (*found.alerts, *(found.held_back if held_back else ()))]
    if machine:
        keys = ("key", "kind", "severity", "kpi", "where", "first", "last", "since", "owner", "title", "evidence", "held_back")
        return Listing([Column(key, Bilingual(key, key)) for key in keys], records)
    columns = [
        column("severity_word", "重さ", "Severity"),
        column("kind_word", "種類", "Kind"),
        column("title", "内容", "What"),
        column("evidence", "根拠", "Evidence"),
        column("owner", "担当", "Owner"),
    ]
    if held_back:
        columns.append(column("held_back", "見送った理由", "Held back because"))
    notes = [
        say(
            f"{on} 時点、{len(found.alerts)} 件。偶然だけで出る見込みは週 {found.expected_false_per_week:.1f} 件以下",
            f"{len(found.alerts)} alerts as of {on}; at most {found.expected_false_per_week:.1f} a week come by chance alone",
        )
    ]
    if found.held_back and not held_back:
        count = len(found.held_back)
        notes.append(say(f"見送ったもの {count} 件(--held-back で表示)", f"{count} held back (--held-back shows them)"))
    return Listing(columns, records, notes=notes)

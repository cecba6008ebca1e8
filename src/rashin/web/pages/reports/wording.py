"""What became of messages, in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rashin.errors import Bilingual
from rashin.web.acts.models import Delivery, ScheduleRun
from rashin.web.tick import outbox

STATES: dict[str, tuple[Bilingual, str]] = {
    "waiting": (Bilingual("送信待ち", "waiting"), ""),
    "sending": (Bilingual("送信中", "being sent"), ""),
    "sent": (Bilingual("送信済み", "sent"), "good"),
    "refused": (Bilingual("相手が拒否", "refused"), "bad"),
    "given_up": (Bilingual("断念", "given up"), "bad"),
    "held": (Bilingual("不明・保留", "unknown, held"), "bad"),
    "cancelled": (Bilingual("取りやめ", "not sent"), "near"),
}
KINDS: dict[str, Bilingual] = {
    "report": Bilingual("レポート", "Report"),
    "restated": Bilingual("訂正", "Restatement"),
    "alert": Bilingual("アラート", "Alert"),
    "digest": Bilingual("まとめ", "Digest"),
    "mention": Bilingual("呼びかけ", "Mention"),
    "failure": Bilingual("障害の知らせ", "Failure"),
    "test": Bilingual("テスト", "Test"),
}
RUNS: dict[str, tuple[Bilingual, str]] = {
    "making": (Bilingual("作成中", "being made"), ""),
    "made": (Bilingual("作成済み", "made"), "good"),
    "failed": (Bilingual("失敗・再試行", "failed, tried again"), "bad"),
    "given_up": (Bilingual("断念", "given up"), "bad"),
}
_REASONS = {"no_mail": outbox.NO_MAIL, "set_aside": Bilingual("管理者が脇に置きました。", "Set aside by an administrator.")}


def deliveries(rows: Iterable[Delivery], lang: str) -> list[dict[str, Any]]:
    """Return messages as pages list them."""
    return [_delivery(row, lang) for row in rows]


def _delivery(row: Delivery, lang: str) -> dict[str, Any]:
    word, tone = STATES[row.state]
    reason = row.reason or {}
    whom = row.person.name if row.person is not None else row.webhook.name if row.webhook is not None else "–"
    what = row.report.title + " " + row.report.period if row.report is not None else row.message.get("subject", {}).get(lang, "")
    return {
        "row": row,
        "kind": KINDS.get(row.kind, Bilingual(row.kind, row.kind))(lang),
        "whom": whom,
        "room": row.webhook_id is not None,
        "what": what,
        "word": word(lang),
        "tone": tone,
        "reason": "" if row.state == "sent" else _REASONS[row.code](lang) if row.code in _REASONS else reason.get(lang, ""),
        # what waits for its first try goes out by itself
        "again": row.state in (*Delivery.OPEN_TROUBLE, "cancelled") or (row.state == "waiting" and row.tries > 0),
        "aside": row.state in (*Delivery.OPEN_TROUBLE, "waiting"),
    }


def runs(rows: Iterable[ScheduleRun], lang: str) -> list[dict[str, Any]]:
    """Return appointments as pages list them."""
    return [
        {
            "slot": row.slot.replace("T", " "),
            "word": RUNS[row.state][0](lang),
            "tone": RUNS[row.state][1],
            "tries": row.tries,
            "reason": (row.error or {}).get(lang, ""),
            "left_out": [(name, why.get(lang, "")) for name, why in row.left_out],
        }
        for row in rows
    ]

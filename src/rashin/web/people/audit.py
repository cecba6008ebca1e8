"""The audit log: appended to, never changed; each line seals the one before. Failing to write it fails the action."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from rashin.errors import Bilingual
from rashin.web.people.models import AuditRow, Person

START = "0" * 64

#: Words for what is recorded. A page that records something new adds its word here.
ACTIONS: dict[str, Bilingual] = {
    "sign_in": Bilingual("サインイン", "Signed in"),
    "sign_in_failed": Bilingual("サインイン失敗", "Sign-in failed"),
    "sign_out": Bilingual("サインアウト", "Signed out"),
    "password_changed": Bilingual("パスワード変更", "Password changed"),
    "password_reset": Bilingual("パスワード再設定", "Password reset"),
    "password_link_made": Bilingual("再設定リンク発行", "Reset link made"),
    "second_factor_added": Bilingual("第2要素の設定", "Second factor set up"),
    "second_factor_removed": Bilingual("第2要素の解除", "Second factor removed"),
    "second_factor_dropped": Bilingual("管理者による第2要素の解除", "Second factor dropped by an administrator"),
    "first_token_made": Bilingual("最初の管理者用トークン発行", "First administrator's token made"),
    "invited": Bilingual("招待", "Invited"),
    "invitation_withdrawn": Bilingual("招待の取消", "Invitation withdrawn"),
    "joined": Bilingual("参加", "Joined"),
    "person_changed": Bilingual("利用者の変更", "Person changed"),
    "role_changed": Bilingual("役割・範囲の変更", "Role or scope changed"),
    "left": Bilingual("離任", "Left"),
    "came_back": Bilingual("復帰", "Came back"),
    "key_made": Bilingual("APIキー作成", "API key made"),
    "key_revoked": Bilingual("APIキー失効", "API key revoked"),
    "rows_viewed": Bilingual("明細の閲覧", "Rows viewed"),
    "rows_exported": Bilingual("明細の書き出し", "Rows exported"),
    "figures_exported": Bilingual("数字の書き出し", "Figures exported"),
    "loaded": Bilingual("取込", "Loaded"),
    "load_withdrawn": Bilingual("取込の取消", "Load withdrawn"),
    "file_uploaded": Bilingual("ファイルの受け取り", "File uploaded"),
    "load_started": Bilingual("取込の開始", "Load started"),
    "load_cancelled": Bilingual("取込の中止", "Load stopped"),
    "mapping_saved": Bilingual("対応づけの保存", "Mapping saved"),
    "rejects_viewed": Bilingual("取込不可の閲覧", "Rejects viewed"),
    "rejects_exported": Bilingual("取込不可の書き出し", "Rejects exported"),
    "file_downloaded": Bilingual("元ファイルの取り出し", "Landed file downloaded"),
    "rejects_mended": Bilingual("取込不可の修正", "Rejects mended"),
    "definition_changed": Bilingual("定義の変更", "Definition changed"),
    "goal_added": Bilingual("目標の追加", "Goal added"),
    "goal_changed": Bilingual("目標の変更", "Goal changed"),
    "goal_removed": Bilingual("目標の削除", "Goal removed"),
    "tree_added": Bilingual("ツリーの追加", "Tree added"),
    "tree_changed": Bilingual("ツリーの変更", "Tree changed"),
    "tree_removed": Bilingual("ツリーの削除", "Tree removed"),
    "goals_exported": Bilingual("目標の書き出し", "Goals exported"),
    "alert_taken": Bilingual("アラートの引き受け", "Alert taken"),
    "alert_given": Bilingual("アラートの担当の変更", "Alert given"),
    "alert_snoozed": Bilingual("アラートの保留", "Alert snoozed"),
    "alert_closed": Bilingual("アラートの終了", "Alert closed"),
    "alert_reopened": Bilingual("アラートの再開", "Alert opened again"),
    "cycle_opened": Bilingual("サイクルの開始", "Cycle opened"),
    "cycle_changed": Bilingual("サイクルの変更", "Cycle changed"),
    "cycle_handed_over": Bilingual("サイクルの引き継ぎ", "Cycle handed over"),
    "cycle_moved": Bilingual("サイクルの段階変更", "Cycle moved"),
    "cycle_decided": Bilingual("サイクルの判断", "Cycle decided"),
    "cycle_logged": Bilingual("サイクルの記録", "Cycle logged"),
    "task_added": Bilingual("作業の追加", "Task added"),
    "task_done": Bilingual("作業の完了", "Task done"),
    "task_reopened": Bilingual("作業の差し戻し", "Task reopened"),
    "file_attached": Bilingual("ファイルの添付", "File attached"),
    "attachment_taken": Bilingual("添付ファイルの取り出し", "Attached file taken"),
    "entry_removed": Bilingual("記録の取り下げ", "Entry removed"),
    "entry_restored": Bilingual("記録を元に戻す", "Entry restored"),
    "commented": Bilingual("コメント", "Commented"),
    "comment_changed": Bilingual("コメントの変更", "Comment changed"),
    "comment_removed": Bilingual("コメントの取り下げ", "Comment removed"),
    "comment_restored": Bilingual("コメントを元に戻す", "Comment restored"),
    "decided": Bilingual("決定の記録", "Decision written down"),
    "decision_done": Bilingual("決定事項の完了", "Decision done"),
    "decision_reopened": Bilingual("決定事項の差し戻し", "Decision reopened"),
    "meeting_opened": Bilingual("会議の開始", "Meeting opened"),
    "meeting_noted": Bilingual("会議メモの変更", "Meeting notes changed"),
    "meeting_closed": Bilingual("会議の終了", "Meeting closed"),
    "meeting_reopened": Bilingual("会議の再開", "Meeting reopened"),
    "meeting_refreshed": Bilingual("会議の数字を最新に", "Meeting's figures renewed"),
    "review_planned": Bilingual("KPI見直しの予定", "KPI review planned"),
    "kpi_reviewed": Bilingual("KPIの見直し", "KPI reviewed"),
    "praised": Bilingual("称賛", "Praise given"),
    "praise_withdrawn": Bilingual("称賛の取り下げ", "Praise withdrawn"),
    "praise_restored": Bilingual("称賛を元に戻す", "Praise restored"),
    "report_made": Bilingual("レポートの作成", "Report made"),
    "report_downloaded": Bilingual("レポートのダウンロード", "Report downloaded"),
    "report_tested": Bilingual("レポートのテスト送信", "Report sent as a test"),
    "schedule_saved": Bilingual("定期配信の保存", "Schedule saved"),
    "schedule_paused": Bilingual("定期配信の停止", "Schedule paused"),
    "schedule_resumed": Bilingual("定期配信の再開", "Schedule resumed"),
    "schedule_removed": Bilingual("定期配信の削除", "Schedule removed"),
    "room_added": Bilingual("チャットの追加", "Chat room added"),
    "room_off": Bilingual("チャットの停止", "Chat room switched off"),
    "room_on": Bilingual("チャットの再開", "Chat room switched on"),
    "room_remove": Bilingual("チャットの削除", "Chat room removed"),
    "room_test": Bilingual("チャットへのテスト送信", "Chat room tried"),
    "delivery_again": Bilingual("配信の再送", "Message sent again"),
    "delivery_aside": Bilingual("配信を脇に置く", "Message set aside"),
    "notices_chosen": Bilingual("通知の受け取り方の変更", "Notices chosen"),
    "forecast_kept": Bilingual("予測の保存", "Forecast kept"),
    "day_marked": Bilingual("ふだんと違う日の印", "Day marked"),
    "day_unmarked": Bilingual("ふだんと違う日の印の取消", "Day unmarked"),
    "plan_kept": Bilingual("要員計画の保存", "Staffing plan kept"),
    "staffing_changed": Bilingual("要員の設定の変更", "Staffing settings changed"),
    "erasure_looked": Bilingual("顧客データの照会", "Customer looked up"),
    "erasure_asked": Bilingual("顧客データ消去の依頼", "Erasure asked for"),
    "erased": Bilingual("顧客データの消去", "Customer erased"),
    "export_asked": Bilingual("大きな書き出しの依頼", "Large export asked for"),
    "export_agreed": Bilingual("大きな書き出しの承認", "Large export agreed to"),
    "approval_refused": Bilingual("依頼の却下", "Request refused"),
    "retention_run": Bilingual("保存期間による整理", "Kept too long, taken out"),
    "view_saved": Bilingual("表示の保存", "View saved"),
    "view_removed": Bilingual("表示の削除", "View removed"),
    "audit_exported": Bilingual("監査記録の書き出し", "Audit log exported"),
    "audit_verified": Bilingual("監査記録の検証", "Audit log verified"),
}


def digest(row: AuditRow) -> str:
    """Return what seals ``row``: SHA-256 over its fields and the digest before it."""
    content = [
        row.sequence,
        row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        row.person,
        row.role,
        row.address,
        row.action,
        row.target,
        row.detail,
        row.before,
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def address(request: HttpRequest | None) -> str:
    """Return where the request came from, or ""."""
    from allauth.core.internal.httpkit import get_client_ip

    return str(get_client_ip(request) or "")[:64] if request is not None else ""


def record(
    action: str,
    target: str = "",
    *,
    by: Person | str | None,
    request: HttpRequest | None = None,
    detail: Mapping[str, object] | None = None,
) -> AuditRow:
    """Append one line inside the caller's transaction and return it. Two writers at once: the later one takes the next number."""
    for _ in range(20):
        try:
            with transaction.atomic():
                return _append(action, target, by, request, dict(detail or {}))
        except IntegrityError:
            continue
    raise IntegrityError("the audit log could not be written")


def _storable(value: object) -> Any:
    """Return ``value`` as every database can keep it in JSON: plain values, no NUL characters."""
    if isinstance(value, Mapping):
        return {str(name).replace("\x00", ""): _storable(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(each) for each in value]
    return value if value is None or isinstance(value, bool | int | float) else str(value).replace("\x00", "")


def _append(action: str, target: str, by: Person | str | None, request: HttpRequest | None, detail: dict[str, object]) -> AuditRow:
    last = AuditRow.objects.select_for_update().order_by("-sequence").first()
    row = AuditRow(
        sequence=(last.sequence if last else 0) + 1,
        at=timezone.now(),
        person=by.email if isinstance(by, Person) else (by or ""),
        role=by.role if isinstance(by, Person) else "",
        address=address(request),
        action=action,
        target=target.replace("\x00", "")[:400],
        detail=_storable(detail),
        before=last.digest if last else START,
    )
    row.digest = digest(row)
    row.save(force_insert=True)
    return row


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the chain holds; ``broken_at`` is the first sequence that does not; ``last`` names the last good line as "number:digest"."""

    rows: int
    broken_at: int | None
    checked_at: datetime
    last: str = ""


def verify(holds: str = "") -> Verdict:
    """Walk the whole log and return whether every line still seals the one before it, with no number missing.

    ``holds``: a ``last`` that was written down earlier; the log is broken at that number when it no longer has that line (lines cut off at the end leave a
    chain that holds in itself).
    """
    before, expected, rows = START, 1, 0
    number, _, sealed = holds.partition(":")
    for row in AuditRow.objects.order_by("sequence").iterator(chunk_size=2000):
        rows += 1
        if (
            row.sequence != expected
            or row.before != before
            or row.digest != digest(row)
            or (str(expected) == number and row.digest != sealed)
        ):
            return Verdict(rows, expected, timezone.now(), f"{expected - 1}:{before}")
        before, expected = row.digest, expected + 1
    cut = number.isdecimal() and int(number) >= expected
    return Verdict(rows, int(number) if cut else None, timezone.now(), f"{expected - 1}:{before}")


def lines(count: int = 0) -> list[dict[str, object]]:
    """Return the newest ``count`` lines (0 = all) as plain records, the newest first."""
    rows = AuditRow.objects.order_by("-sequence")
    names = ("sequence", "at", "person", "role", "action", "target", "address")
    return [
        {**{name: getattr(row, name) for name in names}, "detail": json.dumps(row.detail, ensure_ascii=False)}
        for row in (rows[:count] if count else rows)
    ]

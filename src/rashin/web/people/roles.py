"""Every role on one page: what it may do. What it may *see* is the person's grants (``scope.py``).

Adding a role is adding an entry here.
"""

from __future__ import annotations

from dataclasses import dataclass

from rashin.errors import Bilingual
from rashin.query.scope import Rows

PERMISSIONS: dict[str, Bilingual] = {
    "see_own": Bilingual("自分の数字と明細を見る", "see one's own figures and rows"),
    "see_figures": Bilingual("範囲内のKPIを見る", "see KPIs within the scope"),
    "see_agents": Bilingual("担当者別の数字を名前つきで見る", "see figures by named agent"),
    "see_rows": Bilingual("数字のもとになった明細を見る", "see the rows behind a figure"),
    "see_unmasked": Bilingual("顧客の項目を伏せずに見る(記録される)", "see customer fields unmasked (logged)"),
    "export_figures": Bilingual("数字を書き出す", "export figures"),
    "export_rows": Bilingual("明細を書き出す(記録される)", "export rows (logged)"),
    "save_views": Bilingual("表示を保存する", "save views"),
    "see_data": Bilingual("取込の状況を見る", "see loads and completeness"),
    "load_data": Bilingual("取込・取込不可の修正・取消", "load, mend rejects, withdraw"),
    "read_definitions": Bilingual("定義を読む", "read definitions"),
    "edit_definitions": Bilingual("定義を変える", "change definitions"),
    "read_goals": Bilingual("目標と達成の見込みを見る", "see goals and where they stand"),
    "edit_team_goals": Bilingual("自分の範囲の目標を決める", "set goals within one's own scope"),
    "edit_goals": Bilingual("すべての目標を決める", "set all goals"),
    "see_cycles": Bilingual("改善サイクル・会議・コメントを見る", "see cycles, meetings and comments"),
    "write_cycles": Bilingual("改善サイクルと会議を進める", "open and move cycles, hold meetings"),
    "comment": Bilingual("コメント・称賛を書く", "write comments and praise"),
    "see_alerts": Bilingual("アラートを見る", "see alerts"),
    "handle_alerts": Bilingual("アラートを引き受ける・止める", "take, snooze and close alerts"),
    "see_reports": Bilingual("届いたレポートを読む", "read the reports sent to one"),
    "edit_schedules": Bilingual("レポートの定期配信を決める", "schedule reports"),
    "manage_webhooks": Bilingual("チャットへの通知先を決める", "set the chat rooms that take notices"),
    "plan_staffing": Bilingual("予測と要員計画を残す", "keep forecasts and staffing plans"),
    "edit_trees": Bilingual("ロジックツリーを変える", "change logic trees"),
    "see_people": Bilingual("利用者と権限を見る", "see people and roles"),
    "manage_people": Bilingual("利用者と権限を変える", "change people and roles"),
    "read_audit": Bilingual("監査記録を読む", "read the audit log"),
    "use_api": Bilingual("APIを使う", "use the API"),
}


@dataclass(frozen=True, slots=True)
class Role:
    """What people of one kind may do. ``needs_grants``: without any grant such a person sees nothing; else everything."""

    name: str
    label: Bilingual
    permissions: frozenset[str]
    needs_grants: bool = True
    rows: Rows = "none"


_READER = {
    "see_own",
    "see_figures",
    "read_goals",
    "see_cycles",
    "comment",
    "see_alerts",
    "see_reports",
    "read_definitions",
    "export_figures",
    "save_views",
    "use_api",
}
#: Who runs a team: works on its issues, decides who gets its reports.
_LEADER = {"write_cycles", "handle_alerts", "edit_schedules", "plan_staffing"}

ROLES: dict[str, Role] = {
    role.name: role
    for role in (
        Role("agent", Bilingual("担当者", "Agent"), frozenset({"see_own", "read_definitions", "read_goals"}), rows="full"),
        Role(
            "supervisor",
            Bilingual("スーパーバイザー", "Supervisor"),
            frozenset({*_READER, *_LEADER, "see_agents", "see_rows", "see_unmasked", "export_rows", "see_data", "edit_team_goals"}),
            rows="full",
        ),
        Role("qa", Bilingual("品質管理", "Quality"), frozenset({*_READER, "see_agents", "see_rows", "see_unmasked"}), rows="full"),
        Role(
            "analyst",
            Bilingual("アナリスト", "Analyst"),
            frozenset({*_READER, *_LEADER, "see_rows", "export_rows", "see_data", "load_data", "edit_trees"}),
            needs_grants=False,
            rows="masked",
        ),
        Role(
            "vendor_supervisor",
            Bilingual("委託先スーパーバイザー", "Outsourcer's supervisor"),
            frozenset({*_READER, "write_cycles", "handle_alerts", "see_agents", "see_rows", "see_unmasked", "export_rows"}),
            rows="full",
        ),
        Role("administrator", Bilingual("管理者", "Administrator"), frozenset(PERMISSIONS), needs_grants=False, rows="full"),
        Role(
            "auditor",
            Bilingual("監査人", "Auditor"),
            frozenset(
                {
                    "see_figures",
                    "see_rows",
                    "read_definitions",
                    "read_goals",
                    "see_cycles",
                    "see_alerts",
                    "see_reports",
                    "see_people",
                    "read_audit",
                    "see_data",
                }
            ),
            needs_grants=False,
            rows="masked",
        ),
    )
}

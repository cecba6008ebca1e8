"""The API: the questions of the pages as JSON, within the scope of the key, exactly as its document says."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from schema_check import faults
from site_world import MONTH

from rashin.web.pages.api import door
from rashin.web.people import actions
from rashin.web.people.models import ApiKey, AuditRow

ASK = f"/api/v1/ask?kpi=answer_rate&period={MONTH}"


@pytest.fixture
def key(people: dict[str, Any]) -> Callable[..., Client]:
    """``key("supervisor")``: a client that sends a key of that person; ``grants`` narrow it."""

    def make(role: str, grants: tuple[tuple[str, str], ...] = (), days: float = 1) -> Client:
        _, secret = actions.make_key(people[role], "test", timezone.now() + timedelta(days=days), grants)
        return Client(headers={"authorization": f"Bearer {secret}"}, enforce_csrf_checks=True)

    return make


def value(answer: Any) -> float:
    found: float = answer.json()["cells"][0]["value"]
    return found


def document() -> dict[str, Any]:
    found: dict[str, Any] = Client().get("/api/v1/openapi.json").json()
    return found


REAL = [
    ("/kpis", "/api/v1/kpis"),
    ("/kpis", "/api/v1/kpis?q=応答&size=2&page=2"),
    ("/kpis/{key}", "/api/v1/kpis/service_level"),
    ("/kpis/{key}", "/api/v1/kpis/monitoring_score"),
    ("/ask", ASK),
    (
        "/ask",
        f"/api/v1/ask?kpi=answer_rate&kpi=aht:seed&by=queue&by=hour&grain=day&period={MONTH}&compare=previous&w.channel=voice&size=50",
    ),
    ("/ask", "/api/v1/ask?kpi=labour_cost&kpi=nps&period=2001-01"),
    ("/compare", f"/api/v1/compare?kpi=service_level&period={MONTH}&p.target_s=30"),
    ("/rows", f"/api/v1/rows?kpi=answer_rate&period={MONTH}&size=5"),
    ("/rows", f"/api/v1/rows?kpi=answer_rate&period={MONTH}&part=excluded"),
    ("/rows", f"/api/v1/rows?kpi=csat&period={MONTH}&part=numerator"),
    ("/why", "/api/v1/why?kpi=answer_rate&period=2026-W43&w.channel=voice"),
    ("/why", "/api/v1/why?kpi=aht&period=2026-10&split=queue&w.weekday=1&o.weekday=2"),
    ("/trees", "/api/v1/trees"),
    ("/trees/{name}", "/api/v1/trees/handling?period=2026-W43"),
    ("/related", "/api/v1/related?about=aht&period=2026-08-01..2026-10-31"),
    ("/related", "/api/v1/related?kpi=aht&kpi=csat&grain=week&period=2001-01"),
    ("/control", "/api/v1/control?kpi=service_level&rules=1&drift=1&period=2026-08-01..2026-10-31"),
    ("/fair", "/api/v1/fair?kpi=aht&unit=agent&w.channel=voice&period=2026-08-01..2026-10-31"),
    ("/fair", "/api/v1/fair?kpi=csat&unit=team&even=0&period=2001-01"),
    ("/forecast", "/api/v1/forecast?days=2026-11-02..2026-11-08&slots=1"),
    ("/forecasts", "/api/v1/forecasts"),
    ("/staffing", "/api/v1/staffing?days=2026-11-02..2026-11-08&slots=1"),
    ("/staffing/plans", "/api/v1/staffing/plans"),
    ("/whatif", "/api/v1/whatif?period=2026-10&aht=-20&seats=2&on=1&from=9&to=12"),
    ("/peaks", "/api/v1/peaks?period=2026-10"),
    ("/goals", "/api/v1/goals"),
    ("/alerts", "/api/v1/alerts"),
    ("/cycles", "/api/v1/cycles?stage=do&q=%E5%BF%9C%E7%AD%94"),
    ("/loads", "/api/v1/loads?size=3"),
    ("/loads/{load_id}", "/api/v1/loads/1"),
]


@pytest.mark.parametrize(("path", "address"), REAL, ids=[address for _, address in REAL])
def test_real_answers_are_what_the_document_says(centre: Any, key: Callable[..., Client], path: str, address: str) -> None:
    said = document()
    answer = key("administrator").get(address)
    assert answer.status_code == 200, answer.content
    schema = said["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert faults(answer.json(), schema, said) == []


def test_every_address_of_the_document_has_a_real_answer_above() -> None:
    assert {
        path
        for path in document()["paths"]
        if path not in {"/openapi.json", "/goals/{name}", "/forecasts/{name}", "/staffing/plans/{name}", "/cycles/{id}", "/alerts/{id}"}
    } == {path for path, _ in REAL}


def test_every_reference_of_the_document_leads_somewhere() -> None:
    said = document()
    names = {part.split('"')[0] for part in json.dumps(said).split("#/components/schemas/")[1:]}
    assert names <= set(said["components"]["schemas"])
    assert said["openapi"].startswith("3.1")


BAD = [
    ("/api/v1/ask", 400, "kpi_missing"),
    ("/api/v1/ask?kpi=answer_rat", 404, "unknown_kpi"),
    ("/api/v1/ask?kpi=answer_rate:zz", 404, "unknown_variant"),
    ("/api/v1/ask?kpi=answer_rate&period=zz", 400, None),
    ("/api/v1/ask?kpi=answer_rate&by=zz", 400, "dimension_unknown"),
    ("/api/v1/ask?kpi=answer_rate&grain=zz", 400, None),
    ("/api/v1/ask?kpi=answer_rate&w.zz=1", 400, "dimension_unknown"),
    ("/api/v1/ask?kpi=answer_rate&priod=2026-10", 400, "parameter_unknown"),
    ("/api/v1/ask?kpi=answer_rate&page=0", 400, "page_invalid"),
    ("/api/v1/ask?kpi=answer_rate&size=x", 400, "number_expected"),
    ("/api/v1/ask?kpi=answer_rate&as_of=99999", 400, "snapshot_unknown"),
    ("/api/v1/ask?kpi=answer_rate&p.zz=1", 400, "param_unknown"),
    ("/api/v1/compare?kpi=answer_rate&kpi=aht", 400, "kpi_one"),
    ("/api/v1/rows?kpi=answer_rate&part=zz", 400, "part_unknown"),
    ("/api/v1/kpis/zz", 404, "unknown_kpi"),
    ("/api/v1/loads/99999", 404, "load_unknown"),
    ("/api/v1/why", 400, "kpi_missing"),
    ("/api/v1/why?kpi=aht&splt=queue", 400, "parameter_unknown"),
    ("/api/v1/why?kpi=aht&split=quue", 400, "dimension_unknown"),
    ("/api/v1/why?kpi=aht&period=2001-01", 400, "change_without_value"),
    ("/api/v1/trees/rech", 404, "unknown_tree"),
    ("/api/v1/fair", 400, "kpi_missing"),
    ("/api/v1/fair?kpi=volume", 400, "fair_no_quotient"),
    ("/api/v1/fair?kpi=aht&by=team", 400, "parameter_unknown"),
    ("/api/v1/control?kpi=aht&grain=hour", 400, "grain_unknown"),
    ("/api/v1/related?kpi=aht&lags=99", 400, "number_expected"),
    ("/api/v1/zz", 404, "unknown_address"),
    ("/api/v1/ask?kpi=" + "x" * 3000, 404, "unknown_kpi"),
    ("/api/v1/ask?kpi=%00&period=%00", 400, None),
]


@pytest.mark.parametrize(("address", "status", "code"), BAD, ids=[address[:60] for address, _, _ in BAD])
def test_what_cannot_be_answered_says_so_in_both_languages(
    centre: Any, key: Callable[..., Client], address: str, status: int, code: str | None
) -> None:
    answer = key("administrator").get(address)
    assert answer.status_code == status, answer.content
    assert faults(answer.json(), {"$ref": "#/components/schemas/Error"}, document()) == []
    assert code in (None, answer.json()["code"])


def test_without_a_key_in_force_nobody_comes_in(centre: Any, people: dict[str, Any], key: Callable[..., Client]) -> None:
    ended = key("analyst")
    ApiKey.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    revoked = key("analyst")
    actions.revoke_key(people["analyst"], ApiKey.objects.order_by("-pk").first().public_id)
    for client in (
        Client(),
        Client(headers={"authorization": "Bearer nonsense"}),
        Client(headers={"authorization": "Basic eA=="}),
        ended,
        revoked,
    ):
        answer = client.get(ASK)
        assert (answer.status_code, answer.json()["code"]) == (401, "key_needed")
        assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_key_of_somebody_who_left_ends(centre: Any, people: dict[str, Any], key: Callable[..., Client]) -> None:
    client = key("supervisor")
    assert client.get(ASK).status_code == 200
    actions.leave(people["administrator"], people["supervisor"].public_id, people["supervisor"].version)
    assert client.get(ASK).status_code == 401


def test_a_key_sees_what_its_person_sees_or_less(centre: Any, key: Callable[..., Client]) -> None:
    sizes = [
        key(*who).get(f"/api/v1/ask?kpi=handled&period={MONTH}")
        for who in (("analyst",), ("supervisor",), ("analyst", (("team", "sapporo-1"),)))
    ]
    everything, team, narrowed = (value(each) for each in sizes)
    assert everything > team > 0
    assert narrowed == team
    beyond = key("supervisor", (("team", "naha-1"),)).get(f"/api/v1/ask?kpi=handled&period={MONTH}").json()["cells"][0]
    assert not beyond["value"]


def test_the_api_gives_the_figure_of_the_page(centre: Any, key: Callable[..., Client], client_of: Callable[..., Any]) -> None:
    page = client_of("supervisor").get(f"/kpi/answer_rate/?period={MONTH}")
    assert value(key("supervisor").get(ASK)) == page.context["cell"].value


def test_roles_reach_what_their_permissions_say(centre: Any, people: dict[str, Any], key: Callable[..., Client]) -> None:
    with pytest.raises(Exception, match="not_allowed"):
        key("agent")
    qa, analyst = key("qa"), key("analyst")
    assert qa.get("/api/v1/loads").status_code == 403
    assert analyst.get("/api/v1/loads").status_code == 200
    for address in (f"{ASK}&by=agent", f"{ASK}&w.agent=sato.aoi", f"/api/v1/ask?kpi=monitoring_score&by=evaluator&period={MONTH}"):
        assert analyst.get(address).json()["code"] == "agents_by_name"
        assert qa.get(address).status_code == 200


def test_rows_are_masked_by_scope_and_logged(centre: Any, key: Callable[..., Client]) -> None:
    address = f"/api/v1/rows?kpi=answer_rate&period={MONTH}&size=20"
    seen = {role: {row["values"]["customer_key"] for row in key(role).get(address).json()["rows"]} for role in ("analyst", "supervisor")}
    assert seen["analyst"] <= {"***", None}
    assert not seen["supervisor"] & {"***"}
    line = AuditRow.objects.filter(action="rows_viewed").first()
    assert line.person == "supervisor@umineko.example"
    assert line.detail["rows"] == 20
    assert "customer_key" in line.detail["columns"]


def test_pages_of_cells_and_rows_make_up_the_whole(centre: Any, key: Callable[..., Client]) -> None:
    client = key("analyst")
    address = f"/api/v1/ask?kpi=volume&by=queue&grain=week&period={MONTH}"
    whole = client.get(address).json()
    cells, page = [], 1
    while page:
        part = client.get(f"{address}&size=7&page={page}").json()
        cells += part["cells"]
        page = part["paging"]["next"]
    assert cells == whole["cells"]
    assert len(cells) == whole["paging"]["total"]


def test_a_body_asks_the_same_as_an_address(centre: Any, key: Callable[..., Client]) -> None:
    client = key("analyst")
    body = {
        "kpis": ["answer_rate"],
        "period": MONTH,
        "by": ["queue"],
        "filters": {"channel": "voice", "team": [None, "sapporo-1"]},
        "compare": "previous",
    }
    posted = client.post("/api/v1/ask", json.dumps(body), content_type="application/json")
    got = client.get(f"{ASK}&by=queue&w.channel=voice&w.team=-&w.team=sapporo-1&compare=previous")
    assert posted.status_code == 200
    assert posted.json() == got.json()


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{",
        '{"kpis": "aht"}',
        '{"kpis": [1]}',
        '{"kpis": ["aht"], "size": true}',
        '{"kpi": ["aht"]}',
        '{"kpis": ["aht"], "filters": {"queue": [{}]}}',
        '{"kpis": ["aht"], "params": {"x": []}}',
        '{"kpis": ["aht"], "by": [[]]}',
        "[" * 9999,
    ],
)
def test_a_body_that_makes_no_sense_is_refused(centre: Any, key: Callable[..., Client], body: str) -> None:
    assert key("analyst").post("/api/v1/ask", body, content_type="application/json").status_code == 400


def test_an_answer_that_did_not_change_is_not_sent_again(own_centre: Any, key: Callable[..., Client]) -> None:
    client = key("analyst")
    tag = client.get(ASK)["ETag"]
    again = client.get(ASK, headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(f"{ASK}&by=queue")["ETag"] != tag
    assert key("supervisor").get(ASK)["ETag"] != tag
    own_centre.withdraw(1)
    later = client.get(ASK, headers={"if-none-match": tag})
    assert later.status_code == 200
    tag = later["ETag"]
    (own_centre.workspace.folder("kpis") / "answer_rate.toml").write_text("[answer_rate]\nmin_n = 3\n", "utf-8")
    own_centre.reload_definitions()
    assert client.get(ASK, headers={"if-none-match": tag}).status_code == 200


def test_a_key_may_ask_so_often_a_minute(centre: Any, key: Callable[..., Client], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "LIMIT", 3)
    monkeypatch.setattr("time.time", lambda: 1_800_000_010.0)  # ten seconds into a minute
    client, other = key("analyst"), key("analyst")
    assert [client.get("/api/v1/kpis").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert client.get("/api/v1/kpis")["Retry-After"] == "51"
    assert other.get("/api/v1/kpis").status_code == 200


def test_guessing_keys_is_slowed_down(centre: Any, people: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "FAILED_LIMIT", 3)
    client = Client(headers={"authorization": "Bearer guess"})
    assert [client.get("/api/v1/kpis").status_code for _ in range(4)] == [401, 401, 401, 429]


def test_a_session_may_read_but_not_post_without_its_token(centre: Any, client_of: Callable[..., Any]) -> None:
    client = client_of("analyst", enforce_csrf_checks=True)
    assert client.get(ASK).status_code == 200
    body = json.dumps({"kpis": ["answer_rate"], "period": MONTH})
    assert client.post("/api/v1/ask", body, content_type="application/json").json()["code"] == "csrf"
    assert client.delete("/api/v1/ask").status_code == 405
    assert client_of("agent").get(ASK).json()["code"] == "permission_missing"


def test_a_key_is_made_shown_once_used_and_revoked(centre: Any, client_of: Callable[..., Any]) -> None:
    client = client_of("supervisor")
    page = client.post("/api/keys/", {"label": "BI <b>", "days": "30", "dimension": "", "values": ""})
    secret = page.context["secret"]
    assert secret in page.content.decode()
    assert "BI <b>" not in page.content.decode()
    assert secret not in client.get("/api/").content.decode()
    assert Client(headers={"authorization": f"Bearer {secret}"}).get(ASK).status_code == 200
    kept = ApiKey.objects.get()
    assert kept.last_used_at is not None
    assert secret not in (kept.key_hash, kept.label)
    assert client_of("qa").post(f"/api/keys/{kept.public_id}/revoke/").status_code == 404
    assert client.post(f"/api/keys/{kept.public_id}/revoke/").status_code == 302
    assert Client(headers={"authorization": f"Bearer {secret}"}).get(ASK).status_code == 401
    assert list(AuditRow.objects.values_list("action", flat=True)) == ["key_revoked", "key_made"]


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"label": "x"},
        {"label": "x", "days": "9999"},
        {"label": "x", "days": "30", "dimension": "team"},
        {"label": "x", "days": "30", "dimension": "agent", "values": "a"},
    ],
)
def test_a_key_without_what_it_needs_is_refused(centre: Any, client_of: Callable[..., Any], form: dict[str, str]) -> None:
    assert client_of("supervisor").post("/api/keys/", form).status_code == 400
    assert not ApiKey.objects.exists()


def test_asking_costs_the_same_few_queries_whatever_is_asked(centre: Any, key: Callable[..., Client]) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = key("supervisor")
    client.get(ASK)
    counts = []
    for address in (ASK, f"{ASK}&by=queue&by=channel&grain=day"):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            client.get(address)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 4

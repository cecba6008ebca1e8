"""Questions that nobody means: every address of the API's document, and every page with filters, as every role. Never a 5xx, never a status the document does not
name, never an answer of another shape. ``RASHIN_FUZZ=2000`` asks so many questions of each role instead of a few."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone
from schema_check import faults
from scoped_routes import SCOPED
from site_world import MONTH, PEOPLE

from rashin.web.pages.api import door, openapi
from rashin.web.people import actions, limits

MANY = int(os.environ.get("RASHIN_FUZZ", "40"))
#: What breaks readers: signs that count as digits, ends of number ranges, names of the inside, texts without end, halves of characters, formulas, paths.
EVIL = [
    "", " ", "-", "--5", "²", "٣", "1", "２０２６", "0", "-1", "1e999", "nan", "inf", "9" * 30, "9" * 5000, "0x10", "null", "true", "[]", "{}", "\u0000", "\ufffe",
    "\U0001f600", "\u202e", "a\r\nX-Y: z", "'", '"', "'; DROP TABLE contact; --", "../../etc/passwd", "=1+1", "<script>", "%", "%00", "x" * 5000, "_", "__class__",
    "{0}", "{{7*7}}", "contact", "null, null", "*", "()", "2026-13", "2026-02-30", "0000-01", "9999-12", "9999-12-31..0001-01-01", "FY9999", "FY0", "2026-W54",
    "last 999999999 days", "last 0 days", "0001-01-01..9999-12-31", "minute", "-0", "1,2", "+1", "\ufeff", "か" * 300,
]  # fmt: skip
GOOD: dict[str, list[str]] = {
    "kpi": ["answer_rate", "service_level", "aht", "aht:seed", "nps", "labour_cost", "volume", "csat"],
    "period": [MONTH, "2026-10-01..2026-10-03", "latest week", "2001-01", "FY2026"],
    "by": ["queue", "team", "hour", "weekday", "agent", "channel", "day"],
    "grain": ["day", "week", "month", "hour", "half_hour", "15min", "year"],
    "compare": ["previous", "last_year", "none", MONTH],
    "w.queue": ["reservation", "-"],
    "w.team": ["sapporo-1", "naha-1"],
    "w.agent": ["sato.aoi"],
    "p.target_s": ["30", "0.5"],
    "as_of": ["1", "2"],
    "dense": ["0", "1"],
    "page": ["1", "2"],
    "size": ["1", "5000"],
    "part": ["numerator", "denominator", "excluded"],
    "bucket": ["2026-10-01", "2026-10"],
    "slice": ["queue", "agent"],
    "sort": ["value"],
    "q": ["応答"],
    "family": ["response"],
    "priority": ["5"],
    "key": ["answer_rate", "nps"],
    "load_id": ["1", "2"],
}


def value(chance: random.Random, name: str) -> str:
    """Mostly something that makes sense, so that what lies behind the first check is reached too."""
    known = GOOD.get(name, [])
    return chance.choice(known) if known and chance.random() < 0.7 else chance.choice(EVIL)


def query(chance: random.Random, names: list[str]) -> str:
    chosen = chance.sample(names, min(len(names), chance.randrange(1, 6)))
    return urlencode([(name, value(chance, name)) for name in chosen for _ in range(chance.choice([1, 1, 2]))])


def body(chance: random.Random) -> str:
    """A question as JSON; sometimes of wrong types, sometimes no JSON."""
    odd: list[Any] = [
        None,
        True,
        -1,
        10**30,
        1.5,
        float("nan"),
        [],
        [[]],
        {},
        {"a": {}},
        "x",
        ["\ud800"],
        {"queue": [True]},
        {"queue": [None, 10**20, 1.5]},
        {"": []},
    ]
    made: dict[str, Any] = {"kpis": [value(chance, "kpi")], "period": MONTH}
    for name in chance.sample(["kpis", "period", "by", "grain", "filters", "compare", "as_of", "params", "dense", "page", "size", "zz"], 3):
        plain: dict[str, Any] = {"kpis": [value(chance, "kpi")], "by": [value(chance, "by")], "filters": {value(chance, "by"): [value(chance, "w.team")]},
                                 "params": {"target_s": chance.choice([30, 1e308, -5, "x", 10**400])}}  # fmt: skip
        made[name] = chance.choice(odd) if chance.random() < 0.5 else plain.get(name, value(chance, name))
    text = json.dumps(made)
    return text if chance.random() < 0.9 else chance.choice(["", "[]", "{", '"x"', "[" * 10_000, text[:-3], "\ufeff" + text])


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "LIMIT", 10**9)
    monkeypatch.setattr(limits, "PER_MINUTE", dict.fromkeys(limits.PER_MINUTE, 10**9))


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in openapi.document()["paths"].items():
        for method, said in methods.items():
            yield path, method, said


@pytest.mark.parametrize("role", PEOPLE)
def test_the_api_answers_as_its_document_says_whatever_is_asked(
    role: str, centre: Any, people: dict[str, Any], unhurried: None, client_of: Callable[..., Any]
) -> None:
    chance, said = random.Random(f"api {role}"), openapi.document()
    headers = {}
    if people[role].may("use_api"):
        _, secret = actions.make_key(people[role], "fuzz", timezone.now() + timedelta(days=1))
        headers = {"authorization": f"Bearer {secret}"}
    client: Client = client_of(role) if not headers else Client(headers=headers)
    known, wrong = list(operations()), []
    for number in range(MANY):
        path, method, told = known[number % len(known)]
        address = "/api/v1" + path.replace("{key}", value(chance, "key").strip("/") or "x").replace("{load_id}", value(chance, "load_id"))
        names = [
            each["name"].replace("w.<dimension>", "w.team").replace("p.<parameter>", "p.target_s") for each in told.get("parameters", [])
        ]
        sent = body(chance)
        if method == "post":
            answer = client.post(address, sent.encode("utf-8", "replace"), content_type="application/json")
        else:
            address = address.replace("%", "%25").replace("?", "%3F").replace("#", "%23")
            answer = client.get(f"{address}?{query(chance, names or ['q'])}")
        asked = (role, method, address[:200], answer.request.get("QUERY_STRING", "")[:300], sent[:300] if method == "post" else "")
        wrong += [(str(answer.status_code), *asked)] if answer.status_code >= 500 else []
        schema = told["responses"].get(str(answer.status_code), {}).get("content", {}).get("application/json", {}).get("schema")
        if str(answer.status_code) not in told["responses"] and not _no_such_address(answer):
            wrong.append((f"{answer.status_code} is not in the document", *asked))
        elif schema:
            wrong += [(fault, *asked) for fault in faults(_strict(answer.content), schema, said)[:1]]
    assert not wrong, "\n".join(map(str, wrong))


def _no_such_address(answer: Any) -> bool:
    """A path parameter that is none leads to no operation of the document."""
    return answer.status_code in (301, 302, 404)


def _strict(content: bytes) -> Any:
    """JSON has no NaN and no Infinity."""
    return json.loads(content, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))


@pytest.mark.parametrize("role", PEOPLE)
def test_no_page_breaks_on_an_address_that_makes_no_sense(role: str, centre: Any, unhurried: None, client_of: Callable[..., Any]) -> None:
    chance, client = random.Random(f"pages {role}"), client_of(role)
    names = [name for name in GOOD if name not in {"key", "load_id"}] + [
        "chart",
        "columns",
        "rows",
        "n",
        "title",
        "where",
        "v",
        "variant",
        "kpis",
        "show",
        "from",
        "to",
    ]
    pages = [route.split("?")[0] for route in SCOPED] + [
        "/data/", "/data/calendar/", "/data/snapshots/", "/definitions/", "/people/", "/audit/", "/account/", "/data/loads/1/", "/data/loads/1/rejects/",
    ]  # fmt: skip
    wrong = []
    for number in range(MANY):
        address = f"{pages[number % len(pages)]}?{query(chance, names)}"
        answer = client.get(address)
        wrong += [(answer.status_code, role, address[:500])] if answer.status_code >= 500 else []
    assert not wrong, "\n".join(map(str, wrong))

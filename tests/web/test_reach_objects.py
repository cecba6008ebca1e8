"""Things of others by their ids – uploads, jobs, snapshots, alerts, goals: not to be seen, not to be told from what does not exist, by body or by time."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable
from typing import Any

import pytest

from rashin.web.pages.data import jobs
from rashin.web.people.models import Grant, Person, SavedView


def body(answer: Any) -> str:
    """What an answer says, without tokens and addresses that were asked for."""
    return re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": "|name="next" value=")[^"]*', "", answer.text)


def test_an_upload_on_its_way_is_nobodys_who_may_not_load_everything(
    own_centre: Any, people: dict[str, Person], client_of: Callable[..., Any]
) -> None:
    """The mapping of a file shows its rows; an analyst of one team may see none of another's."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    rows = "誰,何,秘密\r\n那覇の誰か,naha-1,090-0000-1111\r\n".encode("cp932")
    sent = client_of("administrator").post("/data/upload/", {"files": SimpleUploadedFile("秘密の表.csv", rows)})
    batch = sent.headers["Location"].strip("/").split("/")[-1]
    job = jobs.of_batch(batch)[0]
    assert client_of("administrator").get(f"/data/uploads/{batch}/").status_code == 200
    Grant.objects.create(person=people["analyst"], dimension="team", value="sapporo-1")
    limited = client_of(Person.objects.get(pk=people["analyst"].pk))
    for method, address in (
        ("get", "/data/uploads/{}/"),
        ("get", "/data/jobs/{}/mapping/"),
        ("post", "/data/jobs/{}/mapping/"),
        ("post", "/data/jobs/{}/stop/"),
    ):
        theirs, none = (getattr(limited, method)(address.format(each)) for each in (batch if "uploads" in address else job.id, "AbSeNt"))
        assert (theirs.status_code, none.status_code) == (404, 404), address
        assert body(theirs) == body(none)
        assert "秘密" not in theirs.text
    assert job.state == "needs_mapping"  # and nothing happened to it
    jobs.stop(job)


@pytest.mark.parametrize("role", ["supervisor", "auditor"])
def test_what_a_snapshot_changed_is_told_within_the_scope(centre: Any, client_of: Callable[..., Any], role: str) -> None:
    client = client_of(role)
    newest = centre.snapshot()
    page = client.get(f"/data/snapshots/{newest}/changes/")
    assert page.status_code == 200
    if role == "supervisor":
        assert not re.search(r"naha-\d|hoshizora-|那覇第|ほしぞら", page.text)
    for absent in (newest + 1, 999_999, 0):
        assert client.get(f"/data/snapshots/{absent}/changes/").status_code == 404
        assert client.get(f"/data/snapshots/{absent}/").status_code == 404


def test_somebody_elses_and_absent_take_the_same_time(centre: Any, people: dict[str, Person], client_of: Callable[..., Any]) -> None:
    """Less than 5 ms apart (median of 15 each, in turn, processor's time), for a view, a key, an alert and a goal."""
    from datetime import timedelta

    from django.utils import timezone

    from rashin.web.acts.actions import alerts
    from rashin.web.acts.looking import look
    from rashin.web.people import actions
    from rashin.web.people import scope as scopes

    view = SavedView.objects.create(owner=people["qa"], name="theirs", path="/explore/", query="kpi=aht")
    key, _ = actions.make_key(people["qa"], "theirs", timezone.now() + timedelta(days=1))
    boss = people["administrator"]
    name, plain = next(iter(look(scopes.of(boss), named=True).found.items()))
    row = alerts.take(boss, name, plain, 0)
    client = client_of("supervisor")
    absent = "AAAAAAAAAAAAAAAAAAAAAA"
    for method, address, theirs in (
        ("post", "/explore/views/{}/", view.public_id),
        ("post", "/api/keys/{}/revoke/", key.public_id),
        ("get", "/alerts/{}/", row.public_id),
    ):
        took: dict[str, list[float]] = {theirs: [], absent: []}
        for number in range(32):
            each = (theirs, absent)[number % 2]
            began = time.process_time()
            answer = getattr(client, method)(address.format(each), {"action": "remove", "name": "x"} if method == "post" else {})
            took[each].append(time.process_time() - began)
            assert answer.status_code == 404
        one, other = (statistics.median(each[1:]) for each in took.values())
        assert abs(one - other) < 0.005, (address, one, other)

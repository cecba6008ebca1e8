"""Friday 18:00 the weekly report is in the mailboxes, in each reader's language; who opens it finds what the mail said."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from post_office import open_office

FRIDAY = datetime(2026, 10, 23, 9, 0, tzinfo=UTC)  # 18:00 in Tokyo


def test_a_weekly_report_is_set_up_sent_and_read(
    page_for: Callable[..., Any],
    check_accessible: Callable[[Any], None],
    people: dict[str, Any],
    client_of: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from django.test import override_settings

    from rashin.web.acts.models import Schedule
    from rashin.web.tick.run import tick

    monkeypatch.setattr("rashin.web.acts.watching.look_everywhere", lambda: ({}, False))
    page = page_for("administrator", lang="en")
    page.goto("/reports/")
    page.get_by_text("There are no reports yet.").wait_for()
    check_accessible(page)
    page.get_by_role("link", name="Have them sent every week or month").click()
    page.get_by_text("No mail server is set").wait_for()
    page.get_by_label("Name", exact=True).fill("Weekly <b>report</b>")
    page.get_by_label(re.compile(people["supervisor"].name)).check()
    page.get_by_label("PDF").uncheck()
    page.locator("summary", has_text="Which KPIs").click()
    page.get_by_label("Answer rate", exact=True).check()
    check_accessible(page)
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved. Next: Fri").wait_for()
    page.get_by_role("heading", name="Weekly <b>report</b>").wait_for()
    check_accessible(page)

    Schedule.objects.update(created_at=datetime(2026, 10, 20, tzinfo=UTC), last_slot="")
    people["administrator"].__class__.objects.filter(role="administrator").update(language="en")
    with open_office() as office:
        mail = {"SENDS_MAIL": True, "EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": office.port, "EMAIL_USE_TLS": False, "EMAIL_USE_SSL": False}
        rest = {"EMAIL_HOST_USER": "", "EMAIL_HOST_PASSWORD": "", "DEFAULT_FROM_EMAIL": "rashin@umineko.example"}
        with override_settings(**mail, **rest):
            assert tick(FRIDAY).counts == {"reports": 1, "sent": 2}
        (boss,), (team,) = office.to("administrator@umineko.example"), office.to("supervisor@umineko.example")
    assert "Answer rate" in boss.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    told = team.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    link = re.search(r"http\S+(/reports/\S+/)", told)
    assert link

    reader = page_for("supervisor", width=375, scheme="dark")
    reader.goto(link[1])
    reader.get_by_role("heading", name="データの充足状況").wait_for()
    reader.get_by_role("rowheader", name="接続品質").wait_for()
    check_accessible(reader)
    page.goto("/reports/-/deliveries/")
    page.get_by_role("cell", name=people["supervisor"].name).wait_for()
    check_accessible(page)
    assert client_of("qa").get(link[1]).status_code == 404

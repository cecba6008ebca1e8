"""Who may open what: every address of the site × every role. A route without an entry here fails, and so does an entry without a route."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from rashin.web.people.models import Person

#: Letters of the table: X nobody signed in, A agent, S supervisor, Q quality, N analyst, V outsourcer's supervisor, D administrator, U auditor.
ROLES = {
    "X": None, "A": "agent", "S": "supervisor", "Q": "qa", "N": "analyst", "V": "vendor_supervisor", "D": "administrator", "U": "auditor",
}  # fmt: skip
EVERYBODY = "ASQNVDU"

#: Route, method, address, who comes in, what they get. Everybody else: 403, and who is not signed in is led to the sign-in page (the API: 401).
TABLE = """
overview                             GET  /                                        SQNVDU   200
overview-more                        GET  /more/                                   SQNVDU   200
kpi                                  GET  /kpi/service_level/                      SQNVDU   200
kpi-slices                           GET  /kpi/service_level/slices/?by=queue      SQNVDU   200
kpi-hours                            GET  /kpi/service_level/hours/                SQNVDU   200
kpi-spread                           GET  /kpi/aht/spread/?period=2026-10          SQNVDU   200
kpi-variants                         GET  /kpi/service_level/variants/             SQNVDU   200
kpi-causes                           GET  /kpi/service_level/causes/               SQNVDU   200
kpi-rows                             GET  /kpi/service_level/rows/?period=2026-10  SQNVDU   200
explore                              GET  /explore/                                SQNVDU   200
explore-kpis                         GET  /explore/kpis/                           SQNVDU   200
explore-download                     GET  /explore/download/absent/                SQNVD    404
explore-save                         POST /explore/views/                          SQNVD    400
explore-change                       POST /explore/views/absent/                   SQNVD    404
why                                  GET  /why/?period=2026-W43                     SQNVDU   200
why-along                            GET  /why/along/?kpi=aht&period=2026-W43       SQNVDU   200
why-segments                         GET  /why/segments/?split=queue&period=2026-W43 SQNVDU 200
why-download                         GET  /why/download/csv/?period=2026-W43        SQNVD    200
tree                                 GET  /tree/                                    SQNVDU   200
tree-one                             GET  /tree/satisfaction/?period=2026-W43       SQNVDU   200
tree-add                             GET  /tree/-/new/                              ND       200
tree-edit                            GET  /tree/reach/edit/                         ND       200
tree-check                           POST /tree/reach/check/                        ND       200
tree-remove                          POST /tree/absent/remove/                      ND       404
tree-restore                         POST /tree/absent/restore/                     ND       404
tree-version                         GET  /tree/reach/history/99/                   SQNVDU   404
related                              GET  /related/?period=2026-W43                 SQNVDU   200
related-chart                        GET  /related/chart/?kpi=aht&period=2026-W43   SQNVDU   200
related-download                     GET  /related/download/csv/?period=2026-W43    SQNVD    200
fair                                 GET  /fair/?period=2026-W43                    SQNVDU   200
fair-download                        GET  /fair/download/csv/?period=2026-W43       SQNVD    200
forecast                             GET  /forecast/?unit=all                      SQNVDU   200
forecast-download                    GET  /forecast/download/absent/               SQNVD    404
forecast-keep                        POST /forecast/keep/                          SND      400
forecast-kept                        GET  /forecast/kept/                          SQNVDU   200
forecast-review                      GET  /forecast/kept/absent/                   SQNVDU   404
forecast-review-download             GET  /forecast/kept/absent/download/csv/      SQNVD    404
forecast-today                       GET  /forecast/today/?unit=all                SQNVDU   200
forecast-marks                       GET  /forecast/marks/                         SQNVDU   200
forecast-mark                        POST /forecast/marks/add/                     SND      400
forecast-unmark                      POST /forecast/marks/absent/remove/           SND      404
staffing                             GET  /staffing/                               SQNVDU   200
staffing-stop                        POST /staffing/stop/                          SQNVDU   404
staffing-download                    GET  /staffing/download/absent/               SQNVD    404
staffing-keep                        POST /staffing/keep/                          SND      302
staffing-kept                        GET  /staffing/kept/                          SQNVDU   200
staffing-review                      GET  /staffing/kept/absent/                   SQNVDU   404
staffing-review-download             GET  /staffing/kept/absent/download/csv/      SQNVD    404
staffing-back                        GET  /staffing/back/                          SQNVDU   200
staffing-roster                      GET  /staffing/roster/                        SQVD     200
staffing-roster-download             GET  /staffing/roster/download/absent/        SQVD     404
staffing-settings                    GET  /staffing/settings/                      ND       200
staffing-settings-check              POST /staffing/settings/check/                ND       200
staffing-settings-version            GET  /staffing/settings/versions/99/          ND       404
staffing-settings-restore            POST /staffing/settings/versions/99/restore/  ND       404
whatif                               GET  /whatif/                                 SQNVDU   200
peaks                                GET  /peaks/                                  SQNVDU   200
peaks-download                       GET  /peaks/download/csv/                     SQNVD    200
api-forecast                         GET  /api/v1/forecast?unit=all                SQNVD    200
api-forecasts-kept                   GET  /api/v1/forecasts                        SQNVD    200
api-forecast-review                  GET  /api/v1/forecasts/absent                 SQNVD    404
api-staffing                         GET  /api/v1/staffing                         SQNVD    200
api-staffing-plans                   GET  /api/v1/staffing/plans                   SQNVD    200
api-staffing-review                  GET  /api/v1/staffing/plans/absent            SQNVD    404
api-whatif                           GET  /api/v1/whatif                           SQNVD    200
api-peaks                            GET  /api/v1/peaks                            SQNVD    200
mine-rows                            GET  /mine/absent/rows/                       ASQNVD   404
data                                 GET  /data/                                   SNDU     200
data-calendar                        GET  /data/calendar/                          SNDU     200
data-snapshots                       GET  /data/snapshots/                         SNDU     200
data-snapshot                        GET  /data/snapshots/3/                       SNDU     200
data-changes                         GET  /data/snapshots/3/changes/               SNDU     200
data-load                            GET  /data/loads/1/                           SNDU     200
data-rejects                         GET  /data/loads/1/rejects/                   SNDU     200
data-rejects-file                    GET  /data/loads/1/rejects.csv                SNDU     200
data-file                            GET  /data/loads/1/file/                      D        200
data-mend                            POST /data/loads/999/mend/                    ND       404
data-withdraw                        POST /data/loads/999/withdraw/                ND       404
data-again                           POST /data/loads/999/again/                   ND       404
data-upload                          POST /data/upload/                            ND       400
data-progress                        GET  /data/uploads/absent/                    ND       404
data-stop                            POST /data/jobs/absent/stop/                  ND       404
data-mapping                         GET  /data/jobs/absent/mapping/               ND       404
data-personal                        GET  /data/personal/                          DU       200
data-personal-look                   POST /data/personal/look/                     D        400
data-personal-ask                    POST /data/personal/ask/                      D        400
data-personal-retire                 POST /data/personal/retire/                   D        302
data-personal-decide                 POST /data/personal/requests/absent/          D        404
definitions                          GET  /definitions/                            ASQNVDU  200
definitions-one                      GET  /definitions/service_level/              ASQNVDU  200
definitions-version                  GET  /definitions/service_level/history/99/   ASQNVDU  404
definitions-add                      GET  /definitions/new-kpi/                    D        200
definitions-edit                     GET  /definitions/service_level/edit/         D        200
definitions-check                    POST /definitions/service_level/check/        D        200
definitions-restore                  POST /definitions/service_level/restore/      D        400
goals                                GET  /goals/                                  ASQNVDU  200
goals-one                            GET  /goals/absent/                           ASQNVDU  404
goals-version                        GET  /goals/absent/history/1/                 SQNVDU   404
goals-presets                        GET  /goals/-/presets/                        SQNVDU   200
goals-export                         GET  /goals/-/export/                         SQNVD    200
goals-add                            GET  /goals/-/new/                            SD       200
goals-check                          POST /goals/-/check/                          SD       200
goals-adopt                          POST /goals/-/adopt/                          SD       404
goals-import                         GET  /goals/-/import/                         SD       200
goals-edit                           GET  /goals/absent/edit/                      SD       404
goals-restore                        POST /goals/absent/restore/                   SD       404
goals-remove                         POST /goals/absent/remove/                    SD       404
alerts                               GET  /alerts/                                 SQNVDU   200
alerts-summary                       GET  /alerts/-/summary/                       SQNVDU   200
alerts-one                           GET  /alerts/absent/                          SQNVDU   404
alerts-causes                        GET  /alerts/absent/causes/                   SQNVDU   404
alerts-act                           POST /alerts/absent/take/                     SNVD     404
reports                              GET  /reports/                                SQNVDU   200
reports-make                         GET  /reports/-/new/                          SQNVD    200
reports-one                          GET  /reports/absent/                         SQNVDU   404
reports-file                         GET  /reports/absent/file/pdf/                SQNVD    404
reports-schedules                    GET  /reports/-/schedules/                    SND      200
reports-schedule-add                 GET  /reports/-/schedules/new/                SND      200
reports-schedule                     GET  /reports/-/schedules/absent/             SND      404
reports-schedule-act                 POST /reports/-/schedules/absent/pause/       SND      404
reports-rooms                        GET  /reports/-/rooms/                        D        200
reports-room-act                     POST /reports/-/rooms/absent/test/            D        404
reports-deliveries                   GET  /reports/-/deliveries/                   SND      200
reports-delivery-act                 POST /reports/-/deliveries/999/again/         D        404
account-notices                      POST /account/notices/                        ASQNVDU  302
cycles                               GET  /cycles/                                 SQNVDU   200
cycles-add                           GET  /cycles/-/new/                           SNVD     200
cycles-weigh                         POST /cycles/-/weigh/                         SNVD     200
cycles-units                         POST /cycles/-/units/                         SNVD     200
cycles-causes                        POST /cycles/-/causes/                        SNVD     200
cycles-attach                        POST /cycles/-/files/absent/                  SNVD     404
cycles-one                           GET  /cycles/absent/                          SQNVDU   404
cycles-edit                          GET  /cycles/absent/edit/                     SNVD     404
cycles-check                         GET  /cycles/absent/check/                    SQNVDU   404
cycles-file                          GET  /cycles/absent/files/absent/             SQNVDU   404
cycles-entry                         POST /cycles/absent/entries/absent/done/      SNVD     404
cycles-act                           POST /cycles/absent/move/                     SNVD     404
review                               GET  /review/                                 SQNVDU   200
review-open                          POST /review/-/open/                          SNVD     400
review-kpis                          GET  /review/-/kpis/                          SQNVDU   200
review-plan                          POST /review/-/kpis/plan/                     SNVD     404
review-done                          POST /review/-/kpis/done/                     SNVD     400
review-praise                        GET  /review/-/praise/                        SQNVDU   200
review-praise-act                    POST /review/-/praise/absent/withdraw/        SQNVD    404
review-one                           GET  /review/absent/                          SQNVDU   404
review-act                           POST /review/absent/close/                    SNVD     404
talk                                 GET  /talk/                                   SQNVDU   200
talk-seen                            POST /talk/seen/                              SQNVDU   302
talk-thread                          GET  /talk/thread/?about=kpi&thing=aht        SQNVDU   200
talk-say                             POST /talk/say/                               SQNVD    404
talk-people                          GET  /talk/people/?about=kpi&thing=aht        SQNVD    200
talk-go                              GET  /talk/to/absent/                         SQNVDU   404
talk-act                             POST /talk/absent/remove/                     SQNVD    404
api-cycles                           GET  /api/v1/cycles                           SQNVD    200
api-cycle                            GET  /api/v1/cycles/absent                    SQNVD    404
people                               GET  /people/                                 DU       200
people-roles                         GET  /people/roles/                           DU       200
people-invite                        GET  /people/invite/                          D        200
people-withdraw                      POST /people/invitations/999/withdraw/        D        404
people-one                           GET  /people/{qa}/                            DU       200
people-act                           POST /people/absent/leave/                    D        404
audit                                GET  /audit/                                  DU       200
audit-verify                         POST /audit/verify/                           DU       200
audit-export                         POST /audit/export/                           DU       200
mine                                 GET  /mine/                                   ASQNVD   200
account                              GET  /account/                                ASQNVDU  200
account-join                         GET  /account/join/                           *        404
account-join-token                   GET  /account/join/absent/                    *        302
api                                  GET  /api/                                    SQNVD    200
api-make-key                         POST /api/keys/                               SQNVD    400
api-revoke-key                       POST /api/keys/absent/revoke/                 SQNVD    404
api-openapi                          GET  /api/v1/openapi.json                     *        200
api-kpis                             GET  /api/v1/kpis                             SQNVD    200
api-kpi                              GET  /api/v1/kpis/service_level               SQNVD    200
api-ask                              GET  /api/v1/ask?kpi=service_level            SQNVD    200
api-compare                          GET  /api/v1/compare?kpi=service_level        SQNVD    200
api-rows                             GET  /api/v1/rows?kpi=service_level&period=2026-10  SQNVD  200
api-loads                            GET  /api/v1/loads                            SND      200
api-load                             GET  /api/v1/loads/1                          SND      200
api-why                              GET  /api/v1/why?kpi=aht&period=2026-W43       SQNVD    200
api-trees                            GET  /api/v1/trees                             SQNVD    200
api-tree                             GET  /api/v1/trees/handling?period=2026-W43    SQNVD    200
api-related                          GET  /api/v1/related?period=2026-W43           SQNVD    200
api-control                          GET  /api/v1/control?kpi=aht&period=2026-W43   SQNVD    200
api-fair                             GET  /api/v1/fair?kpi=aht&period=2026-W43      SQNVD    200
api-goals                            GET  /api/v1/goals                            SQNVD    200
api-goal                             GET  /api/v1/goals/absent                     SQNVD    404
api-alerts                           GET  /api/v1/alerts                           SQNVD    200
api-alert                            GET  /api/v1/alerts/absent                    SQNVD    404
api-nothing                          GET  /api/v1/absent                           *        404
api-nothing-here                     GET  /api/v1/                                 *        404
account_login                        GET  /sign/login/                             X        200
account_logout                       GET  /sign/logout/                            ASQNVDU  200
account_inactive                     GET  /sign/inactive/                          *        200
account_reauthenticate               GET  /sign/again/                             ASQNVDU  200
account_change_password              GET  /sign/password/change/                   ASQNVDU  200
account_set_password                 GET  /sign/password/set/                      ASQNVDU  302
account_reset_password               GET  /sign/password/reset/                    *        200
account_reset_password_done          GET  /sign/password/reset/done/               *        200
account_reset_password_from_key      GET  /sign/password/reset/key/1-absent/       *        200
account_reset_password_from_key_done GET  /sign/password/reset/key/done/           *        200
mfa_index                            GET  /sign/2fa/                               ASQNVDU  200
mfa_authenticate                     GET  /sign/2fa/authenticate/                  *        302
mfa_reauthenticate                   GET  /sign/2fa/again/                         ASQNVDU  302
mfa_activate_totp                    GET  /sign/2fa/app/activate/                  ASQNVDU  302
mfa_deactivate_totp                  GET  /sign/2fa/app/deactivate/                ASQNVDU  404
mfa_view_recovery_codes              GET  /sign/2fa/codes/                         ASQNVDU  404
mfa_generate_recovery_codes          GET  /sign/2fa/codes/generate/                ASQNVDU  302
mfa_download_recovery_codes          GET  /sign/2fa/codes/download/                ASQNVDU  404
usersessions_list                    GET  /sign/sessions/                          ASQNVDU  200
socialaccount_login_cancelled        GET  /sign/sso/cancelled/                     *        200
socialaccount_login_error            GET  /sign/sso/error/                         *        401
openid_connect_login                 GET  /sign/oidc/absent/login/                 *        404
openid_connect_callback              GET  /sign/oidc/absent/login/callback/        *        404
account_signup                       GET  /sign/signup/                            *        404
account_email                        GET  /sign/email/                             *        404
account_email_verification_sent      GET  /sign/email/sent/                        *        404
account_confirm_email                GET  /sign/email/confirm/x/                   *        404
account_confirm_login_code           GET  /sign/login/code/                        *        404
socialaccount_signup                 GET  /sign/sso/signup/                        *        404
socialaccount_connections            GET  /sign/sso/                               *        404
language                             POST /language/                               *        302
healthz                              GET  /healthz                                 *        200
readyz                               GET  /readyz                                  *        200
"""

#: What is no page but leads on: signed-in people have nothing to do at the sign-in page; an agent begins at their own page.
INSTEAD = {("account_login", role): 302 for role in EVERYBODY} | {("overview", "A"): 302, ("account_logout", "X"): 302}
#: Refused rows hold raw text of customers: only who may mend them gets the file; for others it does not exist.
INSTEAD |= {("data-rejects-file", role): 404 for role in "SU"}
#: A KPI is everybody's: its review is written down by those who see the whole centre.
INSTEAD |= {("review-done", role): 404 for role in "SV"}

#: The staffing file is the whole centre's: for somebody of a limited scope it does not exist.
INSTEAD |= {(f"staffing-settings{each}", "S"): 404 for each in ("", "-check", "-version", "-restore")}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the table."""

    route: str
    method: str
    address: str
    come_in: str
    status: int

    def expected(self, letter: str) -> int:
        """Return the status that somebody of that role must get."""
        if (self.route, letter) in INSTEAD:
            return INSTEAD[self.route, letter]
        if letter in self.come_in or self.come_in == "*":
            return self.status
        if letter == "X":
            return 401 if self.address.startswith("/api/v1") else 302
        return 403


ENTRIES = [
    Entry(route, method, address, come_in, int(status))
    for route, method, address, come_in, status in (line.split() for line in TABLE.strip().splitlines())
]


def routes() -> Iterator[tuple[str, Any]]:
    """Every route of the site: its name and its view."""
    from django.urls import get_resolver

    waiting = list(get_resolver().url_patterns)
    while waiting:
        pattern = waiting.pop()
        if hasattr(pattern, "url_patterns"):
            waiting.extend(pattern.url_patterns)
        else:
            yield pattern.name, pattern.callback


def test_the_table_has_exactly_the_routes_of_the_site() -> None:
    names = [name for name, _ in routes()]
    assert None not in names
    assert sorted(set(names)) == sorted(entry.route for entry in ENTRIES)


def test_every_view_says_who_may_open_it() -> None:
    from rashin.web.people.roles import PERMISSIONS

    marks = {name: getattr(view, "access", "no mark") for name, view in routes()}
    assert {name: mark for name, mark in marks.items() if mark not in {None, "", *PERMISSIONS}} == {}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.route)
def test_each_role_gets_what_the_table_says(entry: Entry, client_of: Callable[..., Any], people: dict[str, Person]) -> None:
    address = entry.address.format(qa=people["qa"].public_id)
    got, expected = {}, {}
    for letter, role in ROLES.items():
        client = client_of(role)
        answer = client.get(address) if entry.method == "GET" else client.post(address)
        got[letter], expected[letter] = answer.status_code, entry.expected(letter)
        if answer.status_code == 302 and letter == "X" and entry.status != 302 and entry.route != "account_logout":
            assert answer.headers["Location"].startswith("/sign/login/?next="), answer.headers["Location"]
    assert got == expected


@pytest.mark.parametrize("entry", [each for each in ENTRIES if each.method == "POST"], ids=lambda entry: entry.route)
def test_what_changes_something_wants_the_token_of_its_form(entry: Entry, client_of: Callable[..., Any]) -> None:
    """And is no address that one can be led to: GET does nothing."""
    client = client_of("administrator", enforce_csrf_checks=True)
    answer = client.post(entry.address.format(qa="absent"))
    assert answer.status_code == 403
    assert client.get(entry.address.format(qa="absent")).status_code in {200, 404, 405}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.route)
def test_no_address_takes_a_post_without_the_token(entry: Entry, client_of: Callable[..., Any], people: dict[str, Person]) -> None:
    """Not the ones whose table entry is a GET either: the same address often takes a form."""
    client = client_of("administrator", enforce_csrf_checks=True)
    answer = client.post(entry.address.format(qa=people["qa"].public_id))
    assert answer.status_code in ({403, 404, 405} if entry.address.startswith("/api/v1") else {403}), answer.status_code


def test_what_does_not_exist_and_what_is_out_of_reach_answer_alike(client_of: Callable[..., Any], people: dict[str, Person]) -> None:
    client = client_of("auditor")
    absent = client.get("/people/AAAAAAAAAAAAAAAAAAAAAA/")
    assert absent.status_code == 404
    assert client.get("/nowhere/").status_code == 404
    assert body(absent.text) == body(client.get("/nowhere/").text)


def body(page: str) -> str:
    """What the page itself says."""
    found = re.search(r"<main.*</main>", page, re.DOTALL)
    assert found
    return found[0]

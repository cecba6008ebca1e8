"""Every address of the site: one line per page; what the sign-in library serves; health."""

from django.urls import include, path

from rashin.web.health import healthy, ready
from rashin.web.pages.language import choose

urlpatterns = [
    path("", include("rashin.web.pages.overview.urls")),
    path("kpi/", include("rashin.web.pages.kpi.urls")),
    path("explore/", include("rashin.web.pages.explore.urls")),
    path("forecast/", include("rashin.web.pages.forecast.urls")),
    path("peaks/", include("rashin.web.pages.peaks.urls")),
    path("staffing/", include("rashin.web.pages.staffing.urls")),
    path("whatif/", include("rashin.web.pages.whatif.urls")),
    path("why/", include("rashin.web.pages.why.urls")),
    path("tree/", include("rashin.web.pages.tree.urls")),
    path("related/", include("rashin.web.pages.related.urls")),
    path("fair/", include("rashin.web.pages.fair.urls")),
    path("reports/", include("rashin.web.pages.reports.urls")),
    path("goals/", include("rashin.web.pages.goals.urls")),
    path("alerts/", include("rashin.web.pages.alerts.urls")),
    path("cycles/", include("rashin.web.pages.cycles.urls")),
    path("review/", include("rashin.web.pages.review.urls")),
    path("talk/", include("rashin.web.pages.talk.urls")),
    path("data/", include("rashin.web.pages.data.urls")),
    path("definitions/", include("rashin.web.pages.definitions.urls")),
    path("people/", include("rashin.web.pages.people.urls")),
    path("audit/", include("rashin.web.pages.audit.urls")),
    path("mine/", include("rashin.web.pages.mine.urls")),
    path("account/", include("rashin.web.pages.account.urls")),
    path("api/", include("rashin.web.pages.api.urls")),
    path("sign/", include("rashin.web.people.urls")),
    path("language/", choose, name="language"),
    path("healthz", healthy, name="healthz"),
    path("readyz", ready, name="readyz"),
]

handler400 = "rashin.web.middleware.unclear"
handler403 = "rashin.web.middleware.refused"
handler404 = "rashin.web.middleware.missing"

"""Addresses of the API, and of the page about it with one's keys."""

from django.urls import path

from rashin.web.pages.api import alerts, compared, cycles, forecast, goals, peaks, staffing, v1, views, why

urlpatterns = [
    path("", views.show, name="api"),
    path("keys/", views.make_key, name="api-make-key"),
    path("keys/<str:public_id>/revoke/", views.revoke_key, name="api-revoke-key"),
    path("v1/openapi.json", v1.document, name="api-openapi"),
    path("v1/kpis", v1.kpis, name="api-kpis"),
    path("v1/kpis/<str:key>", v1.kpi, name="api-kpi"),
    path("v1/ask", v1.ask, name="api-ask"),
    path("v1/compare", v1.compare, name="api-compare"),
    path("v1/rows", v1.rows, name="api-rows"),
    path("v1/loads", v1.loads, name="api-loads"),
    path("v1/loads/<int:load_id>", v1.load, name="api-load"),
    path("v1/why", why.why, name="api-why"),
    path("v1/trees", why.trees, name="api-trees"),
    path("v1/trees/<str:name>", why.tree, name="api-tree"),
    path("v1/related", compared.related, name="api-related"),
    path("v1/control", compared.control, name="api-control"),
    path("v1/fair", compared.fair, name="api-fair"),
    path("v1/goals", goals.goals, name="api-goals"),
    path("v1/goals/<str:name>", goals.goal, name="api-goal"),
    path("v1/alerts", alerts.alerts, name="api-alerts"),
    path("v1/alerts/<str:ref>", alerts.alert, name="api-alert"),
    path("v1/forecast", forecast.forecast, name="api-forecast"),
    path("v1/forecasts", forecast.kept, name="api-forecasts-kept"),
    path("v1/forecasts/<str:name>", forecast.review, name="api-forecast-review"),
    path("v1/staffing", staffing.plan, name="api-staffing"),
    path("v1/staffing/plans", staffing.kept, name="api-staffing-plans"),
    path("v1/staffing/plans/<str:name>", staffing.review, name="api-staffing-review"),
    path("v1/whatif", staffing.whatif, name="api-whatif"),
    path("v1/peaks", peaks.peaks, name="api-peaks"),
    path("v1/cycles", cycles.cycles, name="api-cycles"),
    path("v1/cycles/<str:public_id>", cycles.cycle, name="api-cycle"),
    path("v1/<path:rest>", v1.nothing, name="api-nothing"),
    path("v1/", v1.nothing, name="api-nothing-here"),
]

"""Addresses of plans of seats."""

from django.urls import path

from rashin.web.pages.staffing import settings_views, views

urlpatterns = [
    path("", views.show, name="staffing"),
    path("stop/", views.stop, name="staffing-stop"),
    path("download/<slug:form>/", views.download, name="staffing-download"),
    path("keep/", views.keep, name="staffing-keep"),
    path("kept/", views.kept_list, name="staffing-kept"),
    path("kept/<str:name>/", views.review, name="staffing-review"),
    path("kept/<str:name>/download/<slug:form>/", views.review_download, name="staffing-review-download"),
    path("back/", views.back, name="staffing-back"),
    path("roster/", views.roster, name="staffing-roster"),
    path("roster/download/<slug:form>/", views.roster_download, name="staffing-roster-download"),
    path("settings/", settings_views.edit, name="staffing-settings"),
    path("settings/check/", settings_views.check, name="staffing-settings-check"),
    path("settings/versions/<int:number>/", settings_views.version, name="staffing-settings-version"),
    path("settings/versions/<int:number>/restore/", settings_views.restore, name="staffing-settings-restore"),
]

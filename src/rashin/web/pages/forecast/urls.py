"""Addresses of the forecast."""

from django.urls import path

from rashin.web.pages.forecast import views

urlpatterns = [
    path("", views.show, name="forecast"),
    path("download/<slug:form>/", views.download, name="forecast-download"),
    path("keep/", views.keep, name="forecast-keep"),
    path("kept/", views.kept_list, name="forecast-kept"),
    path("kept/<str:name>/", views.review, name="forecast-review"),
    path("kept/<str:name>/download/<slug:form>/", views.review_download, name="forecast-review-download"),
    path("today/", views.today, name="forecast-today"),
    path("marks/", views.marks, name="forecast-marks"),
    path("marks/add/", views.mark, name="forecast-mark"),
    path("marks/<slug:ref>/remove/", views.unmark, name="forecast-unmark"),
]

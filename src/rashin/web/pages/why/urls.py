"""Addresses of why a KPI moved."""

from django.urls import path

from rashin.web.pages.why import views

urlpatterns = [
    path("", views.show, name="why"),
    path("along/", views.along, name="why-along"),
    path("segments/", views.segments, name="why-segments"),
    path("download/<slug:form>/", views.download, name="why-download"),
]

"""Addresses of what moves together."""

from django.urls import path

from rashin.web.pages.related import views

urlpatterns = [
    path("", views.show, name="related"),
    path("chart/", views.chart, name="related-chart"),
    path("download/<slug:form>/", views.download, name="related-download"),
]

"""Addresses of the fair comparison."""

from django.urls import path

from rashin.web.pages.fair import views

urlpatterns = [
    path("", views.show, name="fair"),
    path("download/<slug:form>/", views.download, name="fair-download"),
]

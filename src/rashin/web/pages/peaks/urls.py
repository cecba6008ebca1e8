"""Addresses of the peaks."""

from django.urls import path

from rashin.web.pages.peaks import views

urlpatterns = [
    path("", views.show, name="peaks"),
    path("download/<slug:form>/", views.download, name="peaks-download"),
]

"""Addresses of this page."""

from django.urls import path

from rashin.web.pages.audit import views

urlpatterns = [
    path("", views.show, name="audit"),
    path("verify/", views.verify, name="audit-verify"),
    path("export/", views.export, name="audit-export"),
]

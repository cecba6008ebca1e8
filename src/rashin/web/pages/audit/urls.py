"""Addresses of this page."""

from django.urls import path

from rashin.web.pages.audit import views

urlpatterns = [path("", views.show, name="audit")]

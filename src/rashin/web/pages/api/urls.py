"""Addresses of this page."""

from django.urls import path

from rashin.web.pages.api import views

urlpatterns = [path("", views.show, name="api")]

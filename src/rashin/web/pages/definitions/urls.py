"""Addresses of this page."""

from django.urls import path

from rashin.web.pages.definitions import views

urlpatterns = [path("", views.show, name="definitions")]

"""Addresses of this page."""

from django.urls import path

from rashin.web.pages.overview import views

urlpatterns = [path("", views.show, name="overview")]

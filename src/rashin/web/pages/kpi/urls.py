"""Addresses of this page."""

from django.urls import path

from rashin.web.pages.kpi import views

urlpatterns = [path("", views.show, name="kpi")]

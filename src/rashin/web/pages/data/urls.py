"""Addresses of this page."""

from django.urls import path

from rashin.web.pages.data import views

urlpatterns = [path("", views.show, name="data")]

"""Addresses of this page."""

from django.urls import path

from rashin.web.pages.explore import views

urlpatterns = [path("", views.show, name="explore")]

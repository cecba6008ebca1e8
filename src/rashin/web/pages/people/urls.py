"""Addresses of this page."""

from django.urls import path

from rashin.web.pages.people import views

urlpatterns = [path("", views.show, name="people")]

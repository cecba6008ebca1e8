"""Addresses of this page."""

from django.urls import path

from rashin.web.pages.account import views

urlpatterns = [path("", views.show, name="account")]

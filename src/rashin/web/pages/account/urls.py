"""Addresses of this page."""

from django.urls import path

from rashin.web.pages.account import views

urlpatterns = [
    path("", views.show, name="account"),
    path("notices/", views.notices, name="account-notices"),
    path("join/", views.join, name="account-join"),
    path("join/<str:token>/", views.join_token, name="account-join-token"),
]

"""Addresses of this page."""

from django.urls import path

from rashin.web.pages.account import views

urlpatterns = [
    path("", views.show, name="account"),
    path("keys/", views.make_key, name="account-keys"),
    path("keys/<str:public_id>/revoke/", views.revoke_key, name="account-key-revoke"),
    path("join/", views.join, name="account-join"),
    path("join/<str:token>/", views.join_token, name="account-join-token"),
]

"""Addresses of this page."""

from django.urls import path

from rashin.web.pages.people import views

urlpatterns = [
    path("", views.show, name="people"),
    path("roles/", views.roles, name="people-roles"),
    path("invite/", views.invite, name="people-invite"),
    path("invitations/<int:number>/withdraw/", views.withdraw, name="people-withdraw"),
    path("<str:public_id>/", views.one, name="people-one"),
    path("<str:public_id>/<slug:action>/", views.act, name="people-act"),
]

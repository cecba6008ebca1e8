"""Addresses of this page; below ``-`` lies what is about no single alert."""

from django.urls import path

from rashin.web.pages.alerts import views

urlpatterns = [
    path("", views.show, name="alerts"),
    path("-/summary/", views.summary, name="alerts-summary"),
    path("<str:ref>/", views.one, name="alerts-one"),
    path("<str:ref>/causes/", views.causes, name="alerts-causes"),
    path("<str:ref>/<slug:verb>/", views.act, name="alerts-act"),
]

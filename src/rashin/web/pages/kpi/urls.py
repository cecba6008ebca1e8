"""Addresses of this page and of the parts it loads after the first view."""

from django.urls import path

from rashin.web.pages.kpi import views

urlpatterns = [
    path("<slug:kpi>/", views.show, name="kpi"),
    path("<slug:kpi>/slices/", views.slices, name="kpi-slices"),
    path("<slug:kpi>/hours/", views.hours, name="kpi-hours"),
    path("<slug:kpi>/spread/", views.spread, name="kpi-spread"),
    path("<slug:kpi>/variants/", views.variants, name="kpi-variants"),
    path("<slug:kpi>/causes/", views.causes, name="kpi-causes"),
    path("<slug:kpi>/rows/", views.rows, name="kpi-rows"),
]

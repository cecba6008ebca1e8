"""Addresses of this page."""

from django.urls import path

from rashin.web.pages.mine import views

urlpatterns = [
    path("", views.show, name="mine"),
    path("<slug:kpi>/rows/", views.rows, name="mine-rows"),
]

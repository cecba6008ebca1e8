"""Addresses of this page, and of the part that it may load after the first view."""

from django.urls import path

from rashin.web.pages.overview import views

urlpatterns = [path("", views.show, name="overview"), path("more/", views.more, name="overview-more")]

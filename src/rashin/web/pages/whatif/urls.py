"""Addresses of what-if."""

from django.urls import path

from rashin.web.pages.whatif import views

urlpatterns = [path("", views.show, name="whatif")]

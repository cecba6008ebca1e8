"""Addresses of this page."""

from django.urls import path

from rashin.web.pages.explore import views

urlpatterns = [
    path("", views.show, name="explore"),
    path("kpis/", views.kpis, name="explore-kpis"),
    path("download/<slug:form>/", views.download, name="explore-download"),
    path("views/", views.save, name="explore-save"),
    path("views/<str:public_id>/", views.change, name="explore-change"),
]

"""Addresses of this page. Names of KPIs have no hyphen, so ``new-kpi`` is nobody's name."""

from django.urls import path

from rashin.web.pages.definitions import views

urlpatterns = [
    path("", views.show, name="definitions"),
    path("new-kpi/", views.add, name="definitions-add"),
    path("<slug:kpi>/", views.one, name="definitions-one"),
    path("<slug:kpi>/edit/", views.edit, name="definitions-edit"),
    path("<slug:kpi>/check/", views.check, name="definitions-check"),
    path("<slug:kpi>/restore/", views.restore, name="definitions-restore"),
    path("<slug:kpi>/history/<int:number>/", views.version, name="definitions-version"),
]

"""Addresses of this page; below ``-`` lies what is about no single goal."""

from django.urls import path

from rashin.web.pages.goals import views

urlpatterns = [
    path("", views.show, name="goals"),
    path("-/new/", views.add, name="goals-add"),
    path("-/check/", views.check, name="goals-check"),
    path("-/presets/", views.presets, name="goals-presets"),
    path("-/adopt/", views.adopt, name="goals-adopt"),
    path("-/export/", views.export, name="goals-export"),
    path("-/import/", views.bring, name="goals-import"),
    path("<slug:name>/", views.one, name="goals-one"),
    path("<slug:name>/edit/", views.edit, name="goals-edit"),
    path("<slug:name>/restore/", views.restore, name="goals-restore"),
    path("<slug:name>/remove/", views.remove, name="goals-remove"),
    path("<slug:name>/history/<int:number>/", views.version, name="goals-version"),
]

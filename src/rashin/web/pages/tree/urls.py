"""Addresses of logic trees; below ``-`` lies what is about no single one."""

from django.urls import path

from rashin.web.pages.tree import views

urlpatterns = [
    path("", views.show, name="tree"),
    path("-/new/", views.add, name="tree-add"),
    path("<slug:name>/", views.one, name="tree-one"),
    path("<slug:name>/edit/", views.edit, name="tree-edit"),
    path("<slug:name>/check/", views.check, name="tree-check"),
    path("<slug:name>/remove/", views.remove, name="tree-remove"),
    path("<slug:name>/restore/", views.restore, name="tree-restore"),
    path("<slug:name>/history/<int:number>/", views.version, name="tree-version"),
]

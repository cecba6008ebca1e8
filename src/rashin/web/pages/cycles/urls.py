"""Addresses of this page; below ``-`` lies what is about no single cycle, and where files are sent to."""

from django.urls import path

from rashin.web.pages.cycles import views

urlpatterns = [
    path("", views.show, name="cycles"),
    path("-/new/", views.add, name="cycles-add"),
    path("-/weigh/", views.weighed, name="cycles-weigh"),
    path("-/units/", views.units, name="cycles-units"),
    path("-/causes/", views.causes, name="cycles-causes"),
    path("-/files/<str:public_id>/", views.attach, name="cycles-attach"),
    path("<str:public_id>/", views.one, name="cycles-one"),
    path("<str:public_id>/edit/", views.edit, name="cycles-edit"),
    path("<str:public_id>/check/", views.check, name="cycles-check"),
    path("<str:public_id>/files/<str:entry_id>/", views.file, name="cycles-file"),
    path("<str:public_id>/entries/<str:entry_id>/<slug:verb>/", views.entry, name="cycles-entry"),
    path("<str:public_id>/<slug:verb>/", views.act, name="cycles-act"),
]

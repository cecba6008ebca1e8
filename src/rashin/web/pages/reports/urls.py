"""Addresses of this page; below ``-`` lies what is about no single report."""

from django.urls import path

from rashin.web.pages.reports import rooms, schedules, views

urlpatterns = [
    path("", views.show, name="reports"),
    path("-/new/", views.make, name="reports-make"),
    path("-/schedules/", schedules.show, name="reports-schedules"),
    path("-/schedules/new/", schedules.add, name="reports-schedule-add"),
    path("-/schedules/<str:public_id>/", schedules.edit, name="reports-schedule"),
    path("-/schedules/<str:public_id>/<slug:verb>/", schedules.act, name="reports-schedule-act"),
    path("-/rooms/", rooms.show, name="reports-rooms"),
    path("-/rooms/<str:public_id>/<slug:verb>/", rooms.act, name="reports-room-act"),
    path("-/deliveries/", rooms.deliveries, name="reports-deliveries"),
    path("-/deliveries/<int:number>/<slug:verb>/", rooms.decide, name="reports-delivery-act"),
    path("<str:public_id>/", views.one, name="reports-one"),
    path("<str:public_id>/file/<slug:form>/", views.download, name="reports-file"),
]

"""Addresses of threads and of the page of what is meant for oneself."""

from django.urls import path

from rashin.web.pages.talk import views

urlpatterns = [
    path("", views.mine, name="talk"),
    path("seen/", views.seen, name="talk-seen"),
    path("thread/", views.show, name="talk-thread"),
    path("say/", views.say, name="talk-say"),
    path("people/", views.people, name="talk-people"),
    path("to/<str:public_id>/", views.go, name="talk-go"),
    path("<str:public_id>/<slug:verb>/", views.act, name="talk-act"),
]

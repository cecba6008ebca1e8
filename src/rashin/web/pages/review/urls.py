"""Addresses of this page; below ``-`` lies what is about no single meeting."""

from django.urls import path

from rashin.web.pages.review import views

urlpatterns = [
    path("", views.show, name="review"),
    path("-/open/", views.begin, name="review-open"),
    path("-/kpis/", views.kpis, name="review-kpis"),
    path("-/kpis/plan/", views.plan, name="review-plan"),
    path("-/kpis/done/", views.reviewed, name="review-done"),
    path("-/praise/", views.praise, name="review-praise"),
    path("-/praise/<str:public_id>/<slug:verb>/", views.praise_act, name="review-praise-act"),
    path("<str:public_id>/", views.one, name="review-one"),
    path("<str:public_id>/<slug:verb>/", views.act, name="review-act"),
]

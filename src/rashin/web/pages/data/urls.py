"""Addresses of this page."""

from django.urls import path

from rashin.web.pages.data import personal, sending, views

urlpatterns = [
    path("", views.show, name="data"),
    path("calendar/", views.completeness, name="data-calendar"),
    path("snapshots/", views.versions, name="data-snapshots"),
    path("snapshots/<int:snapshot>/", views.version, name="data-snapshot"),
    path("snapshots/<int:snapshot>/changes/", views.changes, name="data-changes"),
    path("loads/<int:load_id>/", views.one, name="data-load"),
    path("loads/<int:load_id>/rejects/", views.refused_rows, name="data-rejects"),
    path("loads/<int:load_id>/rejects.csv", views.refused_file, name="data-rejects-file"),
    path("loads/<int:load_id>/file/", views.landed_file, name="data-file"),
    path("loads/<int:load_id>/mend/", sending.mend, name="data-mend"),
    path("loads/<int:load_id>/withdraw/", sending.withdraw, name="data-withdraw"),
    path("loads/<int:load_id>/again/", sending.again, name="data-again"),
    path("personal/", personal.show, name="data-personal"),
    path("personal/look/", personal.look, name="data-personal-look"),
    path("personal/ask/", personal.ask, name="data-personal-ask"),
    path("personal/retire/", personal.retire, name="data-personal-retire"),
    path("personal/requests/<str:public_id>/", personal.decide, name="data-personal-decide"),
    path("upload/", sending.upload, name="data-upload"),
    path("uploads/<str:batch>/", sending.progress, name="data-progress"),
    path("jobs/<str:job_id>/stop/", sending.stop, name="data-stop"),
    path("jobs/<str:job_id>/mapping/", sending.mapping, name="data-mapping"),
]

"""Who may do and see what: the list, one person, invitations, the page of roles."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from rashin.errors import Bilingual, ConflictError, QuestionError
from rashin.web import environment
from rashin.web.language import language_of
from rashin.web.pages import page
from rashin.web.pages.people.forms import DIMENSIONS, AccessForm, InviteForm, access_form, role_choices
from rashin.web.people import actions, mail
from rashin.web.people.models import Invitation, Person
from rashin.web.people.roles import PERMISSIONS, ROLES

PER_PAGE = 50


@page("see_people")
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """List people, searched and narrowed by what stands in the address."""
    given = {name: request.GET.get(name, "")[:100] for name in ("q", "role", "state")}
    listed = Paginator(_found(**given), PER_PAGE).get_page(request.GET.get("page"))
    lang = language_of(request)
    rows = [{"person": each, "role": each.role_entry.label(lang), "scope": describe_scope(each, lang)} for each in listed]
    query = request.GET.copy()
    query.pop("page", None)
    context = {"rows": rows, "listed": listed, "given": given, "roles": role_choices(lang), "query": query.urlencode()}
    return render(
        request, "people/page.html", {**context, "invitations": _open_invitations(lang), "may_change": request.user.may("manage_people")}
    )


def _found(q: str, role: str, state: str) -> QuerySet[Person]:
    from allauth.mfa.models import Authenticator

    factor = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    people = Person.objects.prefetch_related("grants").annotate(has_factor=Exists(factor)).order_by("-is_active", "name", "id")
    if q:
        people = people.filter(Q(name__icontains=q) | Q(email__icontains=q) | Q(agent_key__icontains=q))
    if role in ROLES:
        people = people.filter(role=role)
    return people.filter(is_active=state != "left") if state in {"active", "left"} else people


def _open_invitations(lang: str) -> list[dict[str, Any]]:
    waiting = Invitation.objects.filter(used_at=None).exclude(invited_by=None).select_related("invited_by").order_by("-created_at")[:100]
    now = timezone.now()
    return [{"invitation": each, "role": ROLES[each.role].label(lang), "ended": each.expires_at <= now} for each in waiting]


def describe_scope(person: Person, lang: str) -> str:
    """Return in words what somebody sees."""
    if person.role == "agent":
        return person.agent_key or Bilingual("(担当者が未設定: 何も見えません)", "(no agent set: sees nothing)")(lang)
    told: dict[str, list[str]] = {}
    for grant in person.grants.all():
        told.setdefault(grant.dimension, []).append(grant.value)
    if told:
        mark = Bilingual("、", ", ")(lang)
        return " ∩ ".join(f"{DIMENSIONS[name](lang)}: {mark.join(values)}" for name, values in told.items())
    nothing, everything = Bilingual("(範囲が未設定: 何も見えません)", "(no scope set: sees nothing)"), Bilingual("すべて", "everything")
    return (nothing if person.role_entry.needs_grants else everything)(lang)


def _person(public_id: str) -> Person:
    person = Person.objects.prefetch_related("grants").filter(public_id=public_id).first()
    if person is None:
        raise Http404
    return person


@page("see_people")
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a person; change them (administrators). A change by somebody else meanwhile is shown, never overwritten."""
    person, lang = _person(public_id), language_of(request)
    if request.method == "POST":
        return _change(request, person, lang)
    return _show_one(request, person, access_form(person, lang))


def _change(request: HttpRequest, person: Person, lang: str) -> HttpResponse:
    grants = [(grant.dimension, grant.value) for grant in person.grants.all()]
    form = AccessForm(request.POST, lang=lang, grants=grants, initial={"agent_key": person.agent_key})
    if not form.is_valid():
        return _show_one(request, person, form, status=422)
    try:
        actions.change_person(request.user, person.public_id, _version(request), request=request, **form.cleaned_data)
    except ConflictError as error:
        now = _person(person.public_id)
        return _show_one(request, now, access_form(now, lang), status=409, conflict=error)
    messages.success(request, Bilingual("変更しました。次の操作から有効です。", "Changed; in force from their next request.")(lang))
    return redirect("people-one", person.public_id)


def _show_one(request: HttpRequest, person: Person, form: AccessForm, status: int = 200, **more: object) -> HttpResponse:
    from allauth.mfa.models import Authenticator

    lang = language_of(request)
    context = {
        "person": person,
        "form": form,
        "agents": form.known.agents,
        "role": person.role_entry.label(lang),
        "scope": describe_scope(person, lang),
        "oneself": person.pk == request.user.pk,
        "may_change": request.user.may("manage_people") and person.pk != request.user.pk,
        "has_factor": Authenticator.objects.filter(user=person).exists(),
        "keys": person.api_keys.filter(revoked_at=None, expires_at__gt=timezone.now()).count(),
    }
    return render(request, "people/one.html", {**context, **more}, status=status)


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    if not text.isdecimal():
        raise QuestionError("version_missing", Bilingual("操作を読み取れませんでした。", "This request makes no sense."))
    return int(text[:9])


@page("manage_people")
@require_http_methods(["POST"])
def act(request: HttpRequest, public_id: str, action: str) -> HttpResponse:
    """Leave, come back, drop the second factor, make a reset link."""
    person, lang = _person(public_id), language_of(request)
    if action == "reset-link":
        link = actions.reset_link(request.user, public_id, request=request)
        return render(request, "people/link.html", {"link": link, "person": person, "minutes": 30})
    do = {"leave": actions.leave, "return": actions.come_back, "drop-factor": actions.drop_second_factor}.get(action)
    if do is None:
        raise Http404
    do(request.user, public_id, _version(request), request=request)
    done = {
        "leave": Bilingual("離任にしました。セッションとAPIキーは終了しました。", "They have left: sessions and API keys are ended."),
        "return": Bilingual("復帰しました。再設定リンクを作って渡してください。", "They are back. Make a reset link for them."),
        "drop-factor": Bilingual(
            "2段階認証を解除し、セッションを終了しました。", "The second factor is dropped and their sessions are ended."
        ),
    }
    messages.success(request, done[action](lang))
    return redirect("people-one", public_id)


@page("manage_people")
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody: by mail where mail is sent, else the link is shown this once."""
    lang = language_of(request)
    form = InviteForm(request.POST or None, lang=lang)
    if request.method != "POST" or not form.is_valid():
        return render(
            request, "people/invite.html", {"form": form, "agents": form.known.agents}, status=422 if request.method == "POST" else 200
        )
    try:
        invitation, token = actions.invite(request.user, request=request, **form.cleaned_data)
    except QuestionError as error:
        form.add_error("email", error.what(lang))
        return render(request, "people/invite.html", {"form": form, "agents": form.known.agents}, status=422)
    link = join_link(token)
    if mail.post(_invitation_mail(request.user, invitation.email, link, lang)) is not None:
        messages.success(
            request, Bilingual(f"{invitation.email} に招待を送りました。", f"An invitation is on its way to {invitation.email}.")(lang)
        )
        return redirect("people")
    return render(request, "people/link.html", {"link": link, "invitation": invitation, "days": 7})


def join_link(token: str) -> str:
    """Return the address of an invitation, under the configured address of the site."""
    from django.urls import reverse

    return environment.site_url() + reverse("account-join-token", args=[token])


def _invitation_mail(inviter: Person, email: str, link: str, lang: str) -> Any:
    from rashin.web.centre import centre

    name = centre().workspace.config.organisation.name or "Rashin"
    subject, body = mail.INVITATION
    return mail.message(email, subject(lang).format(centre=name), body(lang).format(inviter=inviter.name, centre=name, link=link))


@page("manage_people")
@require_http_methods(["POST"])
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Take an invitation back."""
    try:
        actions.withdraw_invitation(request.user, number, request=request)
    except QuestionError:
        raise Http404 from None
    messages.success(request, Bilingual("招待を取り消しました。", "The invitation is withdrawn.")(language_of(request)))
    return redirect("people")


@page("see_people")
@require_GET
def roles(request: HttpRequest) -> HttpResponse:
    """Roles × permissions, and what each role sees, on one page."""
    lang = language_of(request)
    heads = [{"name": name, "label": role.label(lang), "role": role} for name, role in ROLES.items()]
    rows = [{"label": text(lang), "cells": [name in role.permissions for role in ROLES.values()]} for name, text in PERMISSIONS.items()]
    return render(request, "people/roles.html", {"heads": heads, "rows": rows, "dimensions": [each(lang) for each in DIMENSIONS.values()]})

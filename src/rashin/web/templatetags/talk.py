"""``{% thread "alert" key %}``: what people say about one thing, where the reader may see it."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag(takes_context=True)
def thread(context: template.Context, about: str, thing: str, **options: Any) -> SafeString:
    """``{% thread "meeting" meeting.public_id receipts=True %}``: comments, decisions, mentions and a form; nothing for whom it is not meant.

    ``about``: kpi (thing: its label, with ``period`` and ``where``), goal (name), cycle, meeting, report (public id) or alert (key). ``receipts``: note and show
    who has read it.
    """
    from rashin.web.pages.talk import thread as threads

    request = context["request"]
    found = threads.for_tag(request, about, thing, **options)
    return mark_safe(render_to_string("_talk.html", found, request=request)) if found else SafeString("")  # noqa: S308 - a template of ours escapes

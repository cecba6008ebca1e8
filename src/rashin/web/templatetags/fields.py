"""Forms as every page shows them: a label, the field, help, what is wrong with it; labels in both languages by the field's name."""

from __future__ import annotations

from django import template
from django.forms import BoundField, CheckboxInput, Form, HiddenInput, Select, Textarea
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from rashin.errors import Bilingual
from rashin.web.language import language_of

register = template.Library()

LABELS: dict[str, Bilingual] = {
    "login": Bilingual("メールアドレス", "Mail address"),
    "email": Bilingual("メールアドレス", "Mail address"),
    "password": Bilingual("パスワード", "Password"),
    "oldpassword": Bilingual("現在のパスワード", "Current password"),
    "password1": Bilingual("新しいパスワード", "New password"),
    "password2": Bilingual("新しいパスワード(確認)", "New password, again"),
    "code": Bilingual("確認コード", "Code"),
    "name": Bilingual("名前", "Name"),
    "role": Bilingual("役割", "Role"),
    "agent_key": Bilingual("データ上の担当者", "Agent in the data"),
    "language": Bilingual("表示言語", "Language"),
}
_CLASS = {Select: "", Textarea: "textarea", CheckboxInput: ""}


@register.simple_tag(takes_context=True)
def field(context: template.Context, bound: BoundField) -> SafeString:
    """``{% field form.name %}``: one field with all that belongs to it."""
    lang = language_of(context.get("request"))
    widget = bound.field.widget
    if isinstance(widget, HiddenInput):
        return bound.as_widget()
    if bound.name in {"password", "oldpassword"}:
        bound.help_text = ""  # the library puts its own "forgotten?" there; the page has one
    label = LABELS[bound.name](lang) if bound.name in LABELS else bound.label
    described = " ".join(
        filter(None, (f"{bound.auto_id}_help" if bound.help_text else "", f"{bound.auto_id}_error" if bound.errors else ""))
    )
    attributes = {"class": _CLASS.get(type(widget), "input"), "placeholder": ""}
    if described:
        attributes["aria-describedby"] = described
    if bound.errors:
        attributes["aria-invalid"] = "true"
    box = bound.as_widget(attrs=attributes)
    if isinstance(widget, Select) and not getattr(widget, "allow_multiple_selected", False):
        box = format_html('<div class="select">{}</div>', box)
    help_text = format_html('<p class="help" id="{}_help">{}</p>', bound.auto_id, bound.help_text) if bound.help_text else ""
    return format_html(
        '<div class="field field-plain"><label for="{}">{}</label>{}{}{}</div>', bound.id_for_label, label, box, help_text, _wrong(bound)
    )


def _wrong(bound: BoundField) -> SafeString | str:
    if not bound.errors:
        return ""
    lines = format_html_join("", "<li>{}</li>", ((error,) for error in bound.errors))
    return format_html('<ul class="errorlist" id="{}_error" role="alert">{}</ul>', bound.auto_id, lines)


@register.simple_tag(takes_context=True)
def fields(context: template.Context, form: Form) -> SafeString:
    """``{% fields form %}``: what is wrong with the whole form, then every field."""
    wrong = format_html_join("", "<p>{}</p>", ((error,) for error in form.non_field_errors()))
    top = format_html('<div class="notification is-warning is-light" role="alert">{}</div>', wrong) if wrong else SafeString("")
    return top + format_html_join("", "{}", ((field(context, bound),) for bound in form))


#: What a browser calls itself → what people call it; the first that fits (every browser claims to be several others too).
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@register.filter
def device(agent: str) -> str:
    """``{{ session.user_agent|device }}``: browser and system as people call them; what is unknown as it calls itself, shortened."""
    found = [next((name for mark, name in known if mark in agent), "") for known in (_BROWSERS, _SYSTEMS)]
    return " · ".join(filter(None, found)) or agent[:40]

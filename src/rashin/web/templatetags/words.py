"""Text in templates: both languages stand side by side where they are used, so that neither can be forgotten."""

from __future__ import annotations

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from rashin.errors import Bilingual
from rashin.web.language import language_of

register = template.Library()


@register.simple_tag(takes_context=True)
def say(context: template.Context, ja: str, en: str, **values: object) -> SafeString:
    """``{% say "応答 {n} 件" "{n} answered" n=cell.n %}``: the text of the reader's language with its places filled and escaped."""
    text = ja if language_of(context.get("request")) == "ja" else en
    return mark_safe(text.format(**{k: conditional_escape(v) for k, v in values.items()}))  # noqa: S308 - both texts are literals of the template


@register.simple_tag
def asof_now(filters: object) -> str:
    """The query string of ``filters`` without its snapshot."""
    return str(filters.query(as_of=None))  # type: ignore[attr-defined]


@register.filter
def breakable(text: object) -> SafeString:
    """A mail address may break after its @ and its dots, and nowhere inside a word."""
    return mark_safe(conditional_escape(str(text)).replace("@", "@<wbr>").replace(".", ".<wbr>"))  # noqa: S308 - escaped before


@register.filter
def tell(text: Bilingual | None, lang: str) -> str:
    """``{{ kpi.name|tell:lang }}``: a two-language text in ``lang``; nothing for None."""
    return text(lang) if text else ""

"""Cells in templates, in the words that every face of the product uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from rashin import display
from rashin.web.language import language_of

if TYPE_CHECKING:
    from rashin.query.answer import Cell

register = template.Library()


@register.simple_tag(takes_context=True)
def figure(context: template.Context, cell: Cell, scale: display.Scale | None = None) -> SafeString:
    """``{% figure cell %}``: value with its unit, or the state in words when there is no value. ``scale``: the column's, so that figures align."""
    lang = language_of(context.get("request"))
    if cell.value is None:
        return state_badge(context, cell)
    how = scale or display.scale(cell.unit, [cell.value])
    unit = "" if how.mark else how.word(lang)
    return format_html(
        '<span class="figure"><b>{}</b>{}</span>', how.text(cell.value), format_html('<span class="unit">{}</span>', unit) if unit else ""
    )


@register.simple_tag(takes_context=True)
def state_badge(context: template.Context, cell: Cell) -> SafeString:
    """The state of a cell as a badge with its reason; nothing when it is ok."""
    lang = language_of(context.get("request"))
    if cell.state == "ok":
        return SafeString("")
    return format_html(
        '<span class="state" title="{}">{}</span>', cell.reason(lang) if cell.reason else "", display.state_word(cell.state, lang)
    )


@register.simple_tag
def span(cell: Cell, scale: display.Scale | None = None) -> str:
    """The interval of a cell, or nothing."""
    return (scale or display.scale(cell.unit, [cell.value])).span(cell.low, cell.high)


@register.simple_tag(takes_context=True)
def change(context: template.Context, cell: Cell, better: str = "", scale: display.Scale | None = None) -> SafeString:
    """The change against the compared period with an arrow, and whether it is for the better where the KPI has a direction."""
    if cell.change is None:
        return SafeString("")
    way = "up" if cell.change > 0 else "down" if cell.change < 0 else "same"
    judged = {("up", "higher"): "good", ("down", "lower"): "good", ("up", "lower"): "bad", ("down", "higher"): "bad"}.get((way, better), "")
    text = (scale or display.scale(cell.unit, [cell.value])).change(cell.change, language_of(context.get("request")))
    return format_html('<span class="figure delta {} {}">{}</span>', way, judged, text)


@register.simple_tag
def written(scale: display.Scale, value: float | None) -> str:
    """``{% written scale value %}``: a bare value as its column writes it."""
    return scale.text(value)


@register.simple_tag
def between(scale: display.Scale, low: float | None, high: float | None) -> str:
    """``{% between scale low high %}``: an interval as its column writes it; nothing when there is none."""
    return scale.span(low, high)


@register.simple_tag
def percent(value: float | None) -> str:
    """``{% percent 0.382 %}``: 38%; nothing for none."""
    return "" if value is None else f"{value:.0%}"


@register.simple_tag(takes_context=True)
def change_span(context: template.Context, judged: object, scale: display.Scale) -> str:
    """The 95 % interval of a change (``judged.low`` to ``judged.high``) with signs; nothing when there is none."""
    low, high = getattr(judged, "low", None), getattr(judged, "high", None)
    lang = language_of(context.get("request"))
    return "" if low is None or high is None else f"{scale.change(low, lang)} … {scale.change(high, lang)}"


@register.filter
def thousands(value: object) -> str:
    """``{{ n|thousands }}``: a whole number with separators; a dash for none."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return display.number(value)

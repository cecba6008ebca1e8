"""What can be typed about people. Fields that are not here cannot be set by anybody."""

from __future__ import annotations

from typing import Any

from django import forms

from rashin.errors import Bilingual
from rashin.web.language import language_of
from rashin.web.pages.people.reach import Known, known
from rashin.web.people.models import Grant, Person
from rashin.web.people.roles import ROLES

DIMENSIONS: dict[str, Bilingual] = {
    "team": Bilingual("チーム", "Team"),
    "queue": Bilingual("窓口(キュー)", "Queue"),
    "site": Bilingual("拠点", "Site"),
    "vendor": Bilingual("委託先", "Outsourcer"),
    "client": Bilingual("委託元", "Client"),
}
Pair = tuple[str, str]


def role_choices(lang: str) -> list[Pair]:
    """Return the roles with their names in ``lang``."""
    return [(name, role.label(lang)) for name, role in ROLES.items()]


class AccessForm(forms.Form):
    """What somebody is called, may do and may see. ``grants``: those they have now, so that values no longer in the data stay choosable."""

    name = forms.CharField(max_length=120)
    role = forms.ChoiceField()
    agent_key = forms.CharField(max_length=200, required=False)

    def __init__(self, *args: Any, lang: str | None = None, grants: list[Pair] | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        lang = lang or language_of()
        self.fields["role"].choices = role_choices(lang)
        self.fields["agent_key"].widget.attrs = {"list": "agents", "autocomplete": "off"}
        ja, en = "役割が「担当者」のとき、どの担当者の数字を見せるか。", "For the role “Agent”: whose figures they see."
        self.fields["agent_key"].help_text = ja if lang == "ja" else en
        self.known, self.lang = known(), lang
        self.chosen = set(self._given() if self.is_bound else (grants or []))
        self.offered = {pair for name in Grant.DIMENSIONS for pair in ((name, value) for value in self.known.dimensions[name])} | set(
            grants or []
        )

    def _given(self) -> list[Pair]:
        return [(name, value) for name in Grant.DIMENSIONS for value in self.data.getlist(f"grant.{name}")]

    def clean_agent_key(self) -> str:
        """Return the agent, who must be one that the facts know (or the one that stands there already)."""
        agent = str(self.cleaned_data["agent_key"]).strip()
        if agent and agent not in self.known.agents and agent != self.initial.get("agent_key"):
            text = Bilingual(
                "この担当者はデータにいません。候補から選んでください。", "The data know no such agent. Choose one that is offered."
            )
            raise forms.ValidationError(text(self.lang))
        return agent

    def clean(self) -> dict[str, Any]:
        """Refuse a scope by a value that nothing knows; it would silently show nothing."""
        unknown = sorted(value for name, value in self.chosen if (name, value) not in self.offered)
        if unknown:
            text = Bilingual("この範囲はデータにありません: ", "The data know no such scope: ")
            raise forms.ValidationError(text(self.lang) + ", ".join(unknown)[:200])
        return {**self.cleaned_data, "grants": sorted(self.chosen)}

    def groups(self) -> list[dict[str, Any]]:
        """Return the dimensions with their values, for the page."""
        return [self._group(name) for name in Grant.DIMENSIONS if any(dimension == name for dimension, _ in self.offered)]

    def _group(self, dimension: str) -> dict[str, Any]:
        values = sorted(value for name, value in self.offered if name == dimension)
        names = self.known.dimensions[dimension]
        rows = [{"value": v, "name": names.get(v, v), "chosen": (dimension, v) in self.chosen} for v in values]
        return {"name": dimension, "label": DIMENSIONS[dimension](self.lang), "rows": rows}


class InviteForm(AccessForm):
    """An invitation."""

    email = forms.EmailField(max_length=254)
    field_order = ("email", "name", "role", "agent_key")


def access_form(person: Person, lang: str) -> AccessForm:
    """Return the form filled with what ``person`` has now."""
    grants = [(grant.dimension, grant.value) for grant in person.grants.all()]
    first = {"name": person.name, "role": person.role, "agent_key": person.agent_key}
    return AccessForm(lang=lang, grants=grants, initial=first)


__all__ = ["DIMENSIONS", "AccessForm", "InviteForm", "Known", "access_form", "role_choices"]

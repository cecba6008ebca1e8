"""The weekly report: the week before everybody's eyes, in the order kept high → issue → next action."""

from __future__ import annotations

from functools import partial

from rashin.errors import Bilingual
from rashin.report.compose import Kind, compose

KIND = Kind("weekly", Bilingual("週次レポート", "Weekly report"), "stage_12", "week")

#: The weekly report over a period; takes what :func:`rashin.report.compose.compose` takes after the kind.
build = partial(compose, KIND)

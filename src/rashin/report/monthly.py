"""The monthly report: the month before everybody's eyes, in the order kept high → issue → next action."""

from __future__ import annotations

from functools import partial

from rashin.errors import Bilingual
from rashin.report.compose import Kind, compose

KIND = Kind("monthly", Bilingual("月次レポート", "Monthly report"), "stage_21", "month")

#: The monthly report over a period; takes what :func:`rashin.report.compose.compose` takes after the kind.
build = partial(compose, KIND)

"""Figures under changed volume, handling time, seats, shrinkage or patience."""

from rashin.insight.whatif.reckoned import Change, Start, WhatIf, start, under, whatif

__all__ = ["Change", "Start", "WhatIf", "start", "under", "whatif"]

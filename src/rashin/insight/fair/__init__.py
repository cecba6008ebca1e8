"""People or teams compared fairly on a KPI: tables by case mix, tiers, and the sentences."""

from rashin.insight.fair.compared import ADJUST, TIERS, Fair, Tier, Unit, compare

__all__ = ["ADJUST", "TIERS", "Fair", "Tier", "Unit", "compare"]

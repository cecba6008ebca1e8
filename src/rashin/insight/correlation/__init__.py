"""KPIs that move together, told apart from those that share a component."""

from rashin.insight.correlation.together import MOST, USUAL, Figure, Grain, Pair, Together, figures_over_time, pairs, worked

__all__ = ["MOST", "USUAL", "Figure", "Grain", "Pair", "Together", "figures_over_time", "pairs", "worked"]

"""When and where the load and the waits are, and what concentration costs in seats."""

from rashin.insight.peaks.found import PeakCell, Peaks, People, keys_of, peaks

__all__ = ["PeakCell", "Peaks", "People", "keys_of", "peaks"]

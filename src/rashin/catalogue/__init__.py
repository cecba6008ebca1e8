"""The catalogue: what every KPI means, as data that is checked when it is loaded."""

from rashin.catalogue.loader import Catalogue, load
from rashin.catalogue.model import Band, Benchmark, BoundExclusion, Definition, Kpi, Reading

__all__ = ["Band", "Benchmark", "BoundExclusion", "Catalogue", "Definition", "Kpi", "Reading", "load"]

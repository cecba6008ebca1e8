"""May a roll-up answer? One small module per reason why not; the router asks them all."""

from rashin.query.passes.router import PASSES, Routed, route, version

__all__ = ["PASSES", "Routed", "route", "version"]

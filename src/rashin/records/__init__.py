"""The canonical records (facts): what the product knows about the world, one :class:`Fact` each."""

from rashin.records.called import CALLED, called, named, own_names, spoken
from rashin.records.contact import FACT as CONTACT
from rashin.records.model import COMMON, ENGINE_TYPE, Column, Derived, Fact, Rule
from rashin.records.others import OTHERS

#: Every fact by name.
FACTS: dict[str, Fact] = {fact.name: fact for fact in (CONTACT, *OTHERS)}

__all__ = [
    "CALLED",
    "COMMON",
    "CONTACT",
    "ENGINE_TYPE",
    "FACTS",
    "Column",
    "Derived",
    "Fact",
    "Rule",
    "called",
    "named",
    "own_names",
    "spoken",
]

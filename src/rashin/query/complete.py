from dataclasses import dataclass


@dataclass(frozen=True)
class Completeness:
    pass


def attach(*a):
    return Completeness()

"""The process that finds a roster: a problem as JSON on standard input, the answer on standard output. Started by :mod:`rashin.staffing.rostering` alone."""

from __future__ import annotations

import json
import sys
from typing import Any


def main() -> int:
    """Solve what stands on standard input; 3 = the library is missing."""
    problem = json.load(sys.stdin)
    try:
        from ortools.sat.python import cp_model
    except ImportError:
        return 3
    json.dump(Task(cp_model, problem).solve(), sys.stdout)
    return 0


class Task:
    """The model: one yes-or-no variable for each person, day, shift and skill that is possible at all."""

    def __init__(self, cp: Any, problem: dict[str, Any]) -> None:
        self.cp, self.given = cp, problem
        self.model = cp.CpModel()
        self.shifts, self.people, self.rules = problem["shifts"], problem["people"], problem["rules"]
        self.days = len(problem["required"][0])
        self.works: dict[tuple[int, int, int, int], Any] = {}
        self.price: list[Any] = []
        for number, person in enumerate(self.people):
            self._person(number, person)
        self._seats()

    def _person(self, number: int, person: dict[str, Any]) -> None:
        model, on, shift_on = self.model, [], []
        for day in range(self.days):
            by_shift = []
            for shift in range(len(self.shifts)):
                free = day not in person["off"] and shift in person["shifts"]
                mine = []
                for skill in person["skills"] if free else ():
                    mine.append(model.new_bool_var(""))
                    self.works[number, day, shift, skill] = mine[-1]
                by_shift.append(sum(mine) if mine else 0)
            shift_on.append(by_shift)
            works = model.new_bool_var("")
            model.add(sum(by_shift) == works)
            on.append(works)
        self._rest(person, shift_on)
        self._limits(person, on, shift_on)
        for day in person["wishes"]:
            if day < self.days:
                self.price.append(self.given["weights"]["wish"] * on[day])

    def _rest(self, person: dict[str, Any], shift_on: list[list[Any]]) -> None:
        rest = self.rules["rest"]
        for day, by_shift in enumerate(shift_on):
            for shift, here in enumerate(by_shift):
                if person["last_end"] is not None and day * 1440 + self.shifts[shift]["start"] - person["last_end"] < rest:
                    self.model.add(here == 0)
                for ahead in (1, 2):  # a shift that ends late touches the next day, a very long one the day after
                    if day + ahead >= self.days:
                        continue
                    soon = [
                        shift_on[day + ahead][other]
                        for other, each in enumerate(self.shifts)
                        if ahead * 1440 + each["start"] - self.shifts[shift]["end"] < rest
                    ]
                    if soon:
                        self.model.add(here + sum(soon) <= 1)

    def _limits(self, person: dict[str, Any], on: list[Any], shift_on: list[list[Any]]) -> None:
        model, rules = self.model, self.rules
        line = [1] * person["run"] + on
        shift = person["run"]
        for width, most in ((7, rules["days_in_7"]), (rules["run"] + 1, rules["run"])):
            for first in range(max(len(line) - width + 1, 1)):
                if first + width > shift:
                    model.add(sum(line[first : first + width]) <= max(most, min(shift - first, width) if first < shift else 0))
        minutes = rules["minutes_week"] if person["minutes_week"] is None else min(person["minutes_week"], rules["minutes_week"])
        for first in range(0, self.days, 7):
            week = shift_on[first : first + 7]
            model.add(sum(here * self.shifts[at]["worked"] for by_shift in week for at, here in enumerate(by_shift)) <= minutes)
        if person["days"] is not None:
            model.add(sum(on) <= person["days"])

    def _seats(self) -> None:
        weights, slots = self.given["weights"], len(self.given["required"][0][0])
        cover: dict[tuple[int, int], list[Any]] = {}
        for (_, day, shift, skill), works in self.works.items():
            each = self.shifts[shift]
            for step, part in enumerate(each["share"]):
                at = day * slots + each["begin"] + step
                within = day * slots <= at < (self.days if self.given["joined"] else day + 1) * slots
                if part and within:
                    cover.setdefault((skill, at), []).append(part * works)
        for skill, table in enumerate(self.given["required"]):
            for at, asked in enumerate(seats for day in table for seats in day):
                there = cover.get((skill, at), [])
                if asked:
                    short = self.model.new_int_var(0, asked, "")
                    self.model.add(sum(there) + short >= asked)
                    # what is beyond is at work + missing − asked
                    self.price.append((weights["under"] + weights["over"]) * short)
                self.price += [weights["over"] * each for each in there]

    def solve(self) -> dict[str, Any]:
        """Return the assignments, whether they are proven best, and the share that could still be gained."""
        self.model.minimize(sum(self.price) if self.price else 0)
        solver, options = self.cp.CpSolver(), self.given["options"]
        solver.parameters.max_time_in_seconds = options["seconds"]
        solver.parameters.num_workers = options["workers"]
        solver.parameters.random_seed = options["seed"]
        solver.parameters.relative_gap_limit = options["gap"]
        status = solver.solve(self.model)
        assigned = [[-1] * self.days for _ in self.people]
        skill = [[-1] * self.days for _ in self.people]
        if status in (self.cp.OPTIMAL, self.cp.FEASIBLE):
            for (person, day, shift, kind), works in self.works.items():
                if solver.value(works):
                    assigned[person][day], skill[person][day] = shift, kind
        value, bound = solver.objective_value, solver.best_objective_bound
        gap = abs(value - bound) / max(abs(value), 1.0)
        proven = status == self.cp.OPTIMAL and gap <= 1e-9
        return {"assigned": assigned, "skill": skill, "optimal": proven, "gap": 0.0 if proven else gap}


if __name__ == "__main__":
    sys.exit(main())

"""How many people it takes: queues, piles, patience, shifts, rosters, cost. Pure arithmetic over arrays, usable alone: ``from rashin.staffing import required``.

Everything in ``__all__`` can be imported from here and is loaded when it is first used: docs/reference/why.md, *Staffing*.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rashin.staffing.chat import ChatQueue, chat_queue, chat_required
    from rashin.staffing.costs import Cost, Terms, break_even, cost, outsourced
    from rashin.staffing.covering import Cover, cover
    from rashin.staffing.endurance import Patience, patience, patience_of, survival
    from rashin.staffing.erlang import erlang_b, erlang_b_load, erlang_c
    from rashin.staffing.labour import Breach, Rules
    from rashin.staffing.labour import check as check_labour
    from rashin.staffing.piles import Backlog, backlog, backlog_required
    from rashin.staffing.queues import SERVICE_LEVELS, ErlangA, Queue, erlang_a, queue
    from rashin.staffing.redial import Redials, redials
    from rashin.staffing.requirement import erlang_b_servers, required
    from rashin.staffing.rostering import Person, Roster, roster
    from rashin.staffing.shifts import Shift, shift, staggered
    from rashin.staffing.shrinkage import at_work, exact_share, many_with_shrinkage, together, with_shrinkage
    from rashin.staffing.simulate import Day, simulate_day

_HOMES = {
    "piles": "Backlog backlog backlog_required",
    "chat": "ChatQueue chat_queue chat_required",
    "costs": "Cost Terms break_even cost outsourced",
    "covering": "Cover cover",
    "erlang": "erlang_b erlang_b_load erlang_c",
    "labour": "Breach Rules check_labour",
    "endurance": "Patience patience patience_of survival",
    "queues": "SERVICE_LEVELS ErlangA Queue erlang_a queue",
    "redial": "Redials redials",
    "requirement": "erlang_b_servers required",
    "rostering": "Person Roster roster",
    "shifts": "Shift shift staggered",
    "shrinkage": "at_work exact_share many_with_shrinkage together with_shrinkage",
    "simulate": "Day simulate_day",
}
_HOME = {name: home for home, names in _HOMES.items() for name in names.split()}

__all__ = [
    "SERVICE_LEVELS",
    "Backlog",
    "Breach",
    "ChatQueue",
    "Cost",
    "Cover",
    "Day",
    "ErlangA",
    "Patience",
    "Person",
    "Queue",
    "Redials",
    "Roster",
    "Rules",
    "Shift",
    "Terms",
    "at_work",
    "backlog",
    "backlog_required",
    "break_even",
    "chat_queue",
    "chat_required",
    "check_labour",
    "cost",
    "cover",
    "erlang_a",
    "erlang_b",
    "erlang_b_load",
    "erlang_b_servers",
    "erlang_c",
    "exact_share",
    "many_with_shrinkage",
    "outsourced",
    "patience",
    "patience_of",
    "queue",
    "redials",
    "required",
    "roster",
    "shift",
    "simulate_day",
    "staggered",
    "survival",
    "together",
    "with_shrinkage",
]


def __getattr__(name: str) -> object:
    """Load the module behind ``name`` at first use."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f"{__name__}.{_HOME[name]}")
    return module.check if name == "check_labour" else getattr(module, name)

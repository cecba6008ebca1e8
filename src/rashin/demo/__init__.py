"""The demo centre: a deterministic generator of source files in the vendors' own forms, with the workspace files that load them.

    from rashin import demo
    files = demo.write("demo-centre")          # a million contacts over fourteen months, a few seconds

Nothing is loaded here: the files go through the product's own intake. What was planted stands in ``stories.md``; the counts that a load must
arrive at stand in ``expected.json``.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from rashin.errors import Bilingual, QuestionError

if TYPE_CHECKING:
    from rashin.demo.book import Book
    from rashin.demo.stories import Stories
    from rashin.demo.world import Month, World

SEED = 20_261_031
UNTIL = dt.date(2026, 10, 31)


def write(
    folder: str | Path,
    contacts: int = 1_000_000,
    months: int = 14,
    seed: int = SEED,
    until: dt.date = UNTIL,
    *,
    stories: Stories | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Path]:
    """Write the demo centre into ``folder`` and return its source files in the order in which a centre would load them.

    ``contacts``: about how many (within a few per cent); ``until``: the last day; the centre begins ``months`` calendar months before its end. The same
    arguments always give the same bytes. ``stories``: other dates and sizes of what is planted (dates after ``until`` never come). ``progress`` is called with (months written, months in all). Beside the sources are written: rashin.toml,
    org.csv, calendars/, mappings/, stories.md, expected.json. Raises QuestionError for fewer than 1 contact or month.
    """
    if contacts < 1 or months < 1:
        raise QuestionError(
            "demo_size",
            Bilingual("件数と月数は1以上にしてください。", "The number of contacts and of months must be at least 1."),
        )
    from rashin.demo.book import Book
    from rashin.demo.world import World

    target = Path(folder)
    world = World(contacts, months, seed, until, stories)
    book = Book(target)
    _sources(book, world, progress)
    _workspace(target, world)
    book.save(_facts(world, contacts, seed))
    return book.loading_order()


def _sources(book: Book, world: World, progress: Callable[[int, int], None] | None) -> None:
    from rashin.demo.forms import agent_events, business, connect_records, dialler, pbx_csv, social, survey
    from rashin.demo.forms.chats import Chats
    from rashin.demo.forms.queue_log import QueueLog
    from rashin.demo.forms.sheets import Sheets
    from rashin.demo.forms.zendesk import Zendesk

    gathering = (QueueLog(book, world), Zendesk(book, world), Chats(book, world), Sheets(book, world))
    forms: tuple[Callable[[Book, World, Month], None], ...] = (
        pbx_csv.write,
        connect_records.write,
        agent_events.write,
        dialler.write,
        social.write,
        survey.write,
        business.write,
    )
    firsts = world.months()
    for number, first in enumerate(firsts, start=1):
        month = world.month(first)
        for each in gathering:
            each.add(month)
        for form in forms:
            form(book, world, month)
        if progress is not None:
            progress(number, len(firsts))


def _workspace(target: Path, world: World) -> None:
    """Copy the ready-made settings, calendars and mappings; write org.csv and stories.md."""
    from rashin.demo.tell import stories_text, workspace_files

    root = Path(__file__).parent / "workspace"
    for source in workspace_files():
        place = target / source.relative_to(root)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, place)
    (target / "org.csv").write_text("\n".join(_organisation(world)) + "\n", encoding="utf-8")
    story = stories_text(world.stories, world.people[world.gamer], world.first, world.until)
    (target / "stories.md").write_text(story, encoding="utf-8")


def _organisation(world: World) -> list[str]:
    """Return the lines of org.csv: a row for each person, and one for each queue (with its site where it has only one)."""
    from rashin.demo.centre import PLACES, POOL, QUEUES, TEAMS

    rows = ["agent,agent_name,queue,queue_name,team,team_name,site,site_name,vendor,vendor_name,channel,valid_from,valid_to"]
    rows += [
        f"{a.id},{a.name},,,{a.team.id},{a.team.ja},{a.team.site},{PLACES[a.team.site]},{a.team.vendor},{PLACES.get(a.team.vendor, '')},,,"
        for a in world.people
    ]
    for name in dict.fromkeys(queue.id for queue in QUEUES):
        served = [queue for queue in QUEUES if queue.id == name]
        places = {(team.site, team.vendor) for queue in served for team in TEAMS if team.pool == POOL[queue.pool].id}
        site, vendor = places.pop() if len(places) == 1 else ("", "")
        rows.append(f",,{name},{served[0].ja},,,{site},{PLACES.get(site, '')},{vendor},{PLACES.get(vendor, '')},{served[0].channel},,")
    return rows


def _facts(world: World, contacts: int, seed: int) -> dict[str, object]:
    stories = world.stories
    return {
        "asked_contacts": contacts,
        "months": len(world.months()),
        "seed": seed,
        "first": world.first.isoformat(),
        "until": world.until.isoformat(),
        "people": len(world.people),
        "gaming_agent": world.people[world.gamer].id,
        "stories": {
            name: getattr(stories, name).isoformat()
            for name in ("outage", "campaign", "campaign_until", "programme", "gaming", "stopped", "corrected", "hurry", "short")
        },
    }


__all__ = ["SEED", "UNTIL", "write"]

"""The help desk's Zendesk: each quarter an archive with pages of the API: tickets and audits; users and groups in the first.

An export holds what was updated in its quarter: a ticket that lives on comes again, in a later state, in the next one.
"""

from __future__ import annotations

import io
import json
import zipfile

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rashin.demo import text
from rashin.demo.book import Book
from rashin.demo.centre import CATEGORIES
from rashin.demo.days import JST_S, local_s
from rashin.demo.forms.tickets import BY_AGENT, BY_CUSTOMER, OPEN, SPECIALIST, STATUS, Turns, turns
from rashin.demo.world import Columns, Month, World

SOURCE = "zendesk"
GROUPS = {"mail": 360001, "mail-specialist": 360003}
_AGENT = 7_000_001


class Zendesk:
    """Gathers months; what falls into a later quarter waits."""

    def __init__(self, book: Book, world: World) -> None:
        self._book, self._world = book, world
        self._later: list[tuple[np.ndarray, pa.Array]] = []
        self._tickets_later: list[tuple[np.ndarray, pa.Array]] = []
        self._audits = 50_000_000
        self._first = True

    def _people(self) -> list[tuple[str, bytes, int]]:
        """Return the pages that say who the people and what the groups are: (name, content, records)."""
        when = f"{self._world.first:%Y-%m-%d}T00:00:00Z"
        dates = {"created_at": when, "updated_at": when}
        users = [
            {"id": _AGENT + a.index, "name": a.id, "email": f"{a.id}@umineko.example", "role": "agent", **dates}
            for a in self._world.people
            if a.team.pool == "mail"
        ]
        groups = [{"id": number, "name": name, "is_public": True, "deleted": False, **dates} for name, number in GROUPS.items()]
        return [
            (f"{name}.json", json.dumps({name: records, "count": len(records), "next_page": None}).encode(), len(records))
            for name, records in (("users", users), ("groups", groups))
        ]

    def add(self, month: Month) -> None:
        """Take one month; write an archive when its quarter is over."""
        end = self._world.quarter_end(month)
        cut = local_s(end) + 86400
        if month.contacts.get("mail"):
            self._month(month, cut)
        if month.last == end:
            pages = [*self._people()] if self._first else []
            self._first = False
            pages.append(_page("ticket_audits.json", "audits", cut, self._later))
            pages.append(_page("tickets.json", "tickets", cut, self._tickets_later))
            entry = self._book.write(SOURCE, f"zendesk-export_{self._world.quarter(month)}.zip", _archive(pages))
            entry.rows = sum(count for _, _, count in pages)

    def _month(self, month: Month, cut: int) -> None:
        tickets = month.contacts["mail"]
        happened = turns(self._world, month)
        self._later.append((happened.moment, self._audit_lines(tickets, happened)))
        final = np.zeros(len(tickets["arrive"]), dtype=np.int64)
        status = np.zeros(len(final), dtype=np.int64)
        group = np.full(len(final), GROUPS["mail"])
        group[happened.ticket[happened.side == SPECIALIST]] = GROUPS["mail-specialist"]
        changed = happened.after >= 0
        final[happened.ticket] = happened.moment
        status[happened.ticket[changed]] = happened.after[changed]
        seen = changed & (happened.moment < cut)
        early, early_status = np.zeros(len(final), dtype=np.int64), np.zeros(len(final), dtype=np.int64)
        early[happened.ticket[happened.moment < cut]] = happened.moment[happened.moment < cut]
        early_status[happened.ticket[seen]] = happened.after[seen]
        goes_on = final >= cut
        self._tickets_later.append((early, self._ticket_lines(tickets, early, early_status, group)))
        later = self._ticket_lines(tickets, final, status, group).filter(pa.array(goes_on))
        self._tickets_later.append((final[goes_on], later))

    def _ticket_lines(self, tickets: Columns, updated: np.ndarray, status: np.ndarray, group: np.ndarray) -> pa.Array:
        count = len(tickets["ticket"])
        assigned = np.where(status >= OPEN, tickets["agent"] + _AGENT, -1)
        customer = text.customer(tickets["customer"])
        return text.join(
            '{"id":',
            text.whole(tickets["ticket"]),
            ',"created_at":"',
            text.utc(tickets["arrive"]),
            '","updated_at":"',
            text.utc(updated),
            '","via":{"channel":"email"},"type":"',
            text.pick(list(CATEGORIES), tickets["category"]),
            '","subject":"',
            text.pick(["お問い合わせ", "ご相談", "ご質問"], tickets["ticket"] % 3),
            '","priority":"',
            text.pick(["normal", "normal", "normal", "high"], tickets["ticket"] % 4),
            '","status":"',
            text.pick(list(STATUS), status),
            '","requester_id":',
            customer,
            ',"submitter_id":',
            customer,
            ',"assignee_id":',
            pc.coalesce(text.whole(assigned, assigned >= 0), pa.scalar("null")) if count else pa.nulls(0, pa.string()),
            ',"group_id":',
            text.whole(group),
            "}",
        )

    def _audit_lines(self, tickets: Columns, happened: Turns) -> pa.Array:
        """Compose audits: who, when, a public comment, and what changed."""
        count = len(happened.ticket)
        number = self._audits + np.arange(count) * 10
        self._audits += count * 10
        agent = text.whole(tickets["agent"][happened.ticket] + _AGENT)
        customer = text.customer(tickets["customer"][happened.ticket])
        author = pc.if_else(pa.array(happened.side == BY_CUSTOMER), customer, agent)
        comment = text.join(
            '{"id":',
            text.whole(number + 1),
            ',"type":"Comment","public":true,"author_id":',
            author,
            ',"body":"',
            text.pick(
                ["お世話になっております。次の件で困っています。", "お問い合わせありがとうございます。"],
                (happened.side == BY_AGENT).astype(int),
            ),
            '"}',
        )
        change = text.join(
            '{"id":',
            text.whole(number + 2),
            ',"type":"Change","field_name":"status","value":"',
            text.pick(list(STATUS), np.maximum(happened.after, 0)),
            '","previous_value":"',
            text.pick(list(STATUS), np.maximum(happened.before, 0)),
            '"}',
        )
        create = text.join('{"id":', text.whole(number + 2), ',"type":"Create","field_name":"subject","value":"お問い合わせ"}')
        moved = text.join(
            '{"id":',
            text.whole(number + 3),
            f',"type":"Change","field_name":"group_id","value":"{GROUPS["mail-specialist"]}","previous_value":"{GROUPS["mail"]}"}}',
        )
        said = (happened.side == BY_CUSTOMER) | (happened.side == BY_AGENT)
        began = (happened.before < 0) & (happened.after >= 0)
        changed = (happened.before >= 0) & (happened.after >= 0)
        more = text.only(text.pick([","], np.zeros(count, dtype=int)), said & (began | changed))
        handed = happened.side == SPECIALIST
        events = text.join(text.only(comment, said), more, text.only(create, began), text.only(change, changed), text.only(moved, handed))
        return text.join(
            '{"id":',
            text.whole(number),
            ',"ticket_id":',
            text.whole(tickets["ticket"][happened.ticket]),
            ',"created_at":"',
            text.utc(happened.moment),
            '","author_id":',
            author,
            ',"via":{"channel":"email"},"events":[',
            events,
            "]}",
        )


def _page(name: str, key: str, cut: int, waiting: list[tuple[np.ndarray, pa.Array]]) -> tuple[str, bytes, int]:
    """Make a page of what was updated before ``cut``; keep the rest waiting. Returns (name, content, records)."""
    moment = np.concatenate([when for when, _ in waiting])
    lines = pa.concat_arrays([each for _, each in waiting])
    now = moment < cut
    order = np.flatnonzero(now)[np.argsort(moment[now], kind="stable")]
    waiting[:] = [(moment[~now], lines.filter(pa.array(~now)))]
    records = text.content(text.join(lines.take(pa.array(order)), ",\n")).removesuffix(b",\n")
    return name, f'{{"{key}":[\n'.encode() + records + f'\n],"count":{len(order)},"end_time":{cut - JST_S}}}\n'.encode(), len(order)


def _archive(pages: list[tuple[str, bytes, int]]) -> bytes:
    """Put pages into an archive whose bytes hang on nothing but their content."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data, _ in pages:
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED, 1)
    return buffer.getvalue()

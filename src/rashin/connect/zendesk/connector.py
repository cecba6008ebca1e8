"""The connector for Zendesk: pages of the API, one record per line, or flat tables; each kind of record in a file of its own or together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Mapping as AnyMapping
from pathlib import Path
from typing import TYPE_CHECKING

from rashin.connect.kinds import archived, of_header, of_record
from rashin.connect.model import Assembly, Head, Ignored, RawBatch, RawReject
from rashin.connect.zendesk.kinds import KINDS, OWN_KEYS
from rashin.errors import Bilingual

if TYPE_CHECKING:
    from rashin.connect.mapping import Mapping

_HERE = Path(__file__).parent
_PAGE_KEY = re.compile(r'"(' + "|".join(OWN_KEYS) + r')"\s*:\s*(\[|\{)')

#: Columns that only Zendesk's user and group tables have.
_OWN_COLUMNS = {"ticket_restriction", "only_private_comments", "restricted_agent", "default_group_id", "shared_agent"}


class Zendesk:
    """Streams: ``event`` (everything that happened, and who is who) and ``figures`` (ticket metrics as Zendesk reports them)."""

    name = "zendesk"
    title = Bilingual("Zendesk(API JSON・フラットな表)", "Zendesk (API JSON, flat tables)")

    @property
    def assemblies(self) -> tuple[Assembly, ...]:
        """Contacts (one per ticket) and surveys (one per rating), with the names of agents and groups as context."""
        return (
            Assembly("contacts", (_HERE / "contacts.sql").read_text("utf-8")),
            Assembly("surveys", (_HERE / "surveys.sql").read_text("utf-8"), produces="survey"),
        )

    def recognises(self, head: Head) -> float:
        """Sure of the API's own array names and of tickets, audits and metrics; less sure of users, groups and comments."""
        text = head.text
        if text is None:
            return 0.0
        if archived(KINDS, head.members):
            return 0.93
        if text.lstrip("\ufeff \t\r\n[").startswith("{"):
            return _recognise_json(text)
        found = _recognise_table(head.first_line)
        # the addresses in users' and groups' tables say whose they are
        return max(found, 0.93) if found and "zendesk.com/api/" in text else found

    def read(self, file: Path, options: AnyMapping[str, object]) -> Iterator[RawBatch | RawReject | Ignored]:
        """Yield the events in the order of the file."""
        from rashin.connect.kind_reader import KindReader

        yield from KindReader(KINDS, _HERE).read(file, options)

    def mappings(self) -> dict[str, Mapping]:
        """Return the mapping of each stream."""
        from rashin.connect.toml import read_streams

        return read_streams(_HERE / "mapping.toml")


def _recognise_json(text: str) -> float:
    if _PAGE_KEY.search(text[:4096]) and ('"ticket_id"' in text or '"requester_id"' in text or re.search(r'"\w+"\s*:\s*\[\s*\]', text)):
        return 0.95
    first = text[: text.find("\n")] if "\n" in text else text
    kind = of_record(KINDS, (first if len(first) > 40 else text[:20000]).encode())
    if kind is None:
        return 0.0
    return 0.6 if kind.common and "zendesk" not in text.lower() else 0.93


def _recognise_table(line: str) -> float:
    names = {word.strip().strip('"').lower() for word in re.split(r"[,;\t]", line)}
    kind = of_header(KINDS, names)
    if kind is None:
        return 0.0
    return 0.6 if kind.common and not names & _OWN_COLUMNS else 0.93


CONNECTOR = Zendesk()

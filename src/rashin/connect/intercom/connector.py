"""The connector for Intercom: pages of the API, one conversation per line, or history tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Mapping as AnyMapping
from pathlib import Path
from typing import TYPE_CHECKING

from rashin.connect.intercom.kinds import KINDS
from rashin.connect.kinds import archived, of_header, of_record
from rashin.connect.model import Assembly, Head, Ignored, RawBatch, RawReject
from rashin.errors import Bilingual

if TYPE_CHECKING:
    from rashin.connect.mapping import Mapping

_HERE = Path(__file__).parent
_PAGE = re.compile(r'"type"\s*:\s*"(conversation|admin|team|conversation_part)\.list"|"conversations"\s*:\s*\[')
_OWN_COLUMNS = {"conversation_id", "source_delivered_as", "job_title", "unsubscribed_from_emails"}


class Intercom:
    """One stream, ``event``: conversations, their parts, and who is who."""

    name = "intercom"
    title = Bilingual("Intercom(API JSON・履歴の表)", "Intercom (API JSON, history tables)")

    @property
    def assemblies(self) -> tuple[Assembly, ...]:
        """Contacts (one per conversation) and surveys (one per rating)."""
        return (
            Assembly("contacts", (_HERE / "contacts.sql").read_text("utf-8")),
            Assembly("surveys", (_HERE / "surveys.sql").read_text("utf-8"), produces="survey"),
        )

    def recognises(self, head: Head) -> float:
        """Sure of the API's lists and of tables with conversation columns; less sure of teams, which others have too."""
        text = head.text
        if text is None:
            return 0.0
        if archived(KINDS, head.members):
            return 0.93
        if text.lstrip("\ufeff \t\r\n[").startswith("{"):
            listed = _PAGE.search(text[:4096])
            kind = of_record(KINDS, text[:20000].encode())
            return 0.95 if listed and (kind or ".list" in listed[0]) else 0.93 if kind and not kind.common else 0.0
        names = {word.strip().strip('"').lower() for word in re.split(r"[,;\t]", head.first_line)}
        kind = of_header(KINDS, names)
        return 0.0 if kind is None else 0.93 if names & _OWN_COLUMNS else 0.6

    def read(self, file: Path, options: AnyMapping[str, object]) -> Iterator[RawBatch | RawReject | Ignored]:
        """Yield the events in the order of the file."""
        from rashin.connect.kind_reader import KindReader

        yield from KindReader(KINDS, _HERE).read(file, options)

    def mappings(self) -> dict[str, Mapping]:
        """Return the mapping of each stream."""
        from rashin.connect.toml import read_streams

        return read_streams(_HERE / "mapping.toml")


CONNECTOR = Intercom()

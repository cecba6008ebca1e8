"""The connector for Amazon Connect: contact records, agent events and evaluations, as an array, as lines, or written one after another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Mapping as AnyMapping
from pathlib import Path
from typing import TYPE_CHECKING

from rashin.connect import files
from rashin.connect.model import Assembly, Head, Ignored, RawBatch, RawReject
from rashin.errors import Bilingual, InputError

if TYPE_CHECKING:
    from rashin.connect.mapping import Mapping

_HERE = Path(__file__).parent
_CONTACT = re.compile(r'"ContactId"\s*:')
_CONTACT_ALSO = re.compile(r'"(InitiationMethod|AWSContactTraceRecordFormatVersion|AgentConnectionAttempts)"\s*:')
_AGENT_EVENT = re.compile(r'"(CurrentAgentSnapshot|AgentARN)"\s*:')
_EVENT_TYPE = re.compile(r'"EventType"\s*:')
_EVALUATION = re.compile(r'"evaluationId"\s*:')
_EVALUATION_ALSO = re.compile(r'"(evaluationDefinitionTitle|evaluationSubmitTimestamp|evaluationDefinitionId)"\s*:')


class AmazonConnect:
    """Streams: ``contact``, ``not_queued`` (menu only, and supervisors listening in), ``agent_event``, ``evaluation``."""

    name = "amazon_connect"
    title = Bilingual(
        "Amazon Connect(コンタクトレコード・エージェントイベント・評価)", "Amazon Connect (contact records, agent events, evaluations)"
    )

    @property
    def assemblies(self) -> tuple[Assembly, ...]:
        """Agents' time, made from the agent events."""
        text, carried = ((_HERE / name).read_text("utf-8") for name in ("agent_time.sql", "agent_time_carried.sql"))
        return (Assembly("agent_time", text, produces="agent_time", group="agent", carried=carried),)

    def recognises(self, head: Head) -> float:
        """Sure of JSON that has the record's own keys."""
        text = head.text
        if text is None or not text.lstrip("\ufeff \t\r\n[").startswith("{"):
            return 0.0
        pairs = ((_CONTACT, _CONTACT_ALSO), (_AGENT_EVENT, _EVENT_TYPE), (_EVALUATION, _EVALUATION_ALSO))
        return 0.97 if any(one.search(text) and other.search(text) for one, other in pairs) else 0.0

    def read(self, file: Path, options: AnyMapping[str, object]) -> Iterator[RawBatch | RawReject | Ignored]:
        """Yield the records in the order of the file. ``options["attributes"]``: contact attributes to read as well."""
        from rashin.connect.amazon_connect.streams import Streams
        from rashin.connect.json_frames import frames

        attributes = _attributes(options)
        for member in files.members(file):
            streams = Streams(attributes, member.part)
            with member.open() as stream:
                if stream.read(2) in (b"\xff\xfe", b"\xfe\xff"):
                    raise _not_utf8(file)
            with member.open() as stream:
                for frame in frames(stream):
                    yield from streams.read(frame)

    def mappings(self) -> dict[str, Mapping]:
        """Return the mapping of each stream."""
        from rashin.connect.toml import read_streams

        return read_streams(_HERE / "mapping.toml")


def _attributes(options: AnyMapping[str, object]) -> tuple[str, ...]:
    from rashin.connect.amazon_connect.fields import ATTRIBUTES

    more = options.get("attributes", ())
    named = [str(each) for each in more] if isinstance(more, list | tuple) else []
    return tuple(dict.fromkeys((*ATTRIBUTES, *named)))


def _not_utf8(file: Path) -> InputError:
    return InputError(
        "json_not_utf8",
        Bilingual(f"「{file.name}」はUTF-8のJSONではありません(UTF-16)。", f"“{file.name}” is not UTF-8 JSON (it is UTF-16)."),
        Bilingual("UTF-8で保存し直してください。", "Save it as UTF-8."),
    )


CONNECTOR = AmazonConnect()

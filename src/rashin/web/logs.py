"""Log lines: one JSON object each, in UTC, without personal data: no query strings, no bodies, no names."""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime

#: What may stand in a log line beside the message; everything else a record carries is left out.
KEPT = ("status_code", "method", "route", "duration_ms", "code", "person_id", "load_id")


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON; control characters cannot forge another line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self._message(record),
        }
        line.update({name: getattr(record, name) for name in KEPT if hasattr(record, name)})
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["trace"] = [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in _frames(record)]
        return json.dumps(line, ensure_ascii=False, default=str)

    @staticmethod
    def _message(record: logging.LogRecord) -> str:
        # Django puts the path (which may hold typed text) into the arguments of its request messages: the template alone is enough
        return str(record.msg) if record.name.startswith("django") else record.getMessage()


def _frames(record: logging.LogRecord) -> list[traceback.FrameSummary]:
    return list(traceback.extract_tb(record.exc_info[2])) if record.exc_info else []

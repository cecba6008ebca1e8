"""Clock times as people in Japan write them: "9:00", "18:30", and past midnight "25:10" (01:10 on the next day).

Everything here is in whole seconds since the local midnight at which the day began.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from rashin.errors import Bilingual, DefinitionError

DAY_S = 86_400
#: A clock time may run on to the end of the following day, not beyond: 48:00.
LATEST_S = 2 * DAY_S

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?|(\d{1,2})時(?:(\d{1,2})分|(半))?")
_DASH = re.compile(r"\s*(?:-|~|〜|–|—|から)\s*")


class Hours(NamedTuple):
    """Half-open opening hours ``[start_s, end_s)`` of one day, in seconds since its local midnight; ``end_s`` may exceed 24 h."""

    start_s: int
    end_s: int

    def __str__(self) -> str:
        return f"{format_clock(self.start_s)}-{format_clock(self.end_s)}"


def format_clock(seconds: int) -> str:
    """Return "25:10" for 90 600; seconds are shown only when there are any."""
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours:02d}:{minutes:02d}" + (f":{left:02d}" if left else "")


def parse_clock(text: str, place: str = "") -> int:
    """Return seconds since midnight of "09:00", "9:05:30", "25:10", "9時半" or "17時30分"; up to 48:00.

    ``parse_clock("25:10") == 90_600``. Full-width digits are read too. DefinitionError when it is no clock time ("18:60", "49:00").
    """
    found = _CLOCK.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if found:
        hour, minute, second, kanji_hour, kanji_minute, half = found.groups()
        hours, seconds = int(hour or kanji_hour), int(second or 0)
        minutes = 30 if half else int(minute or kanji_minute or 0)
        total = hours * 3600 + minutes * 60 + seconds
        if minutes < 60 and seconds < 60 and total <= LATEST_S:
            return total
    raise DefinitionError(
        "clock_invalid",
        Bilingual(f"「{text}」は時刻として読めません。", f"“{text}” is not a clock time."),
        Bilingual(
            "「09:00」、深夜は「25:10」(翌1時10分)のように、48:00までで書いてください。",
            "Write it like “09:00”, or “25:10” for ten past one on the next day; 48:00 is the latest.",
        ),
        place=place,
        word=text,
    )


def parse_hours(text: str, place: str = "") -> Hours:
    """Return the opening hours written as "09:00-18:00" or, past midnight, "22:00-30:00".

    They must start before 24:00 (what starts later belongs to the next day) and end after they start. DefinitionError otherwise; hours
    written "22:00-06:00" are refused with "22:00-30:00" as the suggestion, never guessed.
    """
    parts = _DASH.split(unicodedata.normalize("NFKC", text).strip())
    if len(parts) != 2:
        raise DefinitionError(
            "hours_invalid",
            Bilingual(f"「{text}」は営業時間として読めません。", f"“{text}” is not a span of opening hours."),
            Bilingual("「09:00-18:00」のように、開始と終了を「-」でつないでください。", "Write start and end with a dash: “09:00-18:00”."),
            place=place,
            word=text,
        )
    start_s, end_s = (parse_clock(part, place) for part in parts)
    if start_s >= DAY_S:
        raise DefinitionError(
            "hours_start_late",
            Bilingual(f"開始時刻「{parts[0]}」が24:00以降です。", f"The start “{parts[0]}” is not before 24:00."),
            Bilingual("翌日の曜日の欄に書いてください。", "Write these hours under the next day of the week."),
            place=place,
            word=text,
            suggestion=str(Hours(start_s - DAY_S, end_s - DAY_S)) if end_s > start_s else None,
        )
    if end_s <= start_s:
        raise DefinitionError(
            "hours_end_early",
            Bilingual(f"「{text}」は終了が開始より後になっていません。", f"“{text}” does not end after it starts."),
            Bilingual("日をまたぐときは終了を24時超で書いてください。", "When the hours run past midnight, write the end beyond 24:00."),
            place=place,
            word=text,
            suggestion=str(Hours(start_s, end_s + DAY_S)) if end_s < start_s else None,
        )
    return Hours(start_s, end_s)


def parse_cutover(text: str, place: str = "") -> int:
    """Return seconds after midnight at which a new business date begins: "05:00" and "29:00" both give 18 000, "24:00" gives 0."""
    return parse_clock(text, place) % DAY_S

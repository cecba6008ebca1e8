"""A pandas script as an analyst would keep it: the facts in memory, one column per sum, one group-by."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from questions import Question

TITLE = "pandas script (facts in memory)"
WORDS = ("channel", "direction", "queue", "outcome")


def prepare(place: Path) -> pd.DataFrame:
    """Read the facts; words become categories, as somebody who knows pandas would do."""
    frame = pq.read_table(place / "facts.parquet").to_pandas(strings_to_categorical=True, date_as_object=False)
    return frame


def ask(frame: pd.DataFrame, question: Question) -> pa.Table:
    """Group the sums, then divide."""
    day = frame["business_date"]
    chosen = (day >= pd.Timestamp(question.first)) & (day < pd.Timestamp(question.until))
    if question.queue:
        chosen &= frame["queue"] == question.queue
    f = frame if chosen.all() else frame[chosen]
    live = f["is_test"].ne(True)
    inbound = live & (f["direction"] == "inbound")
    line = inbound & ~f["channel"].isin(["form", "letter", "mail", "sms", "social"])
    handled = live & (f["outcome"] == "answered")
    answered = line & (f["outcome"] == "answered")
    known_help = handled & (f["consults"].notna() | f["handovers"].notna())
    gave_up = inbound & (f["outcome"] == "abandoned")
    wait, talk = f["wait_s"], f["talk_s"]

    def true(column: str) -> pd.Series:
        return f[column].astype("float64")

    def above_zero(column: str) -> pd.Series:
        return (f[column] > 0).astype("float64").where(f[column].notna())

    sums = pd.DataFrame(
        {
            **{key: f[key] for key in question.keys},
            "inbound_n": inbound.astype("float64"),
            "line_n": line.astype("float64"),
            "answered_n": answered.astype("float64"),
            "abandoned_n": (line & (f["outcome"] == "abandoned")).astype("float64"),
            "busy_n": (line & (f["outcome"] == "busy")).astype("float64"),
            "callback_n": (line & (f["outcome"] == "callback")).astype("float64"),
            "closed_n": (line & (f["outcome"] == "closed")).astype("float64"),
            "timed_n": (line & ~((f["outcome"] == "answered") & wait.isna())).astype("float64"),
            "in_time_n": (answered & (wait <= 20)).astype("float64"),
            "wait_sum": wait.where(answered),
            "gave_up_sum": wait.where(gave_up),
            "gave_up_n": (gave_up & wait.notna()).astype("float64"),
            "handled_n": handled.astype("float64"),
            "handle_sum": (talk + f["hold_s"].fillna(0) + f["acw_s"].fillna(0)).where(handled),
            "talk_sum": talk.where(handled),
            "talk_n": (handled & talk.notna()).astype("float64"),
            "acw_sum": f["acw_s"].where(handled),
            "acw_n": (handled & f["acw_s"].notna()).astype("float64"),
            "hold_sum": f["hold_s"].where(handled),
            "hold_n": (handled & f["hold_s"].notna()).astype("float64"),
            "holds_sum": f["hold_count"].where(handled),
            "holds_n": (handled & f["hold_count"].notna()).astype("float64"),
            "short_n": (handled & (talk < 10)).astype("float64"),
            "transferred": above_zero("transfers").where(handled),
            "consulted": above_zero("consults").where(handled),
            "handed_over": above_zero("handovers").where(handled),
            "complaints": true("complaint").where(handled),
            "thanked": true("thanks").where(live),
            "alone": (known_help & ~(f["consults"] > 0) & ~(f["handovers"] > 0)).astype("float64"),
            "known_help": known_help.astype("float64"),
            "solved": true("resolved").where(inbound),
            "resolution_sum": f["resolution_s"].where(inbound),
            "resolution_n": (inbound & f["resolution_s"].notna()).astype("float64"),
            "response_sum": f["first_response_s"].where(inbound),
            "response_n": (inbound & f["first_response_s"].notna()).astype("float64"),
            "by_bot": true("bot_handled").where(inbound),
        }
    )
    s = sums.groupby(list(question.keys), observed=True, sort=False).sum(min_count=1)
    values = pd.DataFrame(
        {
            "volume": s["inbound_n"],
            "answer_rate": s["answered_n"] / s["line_n"],
            "abandon_rate": s["abandoned_n"] / s["line_n"],
            "busy_rate": s["busy_n"] / s["line_n"],
            "callback_rate": s["callback_n"] / s["line_n"],
            "opening_coverage": (s["line_n"] - s["closed_n"]) / s["line_n"],
            "service_level": s["in_time_n"] / s["timed_n"],
            "asa": s["wait_sum"] / s["timed_n"],
            "time_to_abandon": s["gave_up_sum"] / s["gave_up_n"],
            "aht": s["handle_sum"] / s["talk_n"],
            "att": s["talk_sum"] / s["talk_n"],
            "acw": s["acw_sum"] / s["acw_n"],
            "hold_time": s["hold_sum"] / s["hold_n"],
            "hold_rate": s["holds_sum"] / s["holds_n"],
            "short_call_rate": s["short_n"] / s["talk_n"],
            "transfer_rate": s["transferred"] / s["handled_n"],
            "escalation_rate": s["consulted"] / s["handled_n"],
            "escalation_count": s["handed_over"],
            "complaint_rate": s["complaints"] / s["handled_n"],
            "thanks_count": s["thanked"],
            "agent_self_resolution": s["alone"] / s["known_help"],
            "resolution_rate": s["solved"] / s["inbound_n"],
            "resolution_time": s["resolution_sum"] / s["resolution_n"],
            "first_response_time": s["response_sum"] / s["response_n"],
            "auto_response_rate": s["by_bot"] / s["inbound_n"],
        }
    )
    return pa.Table.from_pandas(values.reset_index(), preserve_index=False)

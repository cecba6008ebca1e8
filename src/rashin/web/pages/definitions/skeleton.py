"""What the editor shows first for a KPI that is new: a whole, valid entry to be changed line by line."""

from __future__ import annotations

from rashin.web.centre import centre

_TEXT = """\
[{key}]
name = {{ ja = "新しいKPI", en = "New KPI" }}
family = "accuracy"          # accessibility | courtesy | productivity | accuracy | outbound | people | cost | social | business
priority = "middle"          # high | middle | low
fact = "contact"
unit = "share"               # share | s | count | per_hour | yen | points | ratio | days …
better = "higher"            # higher | lower | band | none
purpose = {{ ja = "何のために見るか", en = "What it is for" }}
meaning = {{ ja = "何を何で割るか", en = "What is divided by what" }}
measures.answered = "count(*) filter (where offered and answered)"
measures.offered = "count(*) filter (where offered)"
value = "answered / offered"
n = "offered"
min_n = 30
bounds = [0, 1]
source = {{ ja = "社内の取り決め", en = "Agreed in our organisation" }}
version = 1
since = "{since}"
"""


def text(key: str) -> str:
    """Return the skeleton of an entry named ``key``."""
    return _TEXT.format(key=key, since=centre().today().isoformat())

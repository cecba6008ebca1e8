"""Whatever stands in a definition file, loading either succeeds or refuses with a DefinitionError that says where."""

from __future__ import annotations

import copy
import tomllib
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rashin.catalogue.bind import definition
from rashin.catalogue.build import build
from rashin.catalogue.specs import load_specs
from rashin.errors import DefinitionError

BOTH = '{ ja = "x", en = "x" }'
ENTRY = tomllib.loads(f"""
name = {BOTH}
short = {BOTH}
family = "business"
priority = "low"
fact = "contact"
at = "offered_at"
unit = "share"
better = "band"
band = {{ low = 0.1, high = 0.5, origin = {BOTH} }}
purpose = {BOTH}
meaning = {BOTH}
params = {{ target_s = 20, queues = ["A"], who = "x" }}
measures.a = "count(*) filter (where answered and wait_s <= :target_s)"
measures.b = {{ fact = "contact", formula = "count(*) filter (where repeat_of_earlier or queue in (:queues))", at = "ended_at" }}
measures.h = "histogram(wait_s)"
value = "a / b"
n = "b"
interval = "wilson"
min_n = 3
bounds = [0, 1]
exclude = [ {{ when = "is_test", reason = {BOTH} }} ]
repeat = {{ identity = "customer_key", window_days = 7, same_category = true }}
counter = ["aht"]
benchmark = [ {{ low = 0.1, origin = {BOTH} }} ]
hints = [ {BOTH} ]
source = {BOTH}
version = 1
since = 2026-11-01
[variants.v]
name = {BOTH}
meaning = {BOTH}
source = {BOTH}
value = "percentile(h, 0.9)"
unit = "s"
n = "a"
""")
JUNK: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 10**20)
    | st.floats()
    | st.sampled_from(["", "x", "contact", "survey", "count(*)", "a", "a / b", "band", "s", "9999-99-99", "待ち", "\x00", "default"])
    | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["ja", "en", "low", "a", "when", "fact", "x y", "v"]), inner, max_size=2)
    ),
    max_leaves=4,
)


def paths(data: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [above] if above else []
    if isinstance(data, dict):
        for key, value in data.items():
            found += paths(value, (*above, key))
    elif isinstance(data, list):
        for place, value in enumerate(data):
            found += paths(value, (*above, place))
    return found


def replaced(path: tuple[Any, ...], value: Any, *, drop: bool) -> dict[str, Any]:
    data = copy.deepcopy(ENTRY)
    inner = data
    for key in path[:-1]:
        inner = inner[key]
    if drop:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return data


@settings(max_examples=800, deadline=None, derandomize=True)
@given(path=st.sampled_from(paths(ENTRY)), value=JUNK, drop=st.booleans())
def test_a_damaged_entry_is_refused_with_its_place_or_read(path: tuple[Any, ...], value: Any, drop: bool) -> None:
    refused = None
    try:
        kpi = build("mine", replaced(path, value, drop=drop), "own.toml › mine")
        for reading in kpi.readings.values():
            definition(kpi, reading, {})
    except DefinitionError as error:
        refused = error
    if refused is not None:
        assert refused.place.startswith("own.toml › mine")
        assert refused.text("ja")
        assert refused.text("en")


def test_the_undamaged_entry_is_read() -> None:
    assert set(build("mine", ENTRY, "own.toml › mine").readings) == {"default", "v"}


SPEC_TEXT = st.text(alphabet=st.sampled_from("|n directoninbu=[]{}'\"#\n0123-.待"), max_size=60)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(junk=SPEC_TEXT)
def test_a_damaged_spec_is_refused_or_read(tmp_path_factory: Any, junk: str) -> None:
    folder = tmp_path_factory.mktemp("specs")
    header = '[[spec]]\nkpi = "mine"\ntitle = { ja = "x", en = "x" }\nsource = "x"\nexpect = { default = 1 }\n'
    (folder / "a.toml").write_text(f"{header}rows.contact = '''\n{junk.replace(chr(39), '')}\n'''\n", "utf-8")
    (folder / "b.toml").write_text(header + junk, "utf-8")
    refused = None
    try:
        load_specs(folder)
    except DefinitionError as error:
        refused = error
    assert refused is None or refused.place.startswith(("a.toml", "b.toml"))

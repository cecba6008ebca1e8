"""The table of `docs/reference/security.md`: every item has an answer, and every test that it names exists."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "reference" / "security.md").read_text("utf-8")
#: The items of OWASP ASVS 5.0.0 that are claimed, or answered with why they do not apply.
ITEMS = [
    "1.2.4",
    "1.2.9",
    "1.2.10",
    "1.3.1",
    "1.3.6",
    "1.3.11",
    "1.3.12",
    "1.5.1",
    "2.2.3",
    "2.3.3",
    "2.4.1",
    "5.2.1",
    "5.2.2",
    "5.2.3",
    "5.2.5",
    "5.3.3",
    "5.4.1",
    "5.4.2",
    "7.2.3",
    "7.2.4",
    "7.4.1",
    "7.4.2",
    "8.2.1",
    "8.2.2",
    "8.2.3",
    "8.3.1",
    "8.3.2",
    "8.4.1",
    "13.2.4",
    "13.2.5",
    "14.2.1",
    "14.2.6",
    "14.2.7",
    "15.3.1",
    "15.3.3",
    "16.2.1",
    "16.2.2",
    "16.2.5",
    "16.3.1",
    "16.3.2",
    "16.3.3",
    "16.4.1",
    "16.4.2",
    "16.5.1",
    "16.5.2",
    "16.5.3",
    "16.5.4",
]


def rows() -> dict[str, str]:
    """Item → its row."""
    return {found[1]: found[0] for found in re.finditer(r"^\| (\d+\.\d+\.\d+) \|.*$", TEXT, re.MULTILINE)}


def test_every_item_is_answered() -> None:
    assert sorted(rows()) == sorted(ITEMS)


def test_every_item_has_a_test_or_says_why_it_does_not_apply() -> None:
    assert [item for item, row in rows().items() if "::" not in row and "does not apply" not in row and "not offered" not in row] == []


def test_every_test_that_is_named_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)
    assert len(named) > 50
    missing = [f"{path}::{name}" for path, name in named if f"def {name}(" not in (ROOT / path).read_text("utf-8")]
    assert missing == []

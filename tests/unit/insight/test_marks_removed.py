"""A mark that is taken out leaves the rest of marks.toml as somebody wrote it."""

from __future__ import annotations

from pathlib import Path

from rashin.insight.marks import add, load_marks, read, remove

TEXT = """# our own days
[[mark]]
days = "2026-10-05..2026-10-07"  # the big one
kind = "campaign"
reason = "送料無料"
by = "tanaka"
where = { queue = ["order"] }

[[mark]]
days = 2026-08-11
kind = "outage"
reason = "line down"
by = "sato"
"""


def test_one_goes_and_comments_stay(tmp_path: Path) -> None:
    (tmp_path / "marks.toml").write_text(TEXT, "utf-8")
    outage, campaign = load_marks(tmp_path)
    assert remove(tmp_path, outage.ref) == outage
    assert load_marks(tmp_path) == (campaign,)
    text = (tmp_path / "marks.toml").read_text("utf-8")
    assert "# our own days" in text
    assert "# the big one" in text
    assert remove(tmp_path, outage.ref) is None


def test_the_last_one_leaves_a_file_without_marks(tmp_path: Path) -> None:
    (mark,) = read({"mark": [{"days": "2026-10-05", "kind": "test", "reason": "x" * 9, "by": "a"}]})
    add(tmp_path, mark)
    remove(tmp_path, mark.ref)
    assert load_marks(tmp_path) == ()
    add(tmp_path, mark)
    assert load_marks(tmp_path) == (mark,)
    assert not remove(tmp_path / "elsewhere", "none")

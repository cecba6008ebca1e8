"""The handling-time programme of one team of the demo centre is found with its size; where nothing was done there is no evidence. From the command line."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from rashin import demo
from rashin.demo.stories import Stories

PROGRAMME = dt.date(2026, 8, 31)


def test_the_programme_of_one_team_is_found_and_a_null_action_is_not(tmp_path: Path, capfd: Any) -> None:
    from rashin.cli.lib.run import run
    from rashin.face import Centre

    folder = tmp_path / "centre"
    demo.write(folder, contacts=100_000, months=5, stories=replace(Stories.ending(dt.date(2100, 1, 31)), programme=PROGRAMME))
    with (folder / "rashin.toml").open("a", encoding="utf-8") as file:
        file.write('\n[engine]\nthreads = 1\nmemory_limit = "1GiB"\nrollups = "never"\n')
    calls = ("pbx-naha", "pbx-sapporo", "connect-hoshizora")
    with Centre.open(folder, lang="en") as centre:
        for entry in json.loads((folder / "expected.json").read_text("utf-8"))["files"]:
            if entry["source"] in calls:
                centre.load([folder / entry["file"]], folder / "mappings" / f"{entry['source']}.toml", by="demo")

    def asked(team: str, others: str) -> dict[str, str]:
        capfd.readouterr()
        words = [
            "effect",
            "aht",
            "--units",
            f"team={team}",
            "--others",
            f"team={others}",
            "--start",
            str(PROGRAMME),
            "--where",
            "channel=voice",
        ]
        assert run(["-w", str(folder), *words, "--picked", "other", "--format", "json", "--lang", "en"]) == 0
        return dict(json.loads(capfd.readouterr().out))

    found = asked("naha-2", "naha-1,sapporo-1,sapporo-2,hoshizora-day,hoshizora-night")
    assert found["verdict"] == "evidence", found
    # the programme takes 12 % off handling times near 350 s
    assert float(found["low"]) < -35 < float(found["high"]) < 0, found
    nothing = asked("naha-1", "sapporo-1,sapporo-2,hoshizora-day,hoshizora-night")
    assert nothing["verdict"] == "no evidence", nothing

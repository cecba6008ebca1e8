"""`rashin related`, `control` and `fair` from the command line: tables for people, whole figures for machines."""

import json
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

FIRST = date(2026, 7, 1)


@pytest.fixture(scope="module")
def folder(shared_world: Any) -> Any:
    """Ninety days of two teams; on busy days fewer are answered."""
    made, random, rows = shared_world(), np.random.default_rng(51), []
    for day in range(90):
        busy = random.integers(10, 30)
        for number in range(int(busy)):
            at = f"{FIRST + timedelta(days=day)} 10:00"
            answered = random.random() < 1.2 - busy / 35
            rows.append(
                {
                    "channel": "voice", "direction": "inbound", "queue": "order", "team": "ab"[number % 2], "offered_at": at, "wait_s": 5.0,
                    "outcome": "answered" if answered else "abandoned", "talk_s": 200.0 + 40 * (number % 2) + float(random.normal(0, 30)) if answered else None,
                    "hold_s": 0.0 if answered else None, "acw_s": 0.0 if answered else None,
                }
            )  # fmt: skip
    made.load("contact", rows)
    made.close()
    return made.workspace.path


def said(folder: Any, capfd: Any, *words: str) -> str:
    from rashin.cli.lib.run import run

    capfd.readouterr()
    assert run(["-w", str(folder), *words, "--lang", "en"]) == 0
    return str(capfd.readouterr().out)


def refused(folder: Any, capfd: Any, *words: str) -> str:
    from rashin.cli.lib.run import run

    capfd.readouterr()
    assert run(["-w", str(folder), *words, "--lang", "en"]) == 2
    return str(capfd.readouterr().err)


def test_what_moves_together(folder, capfd):
    text = said(folder, capfd, "related", "volume", "answer_rate", "aht")
    assert "moves together  Volume  Answer rate" in text
    found = json.loads(said(folder, capfd, "related", "volume", "answer_rate", "aht", "--format", "json"))
    assert {row["kind"] for row in found} == {"finding", "none"}
    assert (found[0]["first"], found[0]["second"]) == ("volume", "answer_rate")
    assert found[0]["r"] < -0.5
    assert "Average handling time" not in said(folder, capfd, "related", "volume", "answer_rate")
    assert "Take a longer period" in refused(folder, capfd, "related", "volume", "answer_rate", "--grain", "week", "--lags", "1")


def test_the_chart(folder, capfd):
    text = said(folder, capfd, "control", "answer_rate", "--rule", "8_same")
    assert "By chance alone" in text
    assert "Laney" in text
    text = refused(folder, capfd, "control", "answer_rate", "--period", "2031")
    assert text.startswith("There is no figure in this period.")
    assert "Choose another period" in text


def test_two_teams(folder, capfd):
    text = said(folder, capfd, "fair", "aht", "--by", "team", "--adjust", "queue")
    assert "long beyond chance" in text
    rows = json.loads(said(folder, capfd, "fair", "aht", "--by", "team", "--format", "json"))
    assert [(row["tier"], row["unit"]) for row in rows] == [("high", "b"), ("low", "a")]

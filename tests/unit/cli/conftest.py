"""Commands run in this process: ``rashin("ask", …)`` gives code, out and err. A small demo centre stands ready for those that only read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

CALLS = """通話ID,着信日,着信時刻,応答時刻,終了時刻,窓口,担当者,結果,待ち時間(秒)
1,2026/10/1,9:00:00,9:00:10,9:05:00,注文,sato,応答,10
2,2026/10/1,9:10:00,9:10:30,9:12:00,注文,suzuki,応答,30
3,2026/10/1,9:20:00,,9:21:40,配送,,放棄,100
4,2026/10/2,10:00:00,10:00:05,9:59:00,配送,sato,応答,5
合計,,,,,,,,145
"""
MAPPING = """source = "pbx"
connector = "table"
zone = "Asia/Tokyo"
[[fact]]
fact = "contact"
key = ["通話ID"]
[fact.fields]
channel = { value = "voice" }
direction = { value = "inbound" }
queue = { column = "窓口", values = { "注文" = "order", "配送" = "delivery" } }
agent = { column = "担当者" }
offered_at = { columns = ["着信日", "着信時刻"], order = "ymd" }
answered_at = { columns = ["着信日", "応答時刻"], order = "ymd" }
ended_at = { columns = ["着信日", "終了時刻"], order = "ymd" }
outcome = { column = "結果", values = { "応答" = "answered", "放棄" = "abandoned" } }
wait_s = { column = "待ち時間(秒)", unit = "s" }
"""


@dataclass(frozen=True, slots=True)
class Done:
    """What a command left: its exit code and what it wrote."""

    code: int
    out: str
    err: str


Rashin = Callable[..., Done]


@pytest.fixture
def rashin(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Rashin:
    """Run a command line in this process, in English unless the words say otherwise, as if typed in the test's own folder."""
    from rashin.cli.lib.run import run

    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("RASHIN_USER", "tester")
    monkeypatch.chdir(tmp_path)

    def call(*words: object, lang: str = "en") -> Done:
        capfd.readouterr()
        code = run([*map(str, words), "--lang", lang])
        written = capfd.readouterr()
        return Done(code, written.out, written.err)

    return call


@pytest.fixture
def small(tmp_path: Path, rashin: Rashin) -> Path:
    """A workspace with a mapping and, beside it, a file of four calls of which the last is impossible."""
    folder = tmp_path / "centre"
    assert rashin("init", folder).code == 0
    (folder / "mappings" / "pbx.toml").write_text(MAPPING, "utf-8")
    (tmp_path / "calls.csv").write_bytes(CALLS.replace("\n", "\r\n").encode("cp932"))
    return folder


@pytest.fixture(scope="session")
def demo_centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A demo centre of two months, loaded. Tests only read it."""
    from rashin.cli.lib.run import run

    folder = tmp_path_factory.mktemp("demo") / "centre"
    assert run(["demo", str(folder), "--contacts", "4000", "--months", "2", "--no-site", "--lang", "en", "-q"]) == 0
    return folder

"""What an upload was promised survives the end of the process: waiting, running and asking jobs go on with the next start."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rashin.web.pages.data import incoming, jobs, kept, work

HEAD = (
    "通話ID,着信日,着信時刻,応答時刻,終了時刻,窓口,担当者ID,担当者名,顧客番号,発信者番号,問い合わせ分類,結果,待ち時間(秒),通話時間,保留時間,保留回数,後処理時間,"
    "転送元通話ID,相談,一次解決,苦情,お礼,備考,更新日時"
)
ROWS = (
    "T-1,2026/10/1,10:54:03,10:54:09,10:59:03,注文,sato.aoi,佐藤 葵,10000950,09007523063,注文,応答,6,0:04:16,0:00:38,1,0:00:53,,,完了,,,,2026-11-01 22:00:00",
    "T-2,2026/10/1,11:22:42,11:22:48,11:25:11,注文,sato.aoi,佐藤 葵,10000712,09005638341,注文,応答,6,0:02:23,0:00:00,0,0:01:34,,,完了,,,,2026-11-01 22:00:00",
)

pytestmark = pytest.mark.committed


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """A process without jobs, and no job that outlives its test."""
    jobs.wake()
    yield
    jobs.wake()
    assert jobs.idle()


def send(client: Any, name: str = "通話履歴_札幌_2026-11.csv", data: bytes | None = None) -> str:
    """Upload a file as the page does; return the address of its progress."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    content = "\r\n".join((HEAD, *ROWS, "")).encode("cp932") if data is None else data
    answer = client.post("/data/upload/", {"files": SimpleUploadedFile(name, content)})
    assert answer.status_code == 302, answer.text
    return str(answer.headers["Location"])


def restart() -> int:
    """The process ends and another one begins."""
    jobs.halt(0.0)
    jobs.wake()
    return work.resume()


@pytest.fixture
def busy(own_centre: Any) -> Iterator[threading.Event]:
    """A writer that is busy until the event is set: whatever comes now has to wait."""
    free, began = threading.Event(), threading.Event()

    def long(job: jobs.Job) -> None:
        began.set()
        free.wait(60)

    jobs.start(jobs.add(jobs.Job("load", "long.csv", "x", (0, "", ""), own_centre, work=long)))
    assert began.wait(60)
    yield free
    free.set()


def writer_is_through() -> None:
    """Wait until the writer has passed over everything that waited: it belongs to the process that has ended."""
    seen = threading.Event()

    class Last:
        @property
        def state(self) -> str:
            seen.set()
            return "done"

    jobs._waiting.put(Last())  # type: ignore[arg-type]
    assert seen.wait(60)


def go_on(busy: threading.Event) -> None:
    """The process ends while its writer is busy, and another one goes on."""
    jobs.halt(0.0)
    busy.set()
    writer_is_through()
    jobs.wake()
    assert work.resume() >= 1
    assert jobs.idle()


def folders(own_centre: Any) -> list[Path]:
    return list(kept.place(own_centre.workspace).iterdir())


def test_a_file_that_waits_its_turn_is_loaded_after_a_restart(
    own_centre: Any, client_of: Callable[..., Any], busy: threading.Event
) -> None:
    client, before = client_of("analyst"), len(own_centre.loads())
    progress = send(client)
    assert "順番待ち" in client.get(progress).text
    go_on(busy)
    page = client.get(progress).text
    assert "2 行 = 採用 2" in page
    assert len(own_centre.loads()) == before + 1
    assert folders(own_centre) == []


def test_a_file_that_asks_for_its_mapping_still_asks_after_a_restart(own_centre: Any, client_of: Callable[..., Any]) -> None:
    client = client_of("analyst")
    progress = send(client, "new.csv", b"id,when,what\r\n1,2026-10-01 09:00:00,x\r\n")
    assert restart() == 1
    page = client.get(progress)
    assert "読み方の確認待ち" in page.text
    job = page.context["jobs"][0]
    assert job.path.read_bytes().startswith(b"id,when")
    assert client.post(f"/data/jobs/{job.id}/stop/").status_code == 302
    assert folders(own_centre) == []


def test_a_withdrawal_that_waits_is_done_after_a_restart(own_centre: Any, client_of: Callable[..., Any], busy: threading.Event) -> None:
    client, newest = client_of("analyst"), own_centre.loads()[-1].load_id
    answer = client.post(f"/data/loads/{newest}/withdraw/", {"sure": "1", "reason": "wrong month"})
    assert answer.status_code == 302
    go_on(busy)
    assert own_centre.loads()[-1].withdrawn_at is not None
    # the process may also have died just after it was done: then there is nothing left to do
    job = jobs.Job("withdraw", "x", "b", (0, "", ""), own_centre, load_id=newest, work=work.withdraw, resumed=True)
    work.withdraw(job)
    assert job.withdrawn == [newest]


def test_what_runs_when_the_process_ends_is_stopped_and_done_again(
    own_centre: Any, client_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    began, go, load_file = threading.Event(), threading.Event(), work.load_file

    def slow(job: jobs.Job) -> None:
        from rashin.intake.job import Progress

        began.set()
        go.wait(60)
        job.watch(Progress("x", "read", 1, 2, 1))
        load_file(job)

    monkeypatch.setattr(work, "load_file", slow)
    client = client_of("analyst")
    progress = send(client)
    assert began.wait(60)
    threading.Timer(0.2, go.set).start()
    jobs.halt(5.0)
    assert [each.state for each in jobs.of_batch(progress.split("/")[-2])] == ["queued"]
    jobs.wake()
    assert work.resume() == 1
    assert jobs.idle()
    assert "2 行 = 採用 2" in client.get(progress).text


def test_a_job_that_kills_its_process_is_given_up(own_centre: Any, client_of: Callable[..., Any], busy: threading.Event) -> None:
    client = client_of("analyst")
    progress = send(client)
    jobs.halt(0.0)
    note = next(each for each in folders(own_centre) if (each / "file").exists()) / kept.NOTE
    note.write_text(json.dumps(json.loads(note.read_text("utf-8")) | {"tries": jobs.TRIES}), "utf-8")
    busy.set()
    writer_is_through()
    jobs.wake()
    work.resume()
    assert "送り直してください" in client.get(progress).text


def test_what_was_never_promised_is_swept_away(own_centre: Any) -> None:
    left = kept.room_for_file(own_centre.workspace)
    (left / "half.csv").write_bytes(b"a,b")
    torn = own_centre.workspace.folder("landing") / "tmpabc.upload.csv"
    torn.write_bytes(b"half a file")
    assert restart() == 0
    assert folders(own_centre) == []
    assert not torn.exists()


@pytest.mark.parametrize("name", ["job.json", "mapping.toml", "../../job.json", ".partial-job.json"])
def test_no_file_can_be_named_so_that_it_is_taken_for_a_note_of_ours(own_centre: Any, client_of: Callable[..., Any], name: str) -> None:
    forged = b'{"id": "x", "who": [1, "boss", "boss"], "kind": "withdraw", "load_id": 1, "file": "../../../rashin.toml"}'
    client = client_of("analyst")
    progress = send(client, name, forged)
    jobs.idle()
    for folder in folders(own_centre):
        assert json.loads((folder / kept.NOTE).read_text("utf-8"))["kind"] == "load"
    assert restart() <= 1
    assert own_centre.loads()[0].withdrawn_at is None
    assert client.get(progress).status_code in (200, 404)
    assert incoming.safe_name(name) == Path(incoming.safe_name(name)).name


def test_jobs_lie_where_only_the_owner_reads(own_centre: Any, client_of: Callable[..., Any]) -> None:
    send(client_of("analyst"), "new.csv", b"id,when,what\r\n1,2026-10-01 09:00:00,x\r\n")
    found = [kept.place(own_centre.workspace), *kept.place(own_centre.workspace).rglob("*")]
    assert {oct(each.stat().st_mode & 0o777) for each in found if each.is_dir()} == {"0o700"}
    (note,) = (each for each in found if each.name == kept.NOTE)
    assert note.stat().st_mode & 0o077 == 0

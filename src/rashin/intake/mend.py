"""Load mended rows: they take the place of the rejects they were, under the mapping, source and export time of the load that refused them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rashin.errors import Bilingual, QuestionError, WorkspaceError
from rashin.intake.identity import CONTENT, Occurrences
from rashin.intake.job import Job, Watch
from rashin.intake.land import Landed, land
from rashin.intake.receipt import Receipt
from rashin.intake.rejects import mended_records
from rashin.intake.resolve import kept_mapping, setting_of, text_zone
from rashin.intake.run import known_load, mend_prefix, mends_of, opened, run
from rashin.intake.values.plan import FactPlan

if TYPE_CHECKING:
    from rashin.store.receipt import LoadRecord
    from rashin.store.store import Store
    from rashin.store.workspace import Workspace

_ASKED = 500


def mend(target: Store | Workspace, file: str | Path, *, by: str, watch: Watch | None = None) -> list[Receipt]:
    """Load a file of mended rejects; one receipt for each load whose rejects it mends (``mends`` names it).

    Rows that are refused again are rejects of the new load. Raises InputError (not such a file), QuestionError (unknown or withdrawn load).
    """
    with opened(target) as store:
        path = Path(file)
        groups = mended_records(path)
        landed = land(path, store.workspace.folder("landing"))
        return [run(store, _job(store, landed, number, batches, by, watch)) for number, batches in sorted(groups.items())]


def _job(store: Store, landed: Landed, number: int, batches: list[Any], by: str, watch: Watch | None) -> Job:
    record = known_load(store, number)
    if record.withdrawn_at is not None:
        raise QuestionError(
            "load_withdrawn",
            Bilingual(
                f"取込 {number} は取り消されているので、その取込不可は直せません。",
                f"Load {number} was withdrawn: its rejects cannot be mended.",
            ),
            Bilingual("直したファイル全体を読み込み直してください。", "Load the corrected file as a whole."),
        )
    mapping = kept_mapping(store.workspace, record.mapping_hash)
    if mapping is None:
        raise WorkspaceError(
            "landing_incomplete",
            Bilingual(f"取込 {number} の対応づけが保管場所にありません。", f"The mapping of load {number} is gone from the landing."),
            Bilingual("landing フォルダーをバックアップから戻してください。", "Restore the landing folder from a backup."),
        )
    return Job(
        landed,
        mapping,
        setting_of(mapping, store.workspace),
        text_zone(mapping, store.workspace),
        record.exported_at or record.started_at,
        by,
        watch,
        batch_id=_batch_id(store, number, landed),
        records=iter(batches),
        mends=number,
        landed_as=record.file_name,
        # One file may mend several loads; each is a load of its own, so its hash must be too.
        file_hash=hashlib.sha256(f"{landed.sha256}:{number}".encode()).hexdigest(),
        occurrences=lambda plan: _Following(store, record, plan),
    )


def _batch_id(store: Store, number: int, landed: Landed) -> str:
    """The load that is mended and the file, by which rejects find what was mended; a mend that was withdrawn may come again."""
    own = mend_prefix(number) + landed.sha256
    withdrawn = sum(each.batch_id.startswith(own) and each.withdrawn_at is not None for each in store.loads())
    return f"{own}-{withdrawn}" if withdrawn else own


class _Following(Occurrences):
    """Numbers rows after those of the load that is mended: a mended row may equal one that was accepted, and is still a second one."""

    def __init__(self, store: Store, record: LoadRecord, plan: FactPlan) -> None:
        super().__init__()
        self._store = store
        self._loads = [record.load_id, *(each.load_id for each in mends_of(store, record.load_id))]
        self._fact = plan.fact.name

    def number(self, hashes: Any, digests: Any = None) -> Any:
        import numpy as np

        contents = digests.to_pylist()
        before = self._held(sorted(set(contents)))
        return super().number(hashes, digests) + np.array([before.get(content, 0) for content in contents], dtype=np.int64)

    def _held(self, digests: list[str]) -> dict[str, int]:
        held: dict[str, int] = {}
        digest = f"substr(native_id, {len(CONTENT) + 1}, 32)"
        loads = ", ".join("?" * len(self._loads))
        for start in range(0, len(digests), _ASKED):
            some = digests[start : start + _ASKED]
            found = self._store.read(
                f"SELECT {digest} AS d, count(*) AS n FROM {self._store.relation(self._fact)} "
                f"WHERE load_id IN ({loads}) AND starts_with(native_id, ?) AND {digest} IN ({', '.join('?' * len(some))}) GROUP BY 1",
                [*self._loads, CONTENT, *some],
            )
            held.update(zip(found.column("d").to_pylist(), found.column("n").to_pylist(), strict=True))
        return held

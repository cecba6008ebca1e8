"""Load a file of the landing again, as it was loaded before: what undoes a withdrawal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rashin.errors import Bilingual, QuestionError, WorkspaceError
from rashin.intake.job import Job, Watch
from rashin.intake.land import Landed, find_landed
from rashin.intake.receipt import Receipt
from rashin.intake.resolve import kept_mapping, setting_of, text_zone
from rashin.intake.run import known_load, run

if TYPE_CHECKING:
    from rashin.store.store import Store


def load_again(store: Store, load_id: int, *, by: str, watch: Watch | None = None) -> Receipt:
    """Load the file of ``load_id`` from the landing with the mapping, source and export time it had; it gets a number of its own.

    QuestionError for a load that mended another's rejects; WorkspaceError when file or mapping are gone from the landing.
    """
    record = known_load(store, load_id)
    if record.batch_id.startswith("mend-"):
        raise QuestionError(
            "mend_not_again",
            Bilingual("修正した行の取込は、単独では戻せません。", "A load of mended rows cannot be brought back by itself."),
            Bilingual("元の取込を開き、取込不可を直し直してください。", "Open the load that it mended, and mend its rejects again."),
        )
    workspace = store.workspace
    folder = workspace.folder("landing")
    mapping, path = kept_mapping(workspace, record.mapping_hash), find_landed(folder, record.file_hash)
    if mapping is None or path is None:
        raise WorkspaceError(
            "landing_incomplete",
            Bilingual(
                f"取込 {load_id} の元のファイルか対応づけが保管場所にありません。",
                f"The file or the mapping of load {load_id} is gone from the landing.",
            ),
            Bilingual("landing フォルダーをバックアップから戻してください。", "Restore the landing folder from a backup."),
        )
    when = record.exported_at or record.started_at
    landed = Landed(path, record.file_hash, path.stat().st_size, record.file_name, when)
    return run(store, Job(landed, mapping, setting_of(mapping, workspace), text_zone(mapping, workspace), when, by, watch))

"""What the engine and the disk complain of, told in the reader's words with what to do."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

from rashin.errors import Bilingual, OutsideError, RashinError, WorkspaceError

_FULL = ("No space left", "Disk quota exceeded", "max_temp_directory_size")
_DISK = ("fsync failed", "Could not write", "Could not sync", "Input/output error", "File too large", "Could not truncate")
_DAMAGED = (
    "Corrupt",
    "corrupt",
    "checksum",
    "not a valid DuckDB",
    "Could not read enough bytes",
    "deserialize",
    "Serialization",
    "not enough data in file",
)


@contextlib.contextmanager
def told(folder: Path) -> Iterator[None]:
    """Turn what the engine and the system raise into errors that a reader can act on; anything else passes unchanged."""
    try:
        yield
    except RashinError:
        raise
    except Exception as error:
        meant = meaning(folder, error)
        if meant is None:
            raise
        raise meant from error


def invalidated(error: BaseException) -> bool:
    """Whether the engine gave its open file up (after a failed fsync): it must be opened anew."""
    import duckdb

    return isinstance(error, duckdb.FatalException) or (isinstance(error, duckdb.Error) and "has been invalidated" in str(error))


def meaning(folder: Path, error: Exception) -> RashinError | None:
    """Return the error to show for ``error``; None when it is not the disk's or the file's."""
    import duckdb

    if not isinstance(error, OSError | duckdb.Error):
        return None
    text = str(error)
    if any(mark in text for mark in _FULL) or getattr(error, "errno", 0) in (errno.ENOSPC, errno.EDQUOT):
        return disk_full()
    if isinstance(error, duckdb.OutOfMemoryException):
        return OutsideError(
            "memory_short",
            Bilingual(
                "エンジンに許されたメモリが足りません。何も変更していません。",
                "The engine ran out of the memory it may use. Nothing was changed.",
            ),
            Bilingual("rashin.toml の [engine] memory_limit を増やしてください。", "Raise memory_limit under [engine] in rashin.toml."),
        )
    if "Could not set lock" in text or "Conflicting lock" in text:
        return WorkspaceError(
            "workspace_foreign_lock",
            Bilingual(
                f"{folder} のエンジンのファイルを、Rashin 以外のプログラムが開いています。",
                f"A program other than Rashin has the engine file in {folder} open.",
            ),
            Bilingual("そのプログラムを閉じてから、もう一度実行してください。", "Close that program, then run it again."),
        )
    if any(mark in text for mark in _DAMAGED):
        return damaged(folder)
    if invalidated(error) or any(mark in text for mark in _DISK) or getattr(error, "errno", 0) in (errno.EIO, errno.EROFS, errno.EFBIG):
        return disk_failed()
    return None


def disk_full() -> OutsideError:
    """No room left."""
    return OutsideError(
        "disk_full",
        Bilingual("ディスクの空きがありません。何も変更していません。", "The disk is full. Nothing was changed."),
        Bilingual("空きを作ってから、同じ操作をもう一度行ってください。", "Make room, then run the same again."),
    )


def disk_failed() -> OutsideError:
    """The disk refused or lost a write."""
    return OutsideError(
        "disk_failed",
        Bilingual(
            "ディスクの読み書きに失敗しました。書き込みの途中だった場合、記録されたかどうかは「rashin loads」で確かめられます。",
            "The disk failed while reading or writing. If it was writing, “rashin loads” shows whether the action was recorded.",
        ),
        Bilingual(
            "ディスクの状態を確かめ、使用中のプロセスを終えてから、同じ操作をもう一度行ってください。二重に数えることはありません。",
            "Check the disk, end the process that has the workspace open, then run the same again: nothing is ever counted twice.",
        ),
    )


def damaged(folder: Path) -> WorkspaceError:
    """The engine file does not hold together."""
    return WorkspaceError(
        "workspace_damaged",
        Bilingual(
            f"{folder} のエンジンのファイル(rashin.duckdb)が壊れています。",
            f"The engine file (rashin.duckdb) in {folder} is damaged.",
        ),
        Bilingual(
            "壊れたファイルを別名で残し、「rashin restore」で facts/ に書き出した日から戻すか、landing/ のファイルを読み込み直してください。",
            "Keep the damaged file under another name, then bring back the sealed days in facts/ with “rashin restore”, or load the files in landing/ again.",
        ),
    )

"""The engine's own bare copy of the same files into a new file: typed, nothing checked, nothing kept beside the rows."""

from __future__ import annotations

from pathlib import Path

import duckdb
from centre import COLUMNS


def load(place: Path, files: list[Path]) -> int:
    """Create one table from all files."""
    target = place / "bare.duckdb"
    target.unlink(missing_ok=True)
    names = [str(each) for each in files]
    with duckdb.connect(target) as connection:
        if files[0].suffix == ".csv":
            connection.execute(
                "CREATE TABLE contact AS SELECT * FROM read_csv($files, header = true, columns = $columns)",
                {"files": names, "columns": COLUMNS},
            )
        else:
            connection.execute("CREATE TABLE contact AS SELECT * FROM read_parquet($files)", {"files": names})
        return int(connection.execute("SELECT count(*) FROM contact").fetchall()[0][0])

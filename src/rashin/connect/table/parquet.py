"""Parquet as batches: columns keep their types, nested ones get dotted names, lists become JSON text."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, BinaryIO

from rashin.connect.files import Member
from rashin.connect.model import LINE, RawBatch
from rashin.connect.table.rows import BATCH_ROWS
from rashin.errors import Bilingual, InputError


def read(member: Member, columns: frozenset[str] | None = None) -> Iterator[RawBatch]:
    """Yield the record batches of the file with ``_line`` = record number. Raises InputError when it is damaged."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with member.open() as stream:
            source = pq.ParquetFile(_seekable(stream))
            names = [
                each for each in source.schema_arrow.names if columns is None or any(c == each or c.startswith(f"{each}.") for c in columns)
            ]
            first = 1
            for batch in source.iter_batches(batch_size=BATCH_ROWS, columns=names):
                table = _flat(pa.Table.from_batches([batch]))
                numbers = pa.array(np.arange(first, first + table.num_rows))
                first += table.num_rows
                yield RawBatch("", table.append_column(LINE, numbers), member.part)
    except (pa.ArrowException, OSError) as error:
        raise InputError(
            "parquet_broken",
            Bilingual(f"「{member.name}」はParquetとして読めません({error})。", f"“{member.name}” cannot be read as Parquet ({error})."),
            Bilingual("もう一度書き出してください。", "Export it again."),
        ) from error


def _seekable(stream: BinaryIO) -> BinaryIO:
    """The footer stands at the end; a compressed stream cannot go there and is read into memory."""
    try:
        stream.seek(0, io.SEEK_END)
        stream.seek(0)
    except (OSError, io.UnsupportedOperation):
        return io.BytesIO(stream.read())
    return stream


def _flat(table: Any) -> Any:
    import json

    import pyarrow as pa

    while any(pa.types.is_struct(field.type) for field in table.schema):
        table = table.flatten()
    for index, field in enumerate(table.schema):
        kind = field.type
        if pa.types.is_dictionary(kind):
            table = table.set_column(index, field.name, table.column(index).cast(kind.value_type))
        elif pa.types.is_nested(kind) or pa.types.is_binary(kind):
            texts = [
                None if each is None else json.dumps(each, ensure_ascii=False, default=str) for each in table.column(index).to_pylist()
            ]
            table = table.set_column(index, field.name, pa.array(texts, pa.string()))
    return table

"""A stored document as a file. In this process, or in one of its own at low priority: typesetting keeps an interpreter busy for a second, and a site has only one.

``python -m rashin.report.render pdf`` reads a document from its input and writes the file to its output.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence

from rashin.errors import Bilingual, OutsideError, RashinError
from rashin.report.model import Report, dump, read

#: Form → media type.
FORMS: dict[str, str] = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
}
#: A report takes about two seconds.
_LIMIT_S = 180
_GENTLE = 10


def written(report: Report, form: str) -> bytes:
    """Return the report as a file of ``form`` (one of :data:`FORMS`). The same report gives the same bytes (a workbook: the same cells)."""
    if form == "json":
        return dump(report)
    if form == "html":
        from rashin.report.html import page

        return page(report).encode()
    if form == "xlsx":
        from rashin.report.xlsx import workbook

        return workbook(report)
    from rashin.report.pdf import pdf

    return pdf(report)


def apart(document: bytes, form: str) -> bytes:
    """Return what :func:`written` gives for a dumped report, made in a process of its own. OutsideError when that cannot be done."""
    if form not in FORMS:
        raise ValueError(form)
    if form == "json":
        return document
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module; the form is one of four words
            [sys.executable, "-m", "rashin.report.render", form], input=document, capture_output=True, check=False, timeout=_LIMIT_S
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _failed(type(error).__name__) from error
    if done.returncode == 0:
        return done.stdout
    try:
        told = json.loads(done.stderr.splitlines()[-1])
        raise OutsideError(told["code"], Bilingual(*told["what"]), Bilingual(*told["next"]) if told["next"] else None)
    except (ValueError, IndexError, KeyError, TypeError):
        raise _failed(str(done.returncode)) from None


def _failed(why: str) -> OutsideError:
    return OutsideError(
        "report_not_rendered",
        Bilingual(f"レポートをファイルにできませんでした({why})。", f"The report could not be made into a file ({why})."),
        Bilingual("しばらくしてから、もう一度試してください。", "Try again in a while."),
    )


def main(arguments: Sequence[str]) -> int:
    """Read a document, write the file; what goes wrong stands as one line of JSON on the error channel."""
    if hasattr(os, "nice"):
        os.nice(_GENTLE)
    try:
        sys.stdout.buffer.write(written(read(sys.stdin.buffer.read()), arguments[0]))
    except RashinError as error:
        step = [error.next_step.ja, error.next_step.en] if error.next_step else None
        sys.stderr.write(json.dumps({"code": error.code, "what": [error.what.ja, error.what.en], "next": step}) + "\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The `rashin` command. One file per command in this folder, found by listing; what they share is in ``lib``.

Nothing heavy is imported here: `rashin --help` must answer at once.
"""

from __future__ import annotations

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and end the process with its exit code (see docs/guide: commands)."""
    import sys

    from rashin.cli.lib.run import run

    sys.exit(run(sys.argv[1:] if arguments is None else list(arguments)))

"""`rashin withdraw`: take a load back as if it had never been."""

from __future__ import annotations

from rashin.cli.lib.app import app
from rashin.cli.lib.command import argument, command
from rashin.cli.lib.lang import say


@command(
    "取込を取り消す。取り込んだ行は数えられなくなり、置き換えられていた行が元に戻る。過去のデータ版での値は変わらない。",
    "Withdraw a load as if it had never been. Its rows stop counting and what they replaced counts again. Figures as of earlier snapshots stay.",
    argument("load", type=int),
    examples=("rashin withdraw 12",),
)
def withdraw(load: int) -> None:
    """Withdraw one load."""
    from rashin.cli.lib.person import who
    from rashin.intake.run import withdraw as take_back

    state = app()
    taken = take_back(state.store, load, who())
    snapshot = state.store.snapshot()
    state.note(
        say(
            f"取込 {'、'.join(map(str, taken))} を取り消しました。データ版 {snapshot}",
            f"Withdrew load {', '.join(map(str, taken))}. Snapshot {snapshot}.",
        )
    )
    state.next_step("`rashin load ファイル` でもう一度取り込めます。", "`rashin load FILE` loads it again.")


COMMAND = withdraw

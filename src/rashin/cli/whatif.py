"""`rashin whatif`: figures under changed handling time, volume, seats, shrinkage or patience."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rashin.cli.lib.app import app
from rashin.cli.lib.command import command, option
from rashin.errors import Bilingual, QuestionError

if TYPE_CHECKING:
    from rashin.insight.whatif.model import Change

_WEEKDAYS = "月火水木金土日"


@command(
    "処理時間・件数・席数・シュリンケージ・待てる時間が変わったら、応答率・サービスレベル・放棄・占有率・費用がどう動くかを、幅つきで示す。",
    "Show how answer rate, service level, abandons, occupancy and cost would move, with a range, if handling time, volume, seats, shrinkage or patience changed.",
    option("--period", "-p", ja="もとにする過去の期間(省略時は直近28日)", en="the past days to start from (default: the last 28)"),
    option("--group", "-g", ja="staffing.toml のグループ", en="a group of staffing.toml"),
    option("--where", multiple=True, metavar="NAME=VALUE", ja="絞り込み(グループの代わりに)", en="limit, instead of a group"),
    option("--aht", metavar="CHANGE", ja="処理時間: -20(秒)、-5%", en="handling time: -20 (seconds), -5%"),
    option("--volume", metavar="CHANGE", ja="件数: +10%", en="volume: +10%"),
    option(
        "--seats", metavar="CHANGE", ja="席数: 2、+10%、2@月/9-12(月曜9〜12時だけ)", en="seats: 2, +10%, 2@1/9-12 (Mondays 9 to 12 only)"
    ),
    option("--shrinkage", metavar="SHARE", ja="シュリンケージを 25% に", en="shrinkage becomes 25%"),
    option("--patience", metavar="CHANGE", ja="待てる時間: +30(秒)、+20%", en="patience: +30 (seconds), +20%"),
    examples=(
        "rashin whatif --group sapporo --aht=-20 --seats 2@1/9-12",
        "rashin whatif --where queue=order --volume +10%",
    ),
)
def whatif(
    period: str | None,
    group: str | None,
    where: tuple[str, ...],
    aht: str | None,
    volume: str | None,
    seats: str | None,
    shrinkage: str | None,
    patience: str | None,
) -> None:
    """Show what would move."""
    from datetime import timedelta

    from rashin.cli.lib.asking import filters
    from rashin.cli.lib.goal_words import seen_from
    from rashin.cli.lib.listing import deliver
    from rashin.cli.lib.staff_words import what_if
    from rashin.insight.whatif import whatif as reckon
    from rashin.query import Scope

    state = app()
    seen, _ = seen_from(state, None)
    if period is None:
        first, last = seen - timedelta(days=27), seen
    else:
        span = state.centre.period(period)
        first, last = span.start, span.last
    given = (("aht", aht), ("volume", volume), ("seats", seats), ("shrinkage", shrinkage), ("patience", patience))
    changes = [change(name, text) for name, text in given if text is not None]
    if not changes:
        raise QuestionError(
            "whatif_no_change",
            Bilingual("何を変えるかを指定してください。", "Say what should change."),
            Bilingual("例: `--aht=-20`、`--volume +10%`、`--seats 2`", "For example `--aht=-20`, `--volume +10%`, `--seats 2`."),
        )
    found = reckon(
        state.store,
        state.centre.catalogue,
        scope=Scope.everything(),
        first=first,
        last=last,
        changes=changes,
        group=group,
        where=filters(where),
        today=seen + timedelta(days=1),
    )
    deliver(state, what_if(found))


def change(name: str, text: str) -> Change:
    """Return one change as it was typed: "-20", "+10%", "2@1/9-12", "2@月". QuestionError for anything else."""
    from unicodedata import normalize

    from rashin.insight.whatif.model import Change

    amount, _, when = normalize("NFKC", text).strip().partition("@")
    days, _, hours = when.partition("/")
    share = amount.endswith("%")
    try:
        by = float(amount.rstrip("%")) / (100.0 if share else 1.0)
        weekdays = tuple(sorted({_WEEKDAYS.index(each) + 1 if each in _WEEKDAYS else int(each) for each in days}))
        span = tuple(float(each) for each in hours.split("-")) if hours else None
        if (when and not (weekdays or span)) or (weekdays and not 1 <= weekdays[0] <= weekdays[-1] <= 7) or (span and len(span) != 2):
            raise ValueError
    except ValueError:
        raise QuestionError(
            "whatif_text",
            Bilingual(f"「{text}」を読めません。", f"“{text}” cannot be read."),
            Bilingual("-20、+10%、2@1/9-12(月曜9〜12時)のように書きます。", "Write -20, +10%, or 2@1/9-12 (Mondays 9 to 12)."),
        ) from None
    driver = {
        "aht": "aht" if share else "aht_s",
        "seats": "staffing" if share else "seats",
        "patience": "patience" if share else "patience_s",
    }
    if name == "volume" and not share:
        raise QuestionError(
            "whatif_text",
            Bilingual("件数は割合で書きます。", "Volume changes by a share."),
            Bilingual("例: `--volume +10%`", "For example `--volume +10%`."),
        )
    return Change(driver.get(name, name), by, weekdays, (span[0], span[1]) if span else None)


COMMAND = whatif

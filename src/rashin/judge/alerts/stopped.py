"""A source that stopped: nothing has come from it although others go on; and the centre as a whole falling silent."""

from __future__ import annotations

from datetime import timedelta

from rashin.errors import Bilingual
from rashin.judge.alerts.model import Alert, Case, Found, day_text, key_of

#: Nothing at all for so many open days is told; one night's delay is usual.
SILENT = 2


def find(case: Case, budget: float) -> Found:
    """Return the sources that stopped before ``today``. A source that is expected and does not come is a fact: it costs no false alarm."""
    del budget
    from rashin.query.arrival import arrivals

    if case.last is None:
        return Found()
    alerts = []
    for source in arrivals(case.store, case.last - timedelta(days=case.limits.days), case.last, scope=case.scope):
        since = source.stopped
        if since is None or since > case.last:
            continue
        when = day_text(since)
        alerts.append(
            Alert(
                key_of("stopped", source.source, {}, since),
                "stopped",
                "",
                {"source": (source.source,)},
                case.span(since, case.last),
                Bilingual(f"{source.source} のデータが {when.ja} から届いていません", f"{source.source} has sent nothing since {when.en}"),
                (_lacking(source.facts, (case.last - since).days + 1),),
                (),
                {"source": source.source, "days": float((case.last - since).days + 1)},
                "high",
                case.limits.owner,
                since,
            )
        )
    return Found((*alerts, *_silence(case)))


def _silence(case: Case) -> tuple[Alert, ...]:
    """Everything falls silent: no source is later than another, and yet nothing has come on open days."""
    assert case.last is not None
    days = [case.last + timedelta(days=number) for number in range(1, (case.today - case.last).days)]
    waited = [day for day in days if case.kind_of(day) != "closed"]
    if len(waited) < SILENT:
        return ()
    when = day_text(waited[0])
    return (
        Alert(
            key_of("stopped", "everything", {}, waited[0]),
            "stopped",
            "",
            {},
            case.span(waited[0], case.today - timedelta(days=1)),
            Bilingual(f"{when.ja} から、どのデータも届いていません", f"No data at all since {when.en}"),
            (
                Bilingual(
                    "取り込みが動いているか、フォルダーに新しいファイルがあるかを確かめてください。",
                    "See whether loading runs, and whether new files lie in its folder.",
                ),
            ),
            (),
            {"days": float(len(waited))},
            "high",
            case.limits.owner,
            waited[0],
        ),
    )


def _lacking(facts: tuple[str, ...], days: int) -> Bilingual:
    from rashin.records import FACTS

    labels = [FACTS[fact].label for fact in facts]
    ja, en = "・".join(label.ja for label in labels), ", ".join(label.en for label in labels)
    return Bilingual(
        f"{days}日分が足りません({ja})。この間の値は一部だけのものです。",
        f"{'1 day is' if days == 1 else f'{days} days are'} missing ({en.lower()}): figures of this time cover only a part.",
    )

"""Do two screens disagree? The same KPIs of the same rows and days, read from every face of the product and held against each other.

``python tests/web/same_figures.py WORKSPACE [MONTH]``: every KPI of the catalogue, for the whole centre, a team, an outsourcer and an agent, in both languages.
WORKSPACE is opened as it is (people of its own are added): hand in a copy. What is read is what a reader meets: HTML as it is served, the text of a PDF, cells of a
workbook that another library has opened. A figure that a face writes with so many digits must be the one that was asked for, to within half the last digit.
"""

from __future__ import annotations

import io
import json
import math
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
from page_tree import Node, tree

#: How much one of the written unit is in the KPI's own unit.
_UNITS = {
    "%": 0.01,
    "分": 60,
    "min": 60,
    "時間": 3600,
    "h": 3600,
    "日": 86400,
    "days": 86400,
    "秒": 1,
    "s": 1,
    "pt": 0.01,
    "ポイント": 0.01,
}
_NUMBER = re.compile(r"[-+−±]?\d[\d,]*(?:\.\d+)?")
Get = Callable[[str], str]


@dataclass(frozen=True)
class Written:
    """A number as it is written: its value in the KPI's own unit, and how far the true one may lie from it."""

    value: float
    within: float

    @classmethod
    def read(cls, text: str, unit: str, tail: str = "") -> Written | None:
        """Read ``text``; ``tail``: the unit, where the text itself has none. None when it holds no number."""
        found = _NUMBER.search(text)
        if found is None:
            return None
        digits = found[0].replace(",", "").replace("−", "-").replace("±", "")
        word = (text[found.end() :].strip() or tail).split(" ")[0].rstrip("※")
        by = next((_UNITS[mark] for mark in sorted(_UNITS, key=len, reverse=True) if word.startswith(mark)), 1.0)
        by = by if unit in ("share", "s") else 1.0
        return cls(float(digits) * by, 0.5000001 * by * 10 ** -len(digits.partition(".")[2]))

    def fits(self, value: float | None) -> bool:
        return value is not None and abs(self.value - value) <= self.within + 1e-9 * abs(value)


@dataclass(frozen=True)
class Said:
    """What one face says of one KPI. None = this face does not say it. Numbers of machines are plain, those of people :class:`Written`."""

    face: str
    kpi: str
    value: Written | float | None = None
    n: float | None = None
    low: Written | float | None = None
    high: Written | float | None = None
    numerator: float | None = None
    denominator: float | None = None
    change: Written | float | None = None
    state: str | None = None
    verdict: str | None = None
    judged: str | None = None


@dataclass(frozen=True)
class Differs:
    """Two faces disagree about one thing."""

    face: str
    kpi: str
    what: str
    says: object
    asked: object

    def __str__(self) -> str:
        return f"{self.face}: {self.kpi} {self.what} says {self.says!r}, asked {self.asked!r}"


# faces


def overview(get: Get, period: str, where: Mapping[str, str], chosen: str, lang: str) -> Iterator[Said]:
    page = tree(get("/?" + query(period, where, set=chosen)))
    for tile in page.all("article", "tile-kpi"):
        link = next(each.attributes["href"] for each in tile.all("a"))
        yield from _headline(f"overview {lang}", _label(link), tile, lang)


def kpi_page(get: Get, kpi: str, period: str, where: Mapping[str, str], lang: str) -> Iterator[Said]:
    name, _, variant = kpi.partition(":")
    page = tree(get(f"/kpi/{name}/?" + query(period, where, **({"variant": variant} if variant else {}))))
    block = page.one("div", "headline")
    if block is not None:
        yield from _headline(f"kpi page {lang}", kpi, block, lang, counts=True)


def mine(get: Get, names: Mapping[str, str], period: str, lang: str) -> Iterator[Said]:
    page = tree(get("/mine/?" + query(period, {})))
    for block in page.all("section", "own-kpi"):
        title = block.one("h2")
        assert title is not None
        yield from _headline(f"my page {lang}", names[title.text], block, lang, verdict=False)


def _headline(face: str, kpi: str, block: Node, lang: str, *, counts: bool = False, verdict: bool = True) -> Iterator[Said]:
    """A figure at the top of a tile, of a KPI's page or of one's own page."""
    unit = unit_of(kpi)
    value, text = block.one("", "tile-value"), block.text
    assert value is not None
    shown, state = value.one("", "figure"), value.one("", "state") or (block.one("", "tile-change") or Node("", {})).one("", "state")
    tail = (shown.one("", "unit") or Node("", {})).text if shown is not None else ""
    n = re.search(r"\bn ([\d,]+)", text)
    ends = re.search(r"95% ([^ ·]+)–([^ ·]+)", text)
    parts = re.search(r"· ([\d,.]+) / ([\d,.]+)", text) if counts else None
    delta, change = block.one("", "delta"), block.one("", "tile-change")
    word = "" if change is None or delta is None else next((each.text for each in change.all("span", "quiet")), "")
    mark = block.one("", "tile-mark")
    aim = next((each.text for each in mark.all("span") if each.text[:1] in "✓△✗…"), None) if mark is not None and mark.text else None
    yield Said(
        face, kpi,
        value=Written.read(shown.text, unit, tail) if shown is not None else None,
        n=_plain(n[1]) if n else None,
        low=Written.read(ends[1], unit, tail) if ends else None,
        high=Written.read(ends[2], unit, tail) if ends else None,
        numerator=_plain(parts[1]) if parts else None,
        denominator=_plain(parts[2]) if parts else None,
        change=Written.read(delta.text, unit, tail) if delta is not None else None,
        state=state.text if state is not None else "" if shown is not None else None,
        verdict=word if verdict and not counts and delta is not None else None,
        judged=aim.split(" ")[1] if aim else None,
    )  # fmt: skip


def explore(get: Get, kpis: Sequence[str], period: str, where: Mapping[str, str], lang: str) -> Iterator[Said]:
    pairs = [("kpi", kpi) for kpi in kpis]
    page = tree(get("/explore/?" + urlencode(pairs) + "&" + query(period, where)))
    body = next((each for each in page.all("tbody") if each.one("td", "num") is not None), None)
    if body is None:
        return
    cells = [each for each in next(body.all("tr")).parts if isinstance(each, Node) and each.tag == "td"]
    for kpi, (value, change, n) in zip(kpis, zip(cells[::3], cells[1::3], cells[2::3], strict=True), strict=True):
        shown, unit = value.one("", "figure"), unit_of(kpi)
        tail = (shown.one("", "unit") or Node("", {})).text if shown is not None else ""
        state = value.one("", "state")
        yield Said(
            f"explore {lang}", kpi, Written.read(shown.text, unit, tail) if shown is not None else None, _plain(n.text) if shown is not None else None,
            change=Written.read(change.text, unit, tail), state=state.text if state is not None else "",
        )  # fmt: skip


def api(get: Get, kpis: Sequence[str], period: str, where: Mapping[str, str]) -> Iterator[Said]:
    found = json.loads(get("/api/v1/ask?" + urlencode([("kpi", kpi) for kpi in kpis]) + "&" + query(period, where)))
    for each in found["cells"]:
        name = f"{each['kpi']}:{each['variant']}" if each["variant"] else each["kpi"]
        yield Said(
            "API", name, each["value"], each["n"], each["low"], each["high"], each["numerator"], each["denominator"], each["change"],
            state=each["state"],
        )  # fmt: skip


def cli(text: str) -> Iterator[Said]:
    """What ``rashin ask … --format json`` gave."""
    for each in json.loads(text)["cells"]:
        name = f"{each['kpi']}:{each['variant']}" if each["variant"] else each["kpi"]
        yield Said(
            "rashin ask", name, each["value"], each["n"], each["low"], each["high"], each["numerator"], each["denominator"], each.get("change"),
            state=each["state"],
        )  # fmt: skip


def report_faces(report: Any, *, pdf: bool = True) -> Iterator[Said]:
    """The report as JSON, as mail, as PDF and as a workbook."""
    from rashin.report import html
    from rashin.report.figures import WAYS
    from rashin.report.model import Chart, dump, read
    from rashin.report.render import written

    kind, lang = f"{report.kind} report {report.lang}", report.lang
    kept = read(dump(report))
    for each in kept.figures:
        yield Said(
            f"{kind} JSON", each.kpi, each.value, each.n, each.low, each.high, change=each.change, state=each.state,
            verdict=WAYS[each.way](lang) if each.change is not None else None,
        )  # fmt: skip
    table = next(each for each in report.tables() if each.columns[0].title == "KPI" and len(each.columns) == 7)
    by_name = {each.name: each for each in report.figures}
    yield from _mailed(html.mail(report)[0], f"{kind} mail", table.title, by_name)
    yield from _sheets(written(report, "xlsx"), kind, by_name)
    if pdf:
        words = tuple(block for block in report.blocks if not isinstance(block, Chart))  # drawing takes longest, and holds no figure
        yield from _set(written(replace(report, blocks=words), "pdf"), f"{kind} PDF", by_name)


def _mailed(page: str, face: str, title: str, by_name: Mapping[str, Any]) -> Iterator[Said]:
    table = next(each for each in tree(page).all("table") if (each.one("caption") or Node("", {})).text == title)
    for row in table.all("tr"):
        cells = [each.text for each in row.all("td")]
        if len(cells) == 7:
            yield _of_row(face, by_name[cells[0]], cells)


def _of_row(face: str, figure: Any, cells: Sequence[str]) -> Said:
    unit, shown = figure.unit, figure.value is not None
    ends = cells[2].split("–") if cells[2] and cells[2].count("–") == 1 else None
    tail = _NUMBER.split(cells[2])[-1].strip() if ends else ""
    return Said(
        face, figure.kpi, Written.read(cells[1], unit) if shown else None, _plain(cells[3]) if cells[3] else None,
        Written.read(ends[0], unit, tail) if ends else None, Written.read(ends[1], unit, tail) if ends else None,
        change=Written.read(cells[5], unit) if cells[5] else None, state=None if shown else cells[1], verdict=cells[6] if cells[5] else None,
    )  # fmt: skip


def _sheets(data: bytes, kind: str, by_name: Mapping[str, Any]) -> Iterator[Said]:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    for row in list(book.worksheets[1].iter_rows(values_only=True))[1:]:
        if row[1] in by_name and by_name[row[1]].kpi == row[0]:
            yield Said(f"{kind} workbook", str(row[0]), row[2], row[5], row[3], row[4], change=row[7], state=row[8] or "ok")


def _set(data: bytes, face: str, by_name: Mapping[str, Any]) -> Iterator[Said]:
    """Each figure's text, interval and n must stand in the PDF in one run behind the name."""
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    text = re.sub(r"\s+", "", "".join(page.get_textpage().get_text_range() for page in document))
    for name, each in by_name.items():
        n = "" if each.n is None else f"{each.n:,.0f}"
        run = re.sub(r"\s+", "", f"{name}{each.text}{'※' if each.provisional and each.value is not None else ''}{each.interval}{n}")
        yield Said(face, each.kpi, each.value if run in text else math.nan, state=each.state)


# goals


def goal_faces(get: Get, lang: str, listed: str = "") -> Iterator[tuple[str, str, str, str, str]]:
    """(face, goal, state or word, value as written, pace) of the page of goals, of the API and of ``rashin goals list --format json`` (``listed``)."""
    for row in tree(get("/goals/")).all("tr"):
        link = row.one("a")
        verdict, value, pace = row.one("td", "verdict"), row.one("td", "value"), row.one("td", "pace")
        if link is not None and verdict is not None and value is not None and pace is not None:
            word = (verdict.one("", "state") or verdict).text.split(" ", 1)[1]
            yield f"goals page {lang}", link.attributes["href"].strip("/").split("/")[-1], word, value.text, pace.text
    for each in json.loads(get("/api/v1/goals"))["goals"]:
        yield (
            "API goals",
            each["name"],
            each["judgement"]["state"],
            each["judgement"]["value"],
            each["pace"]["text"][lang] if each["pace"] else "",
        )
    for each in json.loads(listed) if listed else []:
        yield "rashin goals", each["goal"], each["judgement"], each["value"], each["pace"]


# holding them together


def query(period: str, where: Mapping[str, str], **more: str) -> str:
    return urlencode([("period", period), ("compare", "previous"), *more.items(), *((f"w.{name}", value) for name, value in where.items())])


def _label(address: str) -> str:
    parts = urlsplit(address)
    variant = parse_qs(parts.query).get("variant", [""])[0]
    name = parts.path.strip("/").split("/")[-1]
    return f"{name}:{variant}" if variant else name


def _plain(text: str) -> float | None:
    found = _NUMBER.search(text)
    return float(found[0].replace(",", "")) if found else None


def unit_of(kpi: str) -> str:
    from rashin.web.centre import centre

    return str(centre().catalogue.definition(kpi).unit)


#: Words and codes that say that a figure is not shown.
def _hidden(state: str | None) -> bool:
    from rashin.query.figures import STATE_LABELS

    return state in {
        word for code in ("withheld", "not_applicable", "no_data") for word in (code, STATE_LABELS[code].ja, STATE_LABELS[code].en)
    }


def against(asked: Any, said: Iterable[Said], lang: str, verdicts: Mapping[str, str]) -> Iterator[Differs]:
    """Hold what the faces say against the answer that was asked for (one cell a KPI); ``verdicts``: word of the change by KPI.

    A figure that a face does not show, and says so, is no difference; the caller counts them.
    """
    from rashin.query.figures import STATE_LABELS

    cells = {one.name: asked.at(one, 0) for one in asked.series}
    for each in said:
        cell = cells[each.kpi]
        if _hidden(each.state):
            continue
        for what in ("value", "low", "high", "change", "n", "numerator", "denominator"):
            says, true = getattr(each, what), getattr(cell, what)
            if says is None:
                if what == "value" and true is not None:
                    yield Differs(each.face, each.kpi, what, None, true)
                continue
            same = (
                says.fits(true) if isinstance(says, Written) else true is not None and math.isclose(says, true, rel_tol=1e-9, abs_tol=1e-9)
            )
            if not same and not (what in ("numerator", "denominator", "n") and true is not None and abs(says - true) <= 0.5):
                yield Differs(each.face, each.kpi, what, says, true)
        if each.state is not None and each.state not in (
            cell.state,
            STATE_LABELS[cell.state](lang),
            STATE_LABELS[cell.state].ja,
            STATE_LABELS[cell.state].en,
        ):
            yield Differs(each.face, each.kpi, "state", each.state, cell.state)
        if each.verdict is not None and each.kpi in verdicts and each.verdict != verdicts[each.kpi]:
            yield Differs(each.face, each.kpi, "verdict", each.verdict, verdicts[each.kpi])


def verdicts_of(asked: Any, lang: str) -> dict[str, str]:
    """The word of each change."""
    from rashin.judge.changes import WAYS, change

    found = {}
    for one in asked.series:
        cell = asked.at(one, 0)
        moved = change(one.definition, cell, cell.compared)
        found[one.name] = WAYS[moved.way if moved is not None else "unknown"](lang)
    return found


# the whole catalogue, as a script


@dataclass(frozen=True)
class View:
    """Whose eyes: a role with grants, the rows that everybody else must filter by to see the same."""

    name: str
    role: str
    grants: Mapping[str, str]
    agent: str = ""

    @property
    def where(self) -> dict[str, str]:
        return dict(self.grants) | ({"agent": self.agent} if self.agent else {})


def views(centre: Any) -> list[View]:
    """Return the centre, its first team, its first outsourcer and its first agent."""

    def first(dimension: str) -> str:
        return min(str(each) for each in centre.ask("volume", by=dimension).table.column(dimension).to_pylist() if each)

    return [
        View("centre", "analyst", {}),
        View("team", "supervisor", {"team": first("team")}),
        View("outsourcer", "vendor_supervisor", {"vendor": first("vendor")}),
        View("agent", "agent", {}, first("agent")),
    ]


def differences(
    client: Any,
    person: Any,
    view: View,
    kpis: Sequence[str],
    month: str,
    lang: str,
    *,
    pdf: bool = True,
    sets: Sequence[str] = (),
    pages: Sequence[str] | None = None,
    kinds: Sequence[str] = ("monthly", "weekly"),
) -> tuple[list[Differs], int]:
    """Read every face that ``person`` reaches and return what disagrees, and how many figures were read. ``client``: signed in, asking for ``lang``.
    ``sets``: of the overview (none: every one); ``pages``: KPIs whose own pages are read (None: all); ``kinds`` of reports; ``pdf``: typeset the first of these."""
    from rashin.catalogue.sets import load_sets
    from rashin.query import ask
    from rashin.web.centre import centre
    from rashin.web.people import scope as scopes
    from rashin.web.tick import orders, readers

    own, scope = centre(), scopes.of(person)
    question = own.question(list(kpis), period=month, compare="previous")
    asked = ask(own.store, own.catalogue, question, scope=scope)
    words = verdicts_of(asked, lang)

    def get(address: str) -> str:
        answer = client.get(address)
        return answer.text if answer.status_code == 200 else "<p></p>"

    said: list[Said] = []
    if person.may("see_figures") and not view.agent:
        for chosen in sets or load_sets(own.catalogue):
            said += [each for each in overview(get, month, {}, chosen, lang) if each.kpi in words]
        for kpi in kpis if pages is None else pages:
            said += kpi_page(get, kpi, month, {}, lang)
        for at in range(0, len(kpis), 12):
            said += explore(get, kpis[at : at + 12], month, {}, lang)
    if view.agent:
        names = {own.catalogue.definition(kpi).entry.name(lang): kpi for kpi in own.catalogue.kpis}
        said += [each for each in mine(get, names, month, lang) if each.kpi in words]
    if person.may("use_api") and not view.agent:
        for at in range(0, len(kpis), 40):
            said += api(get, kpis[at : at + 40], month, {})
    found = list(against(asked, said, lang, words))
    if person.may("see_reports"):
        for kind in kinds:
            period = own.period(month if kind == "monthly" else _week(month))
            order = orders.Order(kind, period, readers.scope_of(person), lang, tuple(kpis), "team")
            report = orders.build(order, today=own.today(), as_of=own.snapshot())
            told = ask(own.store, own.catalogue, question.with_(period=order.period), scope=scope)
            printed = list(report_faces(report, pdf=pdf and kind == kinds[0]))
            said += printed
            found += against(told, printed, lang, verdicts_of(told, lang))
    return [*found, *_goals_differ(get, person, scope, lang)], len(said)


def _week(month: str) -> str:
    year, week, _ = date.fromisoformat(f"{month}-21").isocalendar()
    return f"{year}-W{week:02}"


def _goals_differ(get: Get, person: Any, scope: Any, lang: str) -> Iterator[Differs]:
    """The page of goals and the API against the pace that is asked for."""
    from rashin.judge.judgement import STATES
    from rashin.judge.pace import pace
    from rashin.judge.words import value_text
    from rashin.web.centre import centre
    from rashin.web.pages.goals import held

    if not person.may("read_goals") or person.role == "agent":
        return
    own, (on, last) = centre(), held.seen_from()
    known = held.of(person, scope)
    told = {
        name: pace(own.store, own.catalogue, goal, on, scope=scope, last=last)
        for name, goal in known.items()
        if goal.end is None or goal.end >= on
    }
    for face, name, state, value, text in goal_faces(get, lang):
        if name not in told:
            continue
        judged, goal = told[name].judgement, known[name]
        right = value_text(judged.value, goal.unit, (goal.ends.low, goal.ends.high))(lang)
        for what, says, true in (
            ("judgement", state, (judged.state, STATES[judged.state](lang))),
            ("value", value, (judged.value, right)),
            ("pace", text, (told[name].text(lang),)),
        ):
            if says not in true:
                yield Differs(face, name, what, says, true)


def alerts_differ(scope: Any, kinds: Iterable[str] = ()) -> Iterator[Differs]:
    """The figure that an alert names against the question behind it, and against the words of its evidence."""
    from rashin.judge.alerts.limits import of_store
    from rashin.judge.alerts.model import KINDS, Case
    from rashin.judge.watch import country_of
    from rashin.query import ask
    from rashin.query.settings import Settings
    from rashin.web.acts.looking import goals_of
    from rashin.web.centre import centre

    own = centre()
    limits = of_store(own.store, own.catalogue)
    case = Case(
        own.store, own.catalogue, goals_of(scope, named=True), own.today(), scope, limits, Settings.of(own.store), country_of(own.store)
    )
    for alert in [
        each for kind in kinds or KINDS for each in import_module(f"rashin.judge.alerts.{kind}").find(case, limits.budget).alerts
    ]:
        value, spot = alert.figures.get("value"), alert.spots[0] if alert.spots else None
        if not isinstance(value, float) or spot is None:
            continue
        told = ask(own.store, own.catalogue, spot.question, scope=scope)
        cells = [told.at(one, at) for one in told.series for at in range(len(told.keys))]
        true = [cell.value for cell in cells if spot.bucket in (None, cell.bucket) and cell.value is not None]
        if not any(math.isclose(value, each, rel_tol=1e-9) for each in true):
            yield Differs("alert", alert.key, "value", value, true)


def views_of(folder: Path) -> list[View]:
    """As :func:`views`, of a workspace that nobody has open."""
    from rashin.face import Centre

    with Centre.open(folder) as opened:
        return views(opened)


def asked_by_command(folder: Path, view: View, month: str) -> str:
    """What ``rashin ask`` prints for machines, of every KPI, over the rows of ``view``."""
    from rashin.catalogue import load

    rows = [word for name, value in view.where.items() for word in ("--where", f"{name}={value}")]
    words = [*load(folder=folder / "kpis").kpis, "--period", month, "--compare", "previous", *rows, "--format", "json"]
    run = [sys.executable, "-c", "from rashin.cli import main; main()", "ask", *words]
    return subprocess.run(run, cwd=folder, check=True, capture_output=True, text=True).stdout


def main(folder: Path, month: str) -> int:
    """Print what disagrees; 1 when anything does."""
    import logging
    import os
    import warnings

    os.environ.setdefault("RASHIN_URL", "http://127.0.0.1:8899")
    from rashin.web.serve import prepare

    typed = {view.name: asked_by_command(folder, view, month) for view in views_of(folder)}
    prepare(folder)
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    from django.test import Client

    from rashin.query import Scope, ask
    from rashin.web.centre import centre
    from rashin.web.people.models import Grant, Person

    own, wrong = centre(), 0
    kpis = list(own.catalogue.kpis)
    for each in alerts_differ(Scope.everything()):
        print("  ", each)
        wrong += 1
    for view in views(own):
        person, new = Person.objects.get_or_create(
            email=f"same-{view.name}@figures.example", defaults={"name": view.name, "role": view.role, "agent_key": view.agent}
        )
        if new:
            Grant.objects.bulk_create(Grant(person=person, dimension=name, value=value) for name, value in view.grants.items())
        for lang in ("ja", "en"):
            client = Client(headers={"host": "127.0.0.1", "accept-language": lang})
            client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
            found, read = differences(client, person, view, kpis, month, lang)
            asked = ask(
                own.store, own.catalogue, own.question(kpis, period=month, compare="previous", filters=view.where), scope=Scope.everything()
            )
            found += against(asked, cli(typed[view.name]), lang, verdicts_of(asked, lang))
            print(f"{view.name} {view.where} {lang}: {read} figures read, {len(found)} disagree", flush=True)
            for each in found:
                print("  ", each)
            wrong += len(found)
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "2026-10"))

"""What a reader of an exported answer must know: the question, the definitions, the versions, what the input lacks. As pairs of label and text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rashin.errors import Bilingual
from rashin.query import dimensions
from rashin.query.figures import parameter_shown

if TYPE_CHECKING:
    from rashin.catalogue import Definition
    from rashin.query.answer import Answer

Line = tuple[str, str]


def question_lines(answer: Answer, lang: str) -> list[Line]:
    """Return what was asked, and under which versions it was answered."""

    def line(ja: str, en: str, text: str) -> Line:
        return Bilingual(ja, en)(lang), text

    question = answer.question
    filters = "; ".join(
        f"{dimensions.label(name)(lang)} = {', '.join('-' if each is None else str(each) for each in values)}"
        for name, values in question.filters
    )
    other = question.compare_period
    found = [
        line("期間", "Period", f"{question.period.label(lang)} ({question.period.start} – {question.period.last})"),
        line("粒度", "Grain", question.grain or "-"),
        line("切り口", "Sliced by", ", ".join(dimensions.label(name)(lang) for name in question.by) or "-"),
        line("絞り込み", "Filters", filters or "-"),
        line("データ版", "Snapshot", str(answer.snapshot)),
        line("カタログ版", "Catalogue version", answer.catalogue_version),
    ]
    if other is not None:
        found.insert(1, line("比較期間", "Compared with", f"{other.label(lang)} ({other.start} – {other.last})"))
    return found


def definition_lines(definition: Definition, lang: str) -> list[Line]:
    """Return one definition: its meaning, formula, parameters, source and version."""

    def line(ja: str, en: str, text: str) -> Line:
        return Bilingual(ja, en)(lang), text

    found = [
        line("KPI", "KPI", f"{definition.name(lang)} ({definition.label})"),
        line("意味", "Meaning", definition.meaning(lang)),
        line("式", "Formula", definition.value.text),
        *((f"  {name}", f"{measure.fact}: {measure.text}") for name, measure in definition.measures.items()),
    ]
    if definition.params:
        found.append(
            line(
                "パラメータ",
                "Parameters",
                ", ".join(parameter_shown(name, value, lang) for name, value in sorted(definition.params.items())),
            )
        )
    for each in definition.exclude:
        found.append(line("除外", "Excluded", each.reason(lang)))
    found += [line("出典", "Source", definition.source(lang)), line("定義の版", "Definition version", definition.version)]
    return found


def completeness_lines(answer: Answer, lang: str) -> list[Line]:
    """Return what the input lacks; one line that says so when nothing is known to be lacking."""
    label = Bilingual("充足状況", "Completeness")(lang)
    if answer.completeness.complete:
        return [(label, Bilingual("欠けているものは見つかっていません", "nothing is known to be lacking")(lang))]
    return [(label, note.text(lang)) for note in answer.completeness.notes]

"""Every public exception, by what the reader can do about it; and the two-language text that all messages are made of.

An error says what happened, in Japanese and English, and what to do next. ``code`` is stable and greppable; ``exit_code`` is what a
command ends with.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Bilingual:
    """One text in the two languages that are equals everywhere. ``text("ja")`` gives one of them."""

    ja: str
    en: str
    #: a template engine that calls whatever can be called must hand the text on as it is
    do_not_call_in_templates: ClassVar[bool] = True

    def __call__(self, lang: str) -> str:
        return self.ja if lang == "ja" else self.en

    def format(self, **values: object) -> Bilingual:
        """Fill ``{name}`` places in both languages."""
        return Bilingual(self.ja.format(**values), self.en.format(**values))


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known name nearest to ``word``, or None when nothing is near."""
    names = sorted(known)
    folded = {name.casefold(): name for name in names}
    said = word.casefold()
    # two neighbouring letters in the wrong order: the commonest slip of all
    swapped = [swap for at in range(len(said) - 1) if (swap := said[:at] + said[at + 1] + said[at] + said[at + 2 :]) in folded]
    found = swapped or difflib.get_close_matches(said, list(folded), n=1, cutoff=0.5)
    return folded[found[0]] if found else None


class RashinError(Exception):
    """Base of every error meant for a reader. ``what`` happened and ``next_step`` say so in both languages."""

    exit_code = 1

    def __init__(self, code: str, what: Bilingual, next_step: Bilingual | None = None) -> None:
        super().__init__(f"{code}: {what.en}" + (f" {next_step.en}" if next_step else ""))
        self.code = code
        self.what = what
        self.next_step = next_step

    def rename(self, old: str, new: str) -> None:
        """Call something by another name throughout the message."""
        self.what = Bilingual(self.what.ja.replace(old, new), self.what.en.replace(old, new))
        if self.next_step:
            self.next_step = Bilingual(self.next_step.ja.replace(old, new), self.next_step.en.replace(old, new))
        self.args = tuple(each.replace(old, new) if isinstance(each, str) else each for each in self.args)

    def text(self, lang: str) -> str:
        """Return the message in ``lang`` with the next step, ready to print."""
        return self.what(lang) + (f"\n→ {self.next_step(lang)}" if self.next_step else "")


class RashinWarning(UserWarning):
    """Something in the workspace is wrong that does not stand in the way now: mend it before it does."""


class QuestionError(RashinError):
    """The question names something that does not exist or cannot be combined: ask differently."""

    exit_code = 2


class DefinitionError(RashinError):
    """A definition (KPI, mapping, calendar, rashin.toml) is wrong: correct the file at ``place``.

    ``place`` is "file:line:column" or "file › entry › key"; ``word`` the offending word; ``suggestion`` the nearest valid name or None.
    """

    exit_code = 3

    def __init__(
        self,
        code: str,
        what: Bilingual,
        next_step: Bilingual | None = None,
        *,
        place: str = "",
        word: str = "",
        suggestion: str | None = None,
    ) -> None:
        super().__init__(code, what, next_step)
        self.place = place
        self.word = word
        self.suggestion = suggestion

    def text(self, lang: str) -> str:
        """Return place, message, suggestion and next step."""
        lines = [f"{self.place}: {self.what(lang)}" if self.place else self.what(lang)]
        if self.suggestion:
            lines.append(Bilingual(f"→ もしかして「{self.suggestion}」?", f"→ Did you mean “{self.suggestion}”?")(lang))
        if self.next_step:
            lines.append(f"→ {self.next_step(lang)}")
        return "\n".join(lines)


class InputError(RashinError):
    """A file as a whole cannot be read (a bad row is never this: it becomes a reject): mend or convert the file."""

    exit_code = 4


class WorkspaceError(RashinError):
    """The workspace is missing, damaged, of another version, or owned by another process."""

    exit_code = 5


class OutsideError(RashinError):
    """The world outside failed (disk full, no permission, network): nothing was changed; mend it and run again."""

    exit_code = 6


class ForbiddenError(RashinError):
    """The asker's scope does not reach what was asked for."""

    exit_code = 7


class ConflictError(RashinError):
    """Somebody else changed the same thing meanwhile: nothing was written; look at what it is now and decide again."""

    exit_code = 2

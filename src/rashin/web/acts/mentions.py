"""“@name” in what is said: found by name or mail address among those who may see it. Anybody else is refused in the same words, whether they exist or not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from rashin.errors import Bilingual, QuestionError
from rashin.web.people.models import Person

#: An at-sign that begins a word, not one inside a mail address.
_AT = re.compile(r"(?<![\w.@])[@＠](?=\S)")
_WORD = re.compile(r"[^\s、。,.!?!?()()「」:;:;]+")
MOST = 20


def named(text: str, people: Iterable[Person]) -> list[Person]:
    """Return those of ``people`` whom ``text`` names, each once, in order. QuestionError for a name that is none of theirs, or that two of them have."""
    known: dict[str, list[Person]] = {}
    for person in people:
        for word in {_plain(person.name), _plain(person.email)}:
            if word:
                known.setdefault(word, []).append(person)
    longest = sorted(known, key=len, reverse=True)
    found: dict[int, Person] = {}
    for at in _AT.finditer(text):
        after = text[at.end() : at.end() + 260]
        if after[0].isdecimal():
            continue  # “@17:00” is a time
        hit = next((each for each in longest if _plain(after).startswith(each)), None)
        if hit is None:
            raise _nobody(_WORD.match(after))
        if len(known[hit]) > 1:
            raise QuestionError(
                "mention_unclear",
                Bilingual(f"「@{known[hit][0].name}」は二人以上います。", f"More than one person is called “@{known[hit][0].name}”."),
                Bilingual("@の後にメールアドレスを書いてください。", "Write the mail address after the @."),
            )
        person = known[hit][0]
        found[person.pk] = person
    if len(found) > MOST:
        raise QuestionError(
            "mention_many", Bilingual(f"一度に呼べるのは{MOST}人までです。", f"At most {MOST} people can be mentioned at once.")
        )
    return list(found.values())


def _nobody(word: re.Match[str] | None) -> QuestionError:
    name = word[0][:40] if word else ""
    return QuestionError(
        "mention_cannot_see",
        Bilingual(f"「@{name}」は、ここを見られないか、利用者にいません。", f"“@{name}” may not see this, or is not here."),
        Bilingual(
            "@の後に名前を入れると、見られる人が候補に出ます。呼ぶつもりでなければ@を外してください。",
            "Type a name after the @ to be offered those who may see it; leave the @ out if you mean nobody.",
        ),
    )


def _plain(text: str) -> str:
    """A name as it is compared: full and half width alike, no spaces, small letters."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()

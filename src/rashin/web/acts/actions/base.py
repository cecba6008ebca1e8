"""What every action begins with: who acts now, what was typed, whether somebody else was faster."""

from __future__ import annotations

import unicodedata

from rashin.errors import Bilingual, ConflictError, ForbiddenError, QuestionError
from rashin.web.acts.reach import Where, visible
from rashin.web.people.models import Person


def actor(by: Person, permission: str) -> Person:
    """Return ``by`` as the database knows them now; ForbiddenError when they may not act (any more)."""
    now = Person.objects.select_for_update().filter(pk=by.pk).first()
    if now is None or not now.may(permission):
        raise ForbiddenError(
            "not_allowed",
            Bilingual("この操作の権限がありません。", "Your role does not include this."),
            Bilingual("管理者に依頼してください。", "Ask your administrator."),
        )
    return now


def current(now: int, version: int) -> None:
    """Raise ConflictError unless ``version`` is the one in force."""
    if now != version:
        raise ConflictError(
            "edited_meanwhile",
            Bilingual("ほかの人が先に変更しました。何も保存していません。", "Somebody else changed this meanwhile. Nothing was saved."),
            Bilingual("今の内容を確かめて、もう一度操作してください。", "Look at what it is now and decide again."),
        )


def text(given: str, name: Bilingual, most: int, *, needed: bool = False) -> str:
    """Return what was typed, tidied: no control characters but line ends, at most ``most`` characters. QuestionError when it is too long, or missing."""
    clean = unicodedata.normalize("NFC", given.replace("\r\n", "\n").replace("\r", "\n"))
    clean = "".join(each for each in clean if each in "\n\t" or unicodedata.category(each) not in ("Cc", "Cs")).strip()
    if needed and not clean:
        raise QuestionError("text_missing", Bilingual(f"「{name.ja}」を書いてください。", f"Write something for “{name.en}”."))
    if len(clean) > most:
        raise QuestionError(
            "text_too_long",
            Bilingual(
                f"「{name.ja}」は{most:,}文字までです(今 {len(clean):,} 文字)。",
                f"“{name.en}” takes {most:,} characters; it has {len(clean):,}.",
            ),
            Bilingual("要点に絞り、詳しい資料は添付してください。", "Keep to the point and attach what goes further."),
        )
    return clean


def line(given: str, name: Bilingual, most: int, *, needed: bool = False) -> str:
    """Return what was typed as one line."""
    return " ".join(text(given, name, most, needed=needed).split())


def colleague(public_id: str, where: Where, permission: str = "see_cycles") -> Person | None:
    """Return the person who takes something on; None for nobody. QuestionError for who has left, is unknown, or may not see figures about ``where``."""
    if not public_id:
        return None
    found = Person.objects.filter(public_id=public_id[:32], is_active=True).prefetch_related("grants").first()
    if found is None or not found.may(permission) or not visible(found, where):
        raise QuestionError(
            "person_cannot_see",
            Bilingual(
                "その人は、この数字を見られないか、利用者にいません。", "That person may not see these figures, or is not here (any more)."
            ),
            Bilingual(
                "一覧から選ぶか、管理者に範囲を広げてもらってください。",
                "Choose from the list, or ask an administrator to widen their scope.",
            ),
        )
    return found

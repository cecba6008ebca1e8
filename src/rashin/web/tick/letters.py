"""From a row of the outbox to a message: reports are composed from their kept document as they go out, everything else was written down in both languages."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from datetime import datetime
from typing import Any

from django.conf import settings

from rashin.errors import Bilingual
from rashin.notify import Attachment, Message
from rashin.report import html
from rashin.report.model import Figures, Report
from rashin.report.render import FORMS, apart
from rashin.web.acts.models import Delivery, SentReport
from rashin.web.centre import centre
from rashin.web.tick import orders, readers

#: Files that were made last: the same document is the same file, whoever reads it and whichever schedule it is of.
_files: OrderedDict[tuple[bytes, str], bytes] = OrderedDict()
_KEPT = 12
_RESTATED = Bilingual("【訂正】", "[Restated] ")
_TEST = Bilingual("【テスト送信】", "[Test] ")
_FOOT = Bilingual(
    "\n—\n羅針からの自動送信です。通知の受け取り方: {account}\n", "\n—\nSent by Rashin. How you are told can be changed here: {account}\n"
)


def sender_name() -> str:
    """Return what stands before the sender's address."""
    return f"{centre().workspace.config.organisation.name} 羅針"


def site(path: str) -> str:
    """Return the full address of a page."""
    return f"{settings.SITE_URL}{path}"


def of(row: Delivery, now: datetime) -> Message:
    """Return the message of a row."""
    if row.report is not None:
        return _report(row, row.report, now)
    lang = row.webhook.lang if row.webhook is not None else readers.language_of(row.person)
    told = row.message
    link = site(str(told.get("link", "/")))
    text = str(told["text"][lang])
    if row.webhook is None:
        text += f"\n\n{link}\n" + _FOOT(lang).format(account=site("/account/"))
    return Message(_to(row), lang, str(told["subject"][lang]), text, row.key, now, link=link)


def both(subject: Bilingual, text: Bilingual, link: str) -> dict[str, Any]:
    """Return a message as a row keeps it."""
    return {"subject": {"ja": subject.ja, "en": subject.en}, "text": {"ja": text.ja, "en": text.en}, "link": link}


def _to(row: Delivery) -> str:
    return row.person.email if row.person is not None else ""


def _report(row: Delivery, sent: SentReport, now: datetime) -> Message:
    report = orders.report_of(sent)
    link = site(f"/reports/{sent.public_id}/")
    mark = {"restated": _RESTATED, "test": _TEST}.get(row.kind)
    subject = f"{mark(report.lang) if mark else ''}{sent.title} {report.period_text}({report.scope_text})"
    if row.webhook is not None:
        return Message("", report.lang, subject, brief(report), row.key, now, link=link)
    note = row.message.get("note")
    page, plain = html.mail(report, link, str(note[report.lang]) if note else "")
    files = tuple(
        Attachment(f"{sent.title}_{sent.period}.{form}", FORMS[form].partition(";")[0], _file(sent, form))
        for form in row.message.get("formats", [])
        if form in FORMS
    )
    return Message(_to(row), report.lang, subject, plain, row.key, now, page, files, link)


def brief(report: Report) -> str:
    """Return the few lines of a report that a chat room shows."""
    lines = [f"{report.organisation}"] if report.organisation else []
    lines += [f"⚠ {each.text}" for each in report.lacking if each.withholds][:3]
    for block in report.blocks:
        if isinstance(block, Figures):
            lines += [
                f"{each.name}: {each.text}{f' ({each.judged_text})' if each.judged_text not in ('', each.text) else ''}"
                for each in block.figures[:6]
            ]
    for tone, label in (
        ("kept", Bilingual("維持", "Kept")),
        ("issue", Bilingual("課題", "Issue")),
        ("next", Bilingual("次の行動", "Next")),
    ):
        lines += [f"{label(report.lang)}: {each.text}" for each in list(report.sentences(tone))[:2]]  # type: ignore[arg-type]
    return "\n".join(lines)


def _file(sent: SentReport, form: str) -> bytes:
    document = orders.document_of(sent)
    key = (hashlib.sha256(document).digest(), form)
    if key not in _files:
        _files[key] = apart(document, form)
        while len(_files) > _KEPT:
            _files.popitem(last=False)
    _files.move_to_end(key)
    return _files[key]

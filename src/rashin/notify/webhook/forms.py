"""A message as the chat services take it. Typed text stays text: it mentions nobody, links nowhere, formats nothing."""

from __future__ import annotations

import json
import re
from typing import Any

from rashin.errors import Bilingual
from rashin.notify.model import Message, one_line

FORMS: dict[str, Bilingual] = {
    "slack": Bilingual("Slack", "Slack"),
    "teams": Bilingual("Microsoft Teams", "Microsoft Teams"),
    "lineworks": Bilingual("LINE WORKS", "LINE WORKS"),
}
_MOST = 3000
_OPEN = Bilingual("サイトで見る", "Open on the site")
#: What the cards of Teams read as formatting.
_MARKDOWN = re.compile(r"([\\`*_\[\]()#~>|<!])")


def body(form: str, message: Message) -> bytes:
    """Return the JSON that a room of that form takes; KeyError for an unknown form."""
    return json.dumps(_BODIES[form](message), ensure_ascii=False).encode()


def _shown(message: Message) -> tuple[str, str]:
    text = "".join(each for each in message.text.replace("\r\n", "\n") if each == "\n" or each >= " ").strip()
    return one_line(message.subject), text if len(text) <= _MOST else text[: _MOST - 1] + "…"


def _slack(message: Message) -> dict[str, Any]:
    subject, text = (_no_commands(each) for each in _shown(message))
    link = f"\n<{message.link}|{_OPEN(message.lang)}>" if message.link else ""
    return {
        "text": subject,
        "blocks": [
            {"type": "section", "text": {"type": "plain_text", "text": _shown(message)[0][:150] or "-", "emoji": False}},
            {"type": "section", "text": {"type": "mrkdwn", "text": (text[: 2900 - len(link)] or "-") + link, "verbatim": True}},
        ],
    }


def _no_commands(text: str) -> str:
    """Angle brackets are where Slack's mentions and links begin; its formatting marks get an invisible neighbour."""
    tame = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([*_~`])", "\\1\u200b", tame)


def _teams(message: Message) -> dict[str, Any]:
    subject, text = (_MARKDOWN.sub(r"\\\1", each) for each in _shown(message))
    card: dict[str, Any] = {
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [
            {"type": "TextBlock", "text": subject, "weight": "Bolder", "size": "Medium", "wrap": True},
            *({"type": "TextBlock", "text": line, "wrap": True, "spacing": "Small"} for line in text.split("\n") if line.strip()),
        ],
    }
    if message.link:
        card["actions"] = [{"type": "Action.OpenUrl", "title": _OPEN(message.lang), "url": message.link}]
    return {"type": "message", "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": card}]}


def _lineworks(message: Message) -> dict[str, Any]:
    subject, text = _shown(message)
    told: dict[str, Any] = {"title": subject[:100], "body": {"text": text[:2000] or "-"}}
    if message.link:
        told["button"] = {"label": _OPEN(message.lang), "url": message.link}
    return told


_BODIES = {"slack": _slack, "teams": _teams, "lineworks": _lineworks}

"""What people call values: of closed lists ("voice" is 電話, "answered" is 応答), and of what the organisation has named itself ("order" is 注文窓口).

Machines, files and addresses keep the values themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from rashin.errors import Bilingual

#: Dimension → id → the organisation's own name for it.
Names = Mapping[str, Mapping[str, str]]
_own: ContextVar[Names] = ContextVar("own_names")

_OTHER = Bilingual("その他", "Other")

#: Column → value → its name. Every choice of every record stands here; a value that stands nowhere is a name of somebody's own and stays as it is.
CALLED: dict[str, dict[str, Bilingual]] = {
    "channel": {
        "voice": Bilingual("電話", "Voice"),
        "mail": Bilingual("メール", "Mail"),
        "chat": Bilingual("チャット", "Chat"),
        "social": Bilingual("SNS", "Social"),
        "sms": Bilingual("SMS", "SMS"),
        "form": Bilingual("フォーム", "Form"),
        "letter": Bilingual("手紙", "Letter"),
        "other": _OTHER,
    },
    "direction": {
        "inbound": Bilingual("着信", "Inbound"),
        "outbound": Bilingual("発信", "Outbound"),
        "internal": Bilingual("内線", "Internal"),
    },
    "outcome": {
        "answered": Bilingual("応答", "Answered"),
        "abandoned": Bilingual("放棄", "Abandoned"),
        "busy": Bilingual("話中", "Busy"),
        "callback": Bilingual("折返し予約", "Call-back"),
        "voicemail": Bilingual("留守番電話", "Voicemail"),
        "overflow": Bilingual("あふれ", "Overflow"),
        "forced": Bilingual("システム切断", "Ended by the system"),
        "closed": Bilingual("受付時間外", "Closed"),
        "unreached": Bilingual("不応答", "Unreached"),
        "open": Bilingual("未応答(対応待ち)", "Open"),
    },
    "stage": {
        "before": Bilingual("購入前", "Before purchase"),
        "at": Bilingual("購入時", "At purchase"),
        "after": Bilingual("購入後", "After purchase"),
        "other": _OTHER,
    },
    "state": {
        "available": Bilingual("待機", "Available"),
        "talk": Bilingual("通話", "Talk"),
        "hold": Bilingual("保留", "Hold"),
        "acw": Bilingual("後処理", "After-call work"),
        "on_contact": Bilingual("応対中", "On a contact"),
        "ring": Bilingual("呼出", "Ringing"),
        "dial": Bilingual("発信中", "Dialling"),
        "break": Bilingual("休憩", "Break"),
        "training": Bilingual("研修", "Training"),
        "meeting": Bilingual("会議", "Meeting"),
        "paused": Bilingual("離席", "Paused"),
        "other_work": Bilingual("その他の業務", "Other work"),
        "login": Bilingual("ログイン", "Logged in"),
    },
    "kind": {
        "csat": Bilingual("顧客満足度", "CSAT"),
        "nps": Bilingual("NPS", "NPS"),
        "ces": Bilingual("顧客努力指標", "CES"),
        "experience": Bilingual("体験", "Experience"),
        "own": Bilingual("自社の投稿", "Own post"),
        "mention": Bilingual("言及", "Mention"),
        "reply": Bilingual("返信", "Reply"),
        "repost": Bilingual("リポスト", "Repost"),
        "labour": Bilingual("人件費", "Labour"),
        "hiring": Bilingual("採用費", "Hiring"),
        "training": Bilingual("研修費", "Training"),
        "vendor_fixed": Bilingual("委託費(固定)", "Vendor, fixed"),
        "vendor_metered": Bilingual("委託費(従量)", "Vendor, metered"),
        "vendor_overage": Bilingual("委託費(超過)", "Vendor, overage"),
        "system": Bilingual("システム費", "System"),
        "other": _OTHER,
    },
    "subject": {
        "interaction": Bilingual("応対", "Interaction"),
        "support": Bilingual("サポート全体", "Support"),
        "company": Bilingual("会社", "Company"),
    },
    "tone": {
        "positive": Bilingual("肯定的", "Positive"),
        "neutral": Bilingual("中立", "Neutral"),
        "negative": Bilingual("否定的", "Negative"),
    },
}


@contextmanager
def own_names(names: Names) -> Iterator[None]:
    """Within the block :func:`called` knows the organisation's ``names`` too."""
    token = _own.set(names)
    try:
        yield
    finally:
        _own.reset(token)


def spoken() -> Names:
    """Return the names that :func:`called` knows here: for a thread that goes on with what was asked for."""
    return _own.get({})


def named(names: Names, column: str, value: str, lang: str) -> str:
    """Return the organisation's own name of ``value`` where the reader's language can show it, else the value itself: no Japanese names in English."""
    known = names.get(column, {}).get(value)
    return known if known and (lang == "ja" or known.isascii()) else value


def called(column: str, value: str, lang: str) -> str:
    """Return what people call ``value`` of ``column``; the value itself where nobody has named it."""
    name = CALLED.get(column, {}).get(value)
    return name(lang) if name is not None else named(spoken(), column, value, lang)

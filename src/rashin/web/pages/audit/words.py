"""What was written down with an action, as people read it. What has no word here stands as it was written."""

from __future__ import annotations

from rashin.errors import Bilingual

_WORDS: dict[str, Bilingual] = {
    "rows": Bilingual("行", "rows"),
    "of": Bilingual("全部で", "of"),
    "reason": Bilingual("理由", "reason"),
    "period": Bilingual("期間", "period"),
    "version": Bilingual("版", "version"),
    "form": Bilingual("形式", "form"),
    "columns": Bilingual("列", "columns"),
    "schedule": Bilingual("定期配信", "schedule"),
    "role": Bilingual("役割", "role"),
    "method": Bilingual("方法", "method"),
    "methods": Bilingual("方法", "method"),
    "kind": Bilingual("種類", "kind"),
    "keys": Bilingual("キー", "keys"),
    "texts": Bilingual("文", "texts"),
    "rejects": Bilingual("取込不可", "rejects"),
    "files": Bilingual("ファイル(取込)", "files (loads)"),
    "people": Bilingual("利用者", "people"),
    "where": Bilingual("範囲", "where"),
    "filters": Bilingual("絞り込み", "filters"),
    "cell": Bilingual("絞り込み", "cell"),
    "grants": Bilingual("見える範囲", "scope"),
    "until": Bilingual("期限", "until"),
    "to": Bilingual("変更後", "to"),
    "from": Bilingual("変更前", "from"),
    "before": Bilingual("変更前", "before"),
    "reference": Bilingual("受付番号", "reference"),
    "asked_by": Bilingual("依頼した人", "asked by"),
    "kpi": Bilingual("KPI", "KPI"),
    "key": Bilingual("キー", "key"),
    "file": Bilingual("ファイル", "file"),
    "entry": Bilingual("記録", "entry"),
    "comment": Bilingual("コメント", "comment"),
    "mentions": Bilingual("呼びかけた人", "mentions"),
    "assignee": Bilingual("担当", "assignee"),
    "part": Bilingual("部分", "part"),
    "bucket": Bilingual("区間", "bucket"),
    "grain": Bilingual("粒度", "grain"),
    "by": Bilingual("切り口", "by"),
    "snapshot": Bilingual("データ版", "snapshot"),
    "source": Bilingual("連携元", "source"),
    "when": Bilingual("いつ", "when"),
    "readers": Bilingual("受け取る人", "readers"),
    "characters": Bilingual("文字", "characters"),
    "sessions": Bilingual("端末", "sessions"),
    "address": Bilingual("アドレス", "address"),
    "own": Bilingual("自分の変更", "own"),
}


def told(detail: dict[str, object], lang: str) -> str:
    """Return the details of a line as one text: a word and what stands behind it, lists without their brackets."""
    return "; ".join(f"{_word(name, lang)}: {_value(value)}" for name, value in detail.items() if value not in ("", None, [], {}))


def _word(name: str, lang: str) -> str:
    return _WORDS[name](lang) if name in _WORDS else name


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "✓" if value else "–"
    if isinstance(value, list | tuple):
        return ", ".join(map(_value, value))
    if isinstance(value, dict):
        return ", ".join(f"{name}={_value(each)}" for name, each in value.items())
    return "–" if value is None else str(value)

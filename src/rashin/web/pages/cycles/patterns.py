"""Cycles to begin with: issues that contact centres have in common, each with a measure that others have tried. Figures and dates are one's own."""

from __future__ import annotations

from dataclasses import dataclass

from rashin.errors import Bilingual


@dataclass(frozen=True, slots=True)
class Pattern:
    """A cycle that is half written. ``hint``: a word of the catalogue's hint that it follows; "" for none."""

    name: str
    kpi: str
    title: Bilingual
    issue: Bilingual
    cause: Bilingual
    measure: Bilingual


PATTERNS: tuple[Pattern, ...] = (
    Pattern(
        "aht",
        "aht",
        Bilingual("処理時間が長い: ナレッジ検索と後処理の定型文", "Handling takes long: find answers faster, standard wrap-up notes"),
        Bilingual(
            "平均処理時間が長く、同じ人数で受けられる件数が減っている。", "Contacts take long, so the same people answer fewer of them."
        ),
        Bilingual("答えを探す時間と、後処理の入力に時間がかかっている。", "Time goes into looking for answers and typing wrap-up notes."),
        Bilingual(
            "よくある10の問い合わせについて、回答と後処理の定型文を用意して使う。",
            "Prepare answers and wrap-up notes for the ten most frequent inquiries, and use them.",
        ),
    ),
    Pattern(
        "peak",
        "answer_rate",
        Bilingual("つながりにくい時間帯: 休憩と会議をずらす", "Hard to reach at some hours: move breaks and meetings"),
        Bilingual("混む時間帯に応答率が下がっている。", "The answer rate falls at busy hours."),
        Bilingual("混む時間帯に、休憩・会議・研修が重なっている。", "Breaks, meetings and training fall on the busy hours."),
        Bilingual("混む時間帯の休憩・会議・研修を、空く時間帯へ移す。", "Move breaks, meetings and training to quiet hours."),
    ),
    Pattern(
        "repeat",
        "fcr",
        Bilingual("一度で解決しない: 終わる前の確認", "Not solved at once: check before closing"),
        Bilingual("同じお客様からの再度の問い合わせが多い。", "Customers come back with the same inquiry."),
        Bilingual(
            "案内した手順が最後まで終わったか、確かめずに終えている。", "Contacts end before it is clear that the steps have worked."
        ),
        Bilingual(
            "終える前に「いまの手順で完了しましたか」を必ず確かめ、次に起きることを伝える。",
            "Before ending, ask whether the steps have worked, and say what comes next.",
        ),
    ),
    Pattern(
        "abandon",
        "abandon_rate",
        Bilingual("放棄が多い: 折り返しの案内", "Many give up waiting: offer a call back"),
        Bilingual("待っているあいだに切るお客様が多い。", "Many customers hang up while waiting."),
        Bilingual("待ち時間が分からず、ほかの手段も案内していない。", "They do not know how long it takes, nor of another way."),
        Bilingual(
            "待ち時間の目安と、折り返し・Webの手続きを待っているあいだに案内する。",
            "While they wait, say how long it takes and offer a call back or the web.",
        ),
    ),
    Pattern(
        "quality",
        "csat",
        Bilingual("満足度: 言い回しの見直しと同席", "Satisfaction: review of wording, sitting in"),
        Bilingual("満足度が目標に届いていない。", "Satisfaction is below its goal."),
        Bilingual("結論より先に長い説明が入り、共感の言葉が少ない。", "Explanations come before the answer, and few words of sympathy."),
        Bilingual(
            "週に一度、2件ずつ一緒に聞き返し、言い回しを一つだけ変える。",
            "Once a week listen to two contacts together and change one thing in the wording.",
        ),
    ),
    Pattern(
        "templates",
        "repeat_rate",
        Bilingual("返信テンプレートの見直し", "Review of reply templates"),
        Bilingual("テンプレートの返信のあとに、再度の問い合わせが来ている。", "Customers write again after a reply from a template."),
        Bilingual("テンプレートが古く、いまの手順と合っていない。", "Templates are old and do not fit the steps of today."),
        Bilingual("使用数の多い5つのテンプレートを、いまの手順に書き直す。", "Rewrite the five templates used most to the steps of today."),
    ),
)


def named(name: str) -> Pattern | None:
    """Return a pattern; None for one that does not exist."""
    return next((each for each in PATTERNS if each.name == name), None)

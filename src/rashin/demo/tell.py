"""`stories.md`: what was planted and when, in both languages. The file in this folder tells the default centre; a demo folder gets its own."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from rashin.demo.centre import COMPANY_EN, COMPANY_JA, VENDOR_JA, Agent
from rashin.demo.stories import Stories

_JA = "月火水木金土日"


def _ja(day: dt.date) -> str:
    return f"{day:%Y-%m-%d}({_JA[day.weekday()]})"


def _en(day: dt.date) -> str:
    return f"{day:%Y-%m-%d} ({day:%a})"


def stories_text(stories: Stories, gamer: Agent, first: dt.date, until: dt.date) -> str:
    """Return the document for one centre; stories before ``first`` are left out."""
    told = [(day, ja, en) for day, ja, en in _stories(stories, gamer) if day is None or first <= day <= until]
    lines = [
        "# デモ用センターに仕込んだ出来事 / Stories planted in the demo centre",
        "",
        f"{COMPANY_JA}。委託先は{VENDOR_JA}。期間は {first} から {until} まで。人名・番号・数字はすべて作りもので、電話番号は実在しない番号帯です。",
        "",
        f"{COMPANY_EN}; {first} to {until}. Every name, number and figure is invented; the telephone numbers cannot exist.",
        "",
    ]
    for number, (_, ja, en) in enumerate(told, start=1):
        lines += [f"{number}. {ja}", f"   {en}", ""]
    return "\n".join(lines)


def _stories(s: Stories, gamer: Agent) -> tuple[tuple[dt.date | None, str, str], ...]:
    hours = f"{s.outage_from_s // 3600}:00–{s.outage_until_s // 3600}:00"
    last = s.campaign_until - dt.timedelta(days=1)
    meeting = f"{s.meeting_from_s // 3600}:00–{s.meeting_until_s // 3600}:00"
    return (
        (
            s.campaign,
            f"**キャンペーン** {_ja(s.campaign)}〜{_ja(last)}: 注文窓口の問い合わせが{s.campaign_volume:.2f}倍、チャットが{s.campaign_chat_volume:.2f}倍、"
            f"売上と注文数が{s.campaign_sales:.2f}倍。札幌からのあふれ呼が委託先へ流れる。",
            f"**Campaign** {_en(s.campaign)} to {_en(last)}: contacts of the order queue × {s.campaign_volume:.2f}, chat × {s.campaign_chat_volume:.2f}, "
            f"sales and orders × {s.campaign_sales:.2f}. Calls overflow from Sapporo to the outsourcer.",
        ),
        (
            s.outage,
            f"**障害の日** {_ja(s.outage)} {hours}: 通販サイトとアプリが止まり、すべての窓口で新規の問い合わせが{s.outage_volume:.1f}倍(分類は「会員」)。"
            "サービスレベルが落ち、放棄・話中・否定的な投稿が増え、売上は平日の約半分。",
            f"**Outage** {_en(s.outage)} {hours}: shop and app are down; fresh contacts × {s.outage_volume:.1f} in every queue (category membership). "
            "Service level falls; abandons, engaged tones and negative posts rise; sales are about half.",
        ),
        (
            s.programme,
            f"**AHT短縮の取り組み** {_ja(s.programme)}開始: 那覇第2チーム(`{s.programme_team}`)の通話と後処理が"
            f"{1 - s.programme_pace:.0%}短くなる。解決率は変わらない。第1チームは対照群。",
            f"**AHT programme** from {_en(s.programme)}: talk and after-call work of team `{s.programme_team}` are "
            f"{1 - s.programme_pace:.0%} shorter; resolution does not change. Team naha-1 is the comparison.",
        ),
        (
            s.gaming,
            f"**AHTを見かけだけ短くする担当者** {_ja(s.gaming)}から: {gamer.name}(`{gamer.id}`)の処理時間が{1 - s.gaming_pace:.0%}短いが、"
            f"未解決が{s.gaming_miss * 100:.0f}ポイント増え、7日以内の再入電が増える。",
            f"**An agent who games AHT** from {_en(s.gaming)}: `{gamer.id}` handles contacts {1 - s.gaming_pace:.0%} faster, "
            f"leaves {s.gaming_miss * 100:.0f} points more unsolved, and repeat contacts within 7 days rise.",
        ),
        (
            s.hurry,
            f"**急がされた水曜日** {_ja(s.hurry)}から: 委託先(`{s.hurry_vendor}`)が1件あたりの時間を{1 - s.hurry_pace:.0%}縮める。"
            f"AHTは帯の下に抜け、未解決が{s.hurry_miss * 100:.0f}ポイント増え、翌日から再入電が増える。自社のチームは変わらない。",
            f"**A hurried Wednesday** from {_en(s.hurry)}: the outsourcer (`{s.hurry_vendor}`) cuts contacts short by {1 - s.hurry_pace:.0%}. "
            f"Its AHT drops out of its band, {s.hurry_miss * 100:.0f} points more are left unsolved, and repeat contacts rise from the next day on. "
            "The centre's own teams do not change.",
        ),
        (
            s.short,
            f"**人手の足りない月** {_ja(s.short)}から: 体調不良が重なり、札幌と那覇の出勤予定の約{s.short_share:.0%}が欠勤する。件数と1件あたりの時間は変わらず、"
            "応答率が前の月より下がる(100万件のセンターで約4ポイント)。",
            f"**A short-handed month** from {_en(s.short)}: illness keeps about {s.short_share:.0%} of Sapporo's and Naha's planned people away. Contacts and "
            "handling stay as they are; the answer rate falls from the month before (by about four points in a centre of a million contacts).",
        ),
        (
            None,
            f"**平均に隠れた悪い1時間** 毎週水曜 {meeting}: 会議のため札幌(注文・配送)の半数が席を外す。日や週の平均では目立たないが、この1時間のサービスレベルは大きく落ちる。",
            f"**A mean that hides a bad hour** every Wednesday {meeting}: about half of Sapporo (order, delivery) sits in a meeting. "
            "The day's and the week's mean look fine; that hour's service level does not.",
        ),
        (
            None,
            f"**よく見える委託先の報告** 毎月: 委託先の報告書のサービスレベルは「{s.vendor_target_s}秒以内の応答 ÷ 応答数」、"
            f"放棄率は{s.vendor_short_s}秒未満の放棄を除いた値。着信を分母にした値より高く出る。",
            f"**A vendor whose own report flatters** every month: its service level is “answered within {s.vendor_target_s} s ÷ answered”, its abandon rate leaves "
            f"out abandons under {s.vendor_short_s} s. Both look better than figures over all offered contacts.",
        ),
        (
            s.corrected,
            f"**訂正ファイル** {s.corrected:%Y-%m}分の札幌の通話履歴には保留時間の記録漏れがあり(応答の約{s.corrected_rows:.0%})、翌月末過ぎに「_訂正」の付いたファイルが届く。"
            "訂正前の値も、訂正で変わったところも示せる。",
            f"**A corrected file** the Sapporo call list of {s.corrected:%Y-%m} lacks hold times (about {s.corrected_rows:.0%} of answered calls); "
            "a file with “_訂正” in its name comes 40 days later. What was reported before and what changed can both be shown.",
        ),
        (
            s.stopped,
            f"**木曜に止まった連携元** {_ja(s.stopped)}: アンケートのデータがこの日から届かない。当月のCSATとNPSは途中までの値である。",
            f"**A source that stopped on a Thursday** {_en(s.stopped)}: no survey data from this day on. CSAT and NPS of the month cover a part of it only.",
        ),
    )


def workspace_files() -> list[Path]:
    """Return the ready-made files of the demo workspace: settings, calendars, mappings."""
    root = Path(__file__).parent / "workspace"
    return sorted(path for path in root.rglob("*.toml"))

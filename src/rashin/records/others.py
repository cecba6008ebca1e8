"""The other facts: what happened inside contacts, agents' time, surveys, evaluations, posts, money, heads, series and totals."""

from rashin.errors import Bilingual
from rashin.records.model import Derived, Fact, Rule, count, flag, instant, number, organisation, seconds, text

_NOT_RECORDED = Bilingual("連携元が記録していない", "the source does not record it")
_NOT_DONE = Bilingual("まだ起きていない、または記録なし", "has not happened, or is not recorded")
_ENDS_AFTER_START = Rule("ends_before_start", "end_at >= start_at", Bilingual("終了が開始より前", "ends before it starts"), "end_at")

CONTACT_EVENT = Fact(
    name="contact_event",
    label=Bilingual("応対イベント", "Contact event"),
    doc=Bilingual("応対の中で起きた一つの出来事。", "One thing that happened within a contact."),
    anchors=("event_at",),
    required=("contact_id", "event", "event_at"),
    columns=(
        text("contact_id", "応対の番号", "Contact id", role="attribute"),
        text("event", "イベント", "Event"),
        instant("event_at", "発生時刻", "Event at"),
        text("channel", "チャネル", "Channel"),
        *organisation(),
        text("detail", "詳細", "Detail", role="attribute"),
        text("detail_2", "詳細2", "Detail 2", role="attribute"),
        text("detail_3", "詳細3", "Detail 3", role="attribute"),
        text("detail_4", "詳細4", "Detail 4", role="attribute"),
        text("detail_5", "詳細5", "Detail 5", role="attribute"),
        seconds("duration_s", "所要時間", "Duration", _NOT_RECORDED),
        count("sequence", "順序", "Sequence", Bilingual("同時刻の順序は不明", "order within one instant is not known")),
    ),
)

AGENT_STATES = (
    "available",
    "talk",
    "hold",
    "acw",
    "on_contact",  # talk + hold + after-call work, not told apart
    "ring",
    "dial",
    "break",
    "training",
    "meeting",
    "paused",
    "other_work",
    "login",  # logged in: overlaps the states above, never added to them
)

AGENT_TIME = Fact(
    name="agent_time",
    label=Bilingual("稼働時間", "Agent time"),
    doc=Bilingual("担当者が一つの状態にいた区間 [start_at, end_at)。", "An interval [start_at, end_at) that an agent spent in one state."),
    anchors=("start_at",),
    required=("agent", "state", "start_at", "end_at"),
    columns=(
        text("channel", "チャネル", "Channel"),
        *organisation(),
        text("state", "状態", "State", choices=AGENT_STATES),
        text("reason", "理由", "Reason"),
        instant("start_at", "開始", "Start"),
        instant("end_at", "終了", "End"),
    ),
    derived=(
        # `clipped_s` is supplied by the query: the part of the interval that lies inside the asked bucket.
        Derived("working", "state in ('available', 'talk', 'hold', 'acw', 'on_contact', 'dial')", "bool", Bilingual("稼働", "Working")),
        Derived("handling", "state in ('talk', 'hold', 'acw', 'on_contact')", "bool", Bilingual("処理中", "Handling")),
    ),
    rules=(_ENDS_AFTER_START,),
)

SHIFT = Fact(
    name="shift",
    label=Bilingual("シフト・勤怠", "Shift"),
    doc=Bilingual("一人一日の予定と実績の勤務。", "Planned and actual work of one person on one day."),
    anchors=("start_at",),
    required=("agent",),
    columns=(
        *organisation(),
        text("kind", "区分", "Kind"),
        text("absence_reason", "欠勤理由", "Absence reason"),
        instant("start_at", "予定開始", "Planned start", _NOT_RECORDED),
        instant("end_at", "予定終了", "Planned end", _NOT_RECORDED),
        instant("clock_in_at", "出勤", "Clock in", _NOT_DONE),
        instant("clock_out_at", "退勤", "Clock out", _NOT_DONE),
        seconds("scheduled_s", "予定時間", "Scheduled", _NOT_RECORDED),
        seconds("attended_s", "実働時間", "Attended", _NOT_RECORDED),
        seconds("absent_s", "欠勤時間", "Absent", _NOT_RECORDED),
        seconds("paid_s", "給与時間", "Paid", _NOT_RECORDED),
        seconds("adherent_s", "予定遵守時間", "Adherent", _NOT_RECORDED),
        flag("attended", "出勤した", "Attended (yes/no)", _NOT_RECORDED),
    ),
    rules=(
        _ENDS_AFTER_START,
        Rule("clock_out_before_in", "clock_out_at >= clock_in_at", Bilingual("退勤が出勤より前", "clocked out before in"), "clock_out_at"),
    ),
)

SURVEY = Fact(
    name="survey",
    label=Bilingual("アンケート", "Survey"),
    doc=Bilingual("送った一通のアンケートと回答。", "One survey sent, and its answer if there is one."),
    anchors=("responded_at", "sent_at"),
    required=("kind",),
    columns=(
        text("channel", "チャネル", "Channel"),
        *organisation(),
        text("category", "分類", "Category"),
        text("kind", "種類", "Kind", choices=("csat", "nps", "ces", "experience")),
        text("subject", "対象", "Subject", choices=("interaction", "support", "company")),
        text("contact_id", "応対の番号", "Contact id", role="attribute"),
        text("customer_key", "顧客キー", "Customer key", role="attribute"),
        instant("sent_at", "送付時刻", "Sent at", _NOT_RECORDED),
        instant("responded_at", "回答時刻", "Responded at", Bilingual("未回答または記録なし", "not answered, or not recorded")),
        number("score", "評点", "Score", "points", Bilingual("未回答", "not answered")),
        number("scale_min", "最小評点", "Lowest score", "points"),
        number("scale_max", "最大評点", "Highest score", "points"),
        text("comment", "コメント", "Comment", Bilingual("なし", "none"), role="attribute"),
    ),
    derived=(
        # steps are compared by their place on the scale, so that five stars, good/bad and 0-10 follow one rule
        Derived(
            "satisfied",
            "score - coalesce(scale_min, 1) >= 0.75 * (coalesce(scale_max, 5) - coalesce(scale_min, 1))",
            "bool",
            Bilingual("満足(5段階なら4・5)", "Satisfied (4 and 5 of five)"),
        ),
        Derived(
            "dissatisfied",
            "score - coalesce(scale_min, 1) <= 0.25 * (coalesce(scale_max, 5) - coalesce(scale_min, 1))",
            "bool",
            Bilingual("不満(5段階なら1・2)", "Dissatisfied (1 and 2 of five)"),
        ),
        Derived("promoter", "score >= 9", "bool", Bilingual("推奨者(9・10点)", "Promoter (9, 10)")),
        Derived("detractor", "score <= 6", "bool", Bilingual("批判者(0〜6点)", "Detractor (0–6)")),
    ),
    rules=(
        Rule(
            "score_off_scale", "score >= scale_min and score <= scale_max", Bilingual("評点が尺度の外", "score outside its scale"), "score"
        ),
        Rule(
            "responded_before_sent", "responded_at >= sent_at", Bilingual("回答が送付より前", "answered before it was sent"), "responded_at"
        ),
    ),
)

ITEMS = ("accuracy", "promptness", "flexibility", "empathy", "reassurance", "impression")

EVALUATION = Fact(
    name="evaluation",
    label=Bilingual("モニタリング評価", "Evaluation"),
    doc=Bilingual("一件の応対に対する一回の品質評価。", "One quality review of one contact."),
    anchors=("evaluated_at",),
    required=("evaluated_at",),
    columns=(
        text("channel", "チャネル", "Channel"),
        *organisation(),
        text("evaluator", "評価者", "Evaluator"),
        text("form", "評価表", "Form"),
        text("form_version", "評価表の版", "Form version"),
        text("contact_id", "応対の番号", "Contact id", role="attribute"),
        instant("evaluated_at", "評価時刻", "Evaluated at"),
        number("score", "合計点", "Score (sum of items)", "points"),
        number("score_max", "満点", "Highest possible score", "points"),
        number("weighted_share", "加重評価(IQS)", "Weighted review score", "share", minimum=0, maximum=1),
        flag("critical_failed", "重大項目の不合格", "A critical item failed", _NOT_RECORDED),
        count("mistakes", "ミス件数", "Mistakes", _NOT_RECORDED),
        count("opportunities", "評価項目数", "Opportunities for a mistake", _NOT_RECORDED),
        number("accuracy_points", "正確性", "Accuracy", "points"),
        number("promptness_points", "迅速性", "Promptness", "points"),
        number("flexibility_points", "柔軟性", "Flexibility", "points"),
        number("empathy_points", "共感性", "Empathy", "points"),
        number("reassurance_points", "安心感", "Reassurance", "points"),
        number("impression_points", "好印象", "Good impression", "points"),
    ),
    rules=(Rule("score_above_max", "score <= score_max", Bilingual("合計点が満点を超える", "score above the highest possible"), "score"),),
)

POST = Fact(
    name="post",
    label=Bilingual("投稿", "Post"),
    doc=Bilingual("SNS上の一つの投稿とその反応数。", "One post on a social network with its reactions."),
    anchors=("posted_at",),
    required=("posted_at",),
    columns=(
        text("network", "SNS", "Network"),
        text("account", "アカウント", "Account"),
        text("kind", "種類", "Kind", choices=("own", "mention", "reply", "repost")),
        text("media", "形式", "Media"),
        text("category", "分類", "Category"),
        text("team", "チーム", "Team"),
        text("agent", "担当者", "Agent"),
        text("author", "投稿者", "Author", role="attribute"),
        text("thread", "スレッド", "Thread", role="attribute"),
        text("in_reply_to", "返信先", "In reply to", role="attribute"),
        text("text", "本文", "Text", role="attribute"),
        text("tone", "感情", "Tone", choices=("positive", "neutral", "negative")),
        instant("posted_at", "投稿時刻", "Posted at"),
        instant("first_reply_at", "最初の返信時刻", "First reply at", _NOT_DONE),
        seconds("first_reply_s", "最初の返信まで", "Time to first reply", _NOT_DONE),
        count("reactions", "反応", "Reactions", _NOT_RECORDED),
        count("likes", "いいね", "Likes", _NOT_RECORDED),
        count("comments", "コメント", "Comments", _NOT_RECORDED),
        count("shares", "シェア", "Shares", _NOT_RECORDED),
        count("reposts", "リポスト", "Reposts", _NOT_RECORDED),
        count("quotes", "引用", "Quotes", _NOT_RECORDED),
        count("saves", "保存", "Saves", _NOT_RECORDED),
        count("impressions", "表示回数", "Impressions", _NOT_RECORDED),
        count("reach", "リーチ", "Reach", _NOT_RECORDED),
        count("profile_visits", "プロフィール閲覧", "Profile visits", _NOT_RECORDED),
        count("follows", "新規フォロー", "New follows", _NOT_RECORDED),
        count("followers", "投稿時のフォロワー数", "Followers when posted", _NOT_RECORDED),
        number("tone_score", "感情スコア(-1~1)", "Tone score (-1 to 1)", "points", minimum=-1, maximum=1),
    ),
    derived=(
        Derived(
            "actions",
            "case when reactions is not null or likes is not null or comments is not null or shares is not null or reposts is not null or quotes is not null "
            "then coalesce(reactions, likes, 0) + coalesce(comments, 0) + coalesce(shares, 0) + coalesce(reposts, 0) + coalesce(quotes, 0) end",
            "number",
            Bilingual("反応の合計", "Actions: reactions (or likes), comments, shares, reposts, quotes"),
            "count",
        ),
    ),
    rules=(
        Rule("reply_before_post", "first_reply_at >= posted_at", Bilingual("返信が投稿より前", "reply before the post"), "first_reply_at"),
    ),
)

ACCOUNT_DAY = Fact(
    name="account_day",
    label=Bilingual("アカウント日次", "Account day"),
    doc=Bilingual("SNSアカウントの一日の終わりの状態。", "State of a social account at the end of one day."),
    anchors=("business_date",),
    required=("account",),
    columns=(
        text("network", "SNS", "Network"),
        text("account", "アカウント", "Account"),
        count("followers", "フォロワー数", "Followers"),
        count("profile_visits", "プロフィール閲覧", "Profile visits", _NOT_RECORDED),
        count("mentions", "言及", "Mentions", _NOT_RECORDED),
    ),
)

COST = Fact(
    name="cost",
    label=Bilingual("費用", "Cost"),
    doc=Bilingual("ある日または月に属する一つの費用。", "One cost that belongs to a day or a month."),
    anchors=("business_date",),
    required=("kind", "amount_yen"),
    columns=(
        text("channel", "チャネル", "Channel"),
        text("direction", "方向", "Direction", choices=("inbound", "outbound", "internal")),
        *organisation(),
        text(
            "kind",
            "費目",
            "Kind",
            choices=("labour", "hiring", "training", "vendor_fixed", "vendor_metered", "vendor_overage", "system", "other"),
        ),
        text("contract", "契約", "Contract", role="attribute"),
        number("amount_yen", "金額", "Amount", "yen"),
        count("units", "数量", "Units", _NOT_RECORDED),
    ),
)

HEADCOUNT = Fact(
    name="headcount",
    label=Bilingual("人員", "Headcount"),
    doc=Bilingual(
        "ある日の在籍者数と入退職者数。一人一行でもよい。",
        "People employed, joined and left as of a date; one row per person is also fine.",
    ),
    anchors=("business_date",),
    required=("employees",),
    columns=(
        *organisation(),
        text("department", "部署", "Department"),
        text("job", "職種", "Job"),
        text("employment", "雇用形態", "Employment"),
        count("employees", "在籍者数", "Employees"),
        count("joined", "入職者数", "Joined", _NOT_RECORDED),
        count("left_count", "退職者数", "Left", _NOT_RECORDED),
    ),
)

SERIES = Fact(
    name="series",
    label=Bilingual("業績系列", "Business series"),
    doc=Bilingual("売上・注文数など、名前のある任意の系列。", "Any named business series: sales, orders, e-mails sent …"),
    anchors=("measured_at", "business_date"),
    required=("name", "amount"),
    columns=(
        text("name", "系列名", "Series"),
        text("channel", "チャネル", "Channel"),
        *organisation(),
        text("category", "分類", "Category"),
        text("unit", "単位", "Unit", role="attribute"),
        instant("measured_at", "時刻", "Measured at", Bilingual("日付のみ", "a date only")),
        number("amount", "値", "Amount", "amount"),
    ),
)

CONTACT_TOTAL = Fact(
    name="contact_total",
    label=Bilingual("応対の集計済み行", "Contact totals"),
    doc=Bilingual(
        "連携元がすでに合計した区間の値。比率ではなく件数と合計秒で持つ。",
        "Totals that the source has already summed over an interval: counts and total seconds, never ratios.",
    ),
    anchors=("interval_at", "business_date"),
    columns=(
        text("channel", "チャネル", "Channel"),
        text("direction", "方向", "Direction", choices=("inbound", "outbound", "internal")),
        *organisation(),
        text("category", "分類", "Category"),
        instant("interval_at", "区間の開始", "Interval start", Bilingual("日付のみ", "a date only")),
        seconds("interval_s", "区間の長さ", "Interval length"),
        count("offered_count", "着信数", "Offered"),
        count("answered_count", "応答数", "Answered"),
        count("abandoned_count", "放棄数", "Abandoned"),
        count("short_abandoned_count", "短時間放棄数", "Short abandoned", _NOT_RECORDED),
        count("busy_count", "話中数", "Busy", _NOT_RECORDED),
        number("answered_in_target", "目標時間内の応答数", "Answered within target", "count", _NOT_RECORDED, minimum=0),
        seconds("target_s", "目標時間", "Target", _NOT_RECORDED),
        number("wait_total_s", "待ち時間の合計(応答分)", "Total wait of answered", "s", _NOT_RECORDED, minimum=0),
        number("talk_total_s", "通話時間の合計", "Total talk", "s", _NOT_RECORDED, minimum=0),
        number("hold_total_s", "保留時間の合計", "Total hold", "s", _NOT_RECORDED, minimum=0),
        number("acw_total_s", "後処理時間の合計", "Total after-call work", "s", _NOT_RECORDED, minimum=0),
        count("resolved_count", "解決数", "Resolved", _NOT_RECORDED),
        count("complaint_count", "苦情数", "Complaints", _NOT_RECORDED),
    ),
    rules=(
        Rule(
            "answered_above_offered",
            "answered_count <= offered_count",
            Bilingual("応答数が着信数を超える", "more answered than offered"),
            "answered_count",
        ),
        Rule(
            "in_target_above_answered",
            "answered_in_target <= answered_count + 0.5",
            Bilingual("目標時間内の応答が応答数を超える", "more answered in target than answered"),
            "answered_in_target",
        ),
    ),
)

REPORTED_FIGURE = Fact(
    name="reported_figure",
    label=Bilingual("連携元の報告値", "Reported figure"),
    doc=Bilingual(
        "連携元自身が報告したKPIの値。突合に使い、計算には使わない。",
        "A KPI value as the source itself reported it: for reconciliation, never for computing.",
    ),
    anchors=("business_date",),
    required=("kpi", "reported"),
    columns=(
        text("kpi", "KPI", "KPI"),
        text("variant", "定義の別", "Variant"),
        text("channel", "チャネル", "Channel"),
        *organisation(),
        number("reported", "報告値", "Reported value", "amount"),
        count("reported_n", "報告件数", "Reported n", _NOT_RECORDED),
        text("grain", "期間の単位", "Grain of the figure", role="attribute"),
    ),
)

OTHERS = (
    CONTACT_EVENT,
    AGENT_TIME,
    SHIFT,
    SURVEY,
    EVALUATION,
    POST,
    ACCOUNT_DAY,
    COST,
    HEADCOUNT,
    SERIES,
    CONTACT_TOTAL,
    REPORTED_FIGURE,
)

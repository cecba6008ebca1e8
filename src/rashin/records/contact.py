"""One interaction between a customer and the organisation: a call leg, a mail or ticket, a chat, a social thread, one outbound dial."""

from rashin.errors import Bilingual
from rashin.records.model import Derived, Fact, Rule, count, flag, instant, organisation, seconds, text

CHANNELS = ("voice", "mail", "chat", "social", "letter", "form", "sms", "other")
DIRECTIONS = ("inbound", "outbound", "internal")
OUTCOMES = (
    "answered",  # a person (or, with bot_handled, a bot) took it
    "abandoned",  # the customer gave up while waiting
    "busy",  # refused before the queue: no line (話中)
    "callback",  # left the queue for a call-back
    "voicemail",  # left the queue for a message
    "overflow",  # sent elsewhere: other queue, IVR, other site (あふれ)
    "forced",  # ended by the system: timeout, queue closed while waiting
    "closed",  # refused because the queue was not open
    "unreached",  # outbound: nobody answered
    "open",  # mail, ticket, chat: not yet answered by anybody
)
STAGES = ("before", "at", "after", "other")

_NOT_DONE = Bilingual("まだ起きていない、または記録なし", "has not happened, or is not recorded")
_NOT_RECORDED = Bilingual("連携元が記録していない", "the source does not record it")

FACT = Fact(
    name="contact",
    label=Bilingual("応対", "Contact"),
    doc=Bilingual(
        "顧客との一回のやりとり。転送先は別の一行になる。", "One interaction with a customer; each transfer leg is a row of its own."
    ),
    anchors=("offered_at", "answered_at", "first_response_at", "resolved_at", "ended_at"),
    required=("channel", "direction"),
    columns=(
        text("channel", "チャネル", "Channel", choices=CHANNELS),
        text("direction", "方向", "Direction", choices=DIRECTIONS),
        *organisation(),
        text("category", "問い合わせ分類", "Category"),
        text("stage", "購入段階", "Purchase stage", choices=STAGES),
        text("priority", "優先度", "Priority"),
        text("template", "使用テンプレート", "Template used", Bilingual("未使用または不明", "none used or not known")),
        text("outcome", "結果", "Outcome", choices=OUTCOMES),
        text("end_reason", "終了理由", "End reason"),
        text("customer_key", "顧客キー", "Customer key", role="attribute"),
        text("contact_point", "連絡先(番号・アドレス)", "Contact point", role="attribute"),
        text("issue_key", "案件キー", "Issue key", role="attribute"),
        text("initial_id", "最初の応対", "First leg", role="attribute"),
        text("previous_id", "前の応対", "Previous leg", role="attribute"),
        flag("is_test", "テスト", "Test contact", Bilingual("テストではない", "not a test")),
        instant("offered_at", "着信・受付時刻", "Offered at", _NOT_RECORDED),
        instant("answered_at", "応答時刻", "Answered at", _NOT_DONE),
        instant("first_response_at", "一次応答時刻(人)", "First human response at", _NOT_DONE),
        instant("resolved_at", "解決時刻", "Resolved at", _NOT_DONE),
        instant("ended_at", "終了時刻", "Ended at", _NOT_DONE),
        seconds("wait_s", "待ち時間", "Wait", _NOT_RECORDED),
        seconds("ring_s", "呼出時間", "Ring", _NOT_RECORDED),
        seconds("talk_s", "通話時間", "Talk", _NOT_RECORDED),
        seconds("hold_s", "保留時間", "Hold", _NOT_RECORDED),
        seconds("longest_hold_s", "最長保留", "Longest hold", _NOT_RECORDED),
        count("hold_count", "保留回数", "Holds", _NOT_RECORDED),
        seconds("acw_s", "後処理時間", "After-call work", _NOT_RECORDED),
        seconds("dial_s", "発信・呼出時間", "Dialling", _NOT_RECORDED),
        seconds("first_response_s", "一次応答時間(暦)", "First response time (calendar)", _NOT_DONE),
        seconds("first_response_open_s", "一次応答時間(営業)", "First response time (opening hours)", _NOT_DONE),
        seconds("first_response_last_schedule_s", "一次応答時間(最終スケジュール)", "First response time (last schedule)", _NOT_DONE),
        seconds("resolution_s", "解決時間(暦)", "Resolution time (calendar)", _NOT_DONE),
        seconds("first_resolution_s", "初回解決時間(暦)", "First resolution time (calendar)", _NOT_DONE),
        seconds("resolution_open_s", "解決時間(営業)", "Resolution time (opening hours)", _NOT_DONE),
        seconds("requester_wait_s", "顧客の待ち時間", "Requester wait", _NOT_RECORDED),
        seconds("agent_wait_s", "担当者の待ち時間", "Agent wait", _NOT_RECORDED),
        seconds("agent_work_s", "担当者の作業時間", "Agent work", _NOT_RECORDED),
        seconds("on_hold_s", "保留状態の時間", "On-hold state", _NOT_RECORDED),
        seconds("escalation_wait_s", "社内回答待ち時間", "Waiting for a colleague's answer", _NOT_RECORDED),
        seconds("loss_s", "ロスタイム", "Loss time (idle while waiting for a colleague)", _NOT_RECORDED),
        count("transfers", "転送回数", "Transfers", _NOT_RECORDED),
        count("consults", "相談回数", "Consultations", _NOT_RECORDED),
        count("handovers", "引き継ぎ回数", "Hand-overs", _NOT_RECORDED),
        count("replies", "返信回数(担当者・公開)", "Public replies by agents", _NOT_RECORDED),
        count("customer_messages", "顧客発言回数", "Customer messages", _NOT_RECORDED),
        count("reopens", "再開回数", "Reopens", _NOT_RECORDED),
        count("attempts", "呼出試行回数", "Agent connection attempts", _NOT_RECORDED),
        flag("resolved", "解決", "Resolved", Bilingual("判定なし", "not judged")),
        flag("bot_handled", "ボット対応", "Handled by a bot", _NOT_RECORDED),
        flag("bot_resolved", "ボット解決", "Resolved by a bot", _NOT_RECORDED),
        flag("complaint", "苦情", "Complaint", _NOT_RECORDED),
        flag("thanks", "お礼", "Thanks", _NOT_RECORDED),
        flag("mistake", "ミス", "Mistake", _NOT_RECORDED),
        flag("promised_callback", "約束した折返し", "Promised call-back", Bilingual("約束の折返しではない", "not a promised call-back")),
        flag("specialist", "専門担当への引き継ぎ", "Handed to a dedicated specialist", _NOT_RECORDED),
        flag("accepted", "承諾・成約", "Accepted", _NOT_RECORDED),
        flag("reached", "本人コンタクト", "Customer reached", _NOT_RECORDED),
    ),
    derived=(
        Derived("inbound", "direction = 'inbound'", "bool", Bilingual("着信", "Inbound")),
        Derived("outbound", "direction = 'outbound'", "bool", Bilingual("発信", "Outbound")),
        Derived("answered", "outcome = 'answered'", "bool", Bilingual("応答した", "Answered")),
        Derived("abandoned", "outcome = 'abandoned'", "bool", Bilingual("放棄された", "Abandoned")),
        Derived(
            "offered", "direction = 'inbound' and not coalesce(is_test, false)", "bool", Bilingual("着信として数える", "Counts as offered")
        ),
        Derived("flow_out", "outcome in ('callback', 'voicemail', 'overflow')", "bool", Bilingual("別経路へ", "Flowed out")),
        Derived(
            "asynchronous",
            "channel in ('mail', 'letter', 'form', 'social', 'sms')",
            "bool",
            Bilingual("待ち行列のないチャネル", "Channel without a queue"),
        ),
        Derived("handle_s", "talk_s + coalesce(hold_s, 0) + coalesce(acw_s, 0)", "number", Bilingual("処理時間", "Handling time"), "s"),
    ),
    rules=(
        Rule("ends_before_start", "ended_at >= offered_at", Bilingual("終了が受付より前", "ends before it was offered"), "ended_at"),
        Rule(
            "answer_before_offer",
            "answered_at >= offered_at",
            Bilingual("応答が受付より前", "answered before it was offered"),
            "answered_at",
        ),
        Rule("ends_before_answer", "ended_at >= answered_at", Bilingual("終了が応答より前", "ends before it was answered"), "ended_at"),
        Rule(
            "response_before_offer",
            "first_response_at >= offered_at",
            Bilingual("一次応答が受付より前", "first response before it was offered"),
            "first_response_at",
        ),
        Rule(
            "resolved_before_response",
            "resolved_at >= first_response_at",
            Bilingual("解決が一次応答より前", "resolved before the first response"),
            "resolved_at",
        ),
        Rule(
            "resolved_before_offer",
            "resolved_at >= offered_at",
            Bilingual("解決が受付より前", "resolved before it was offered"),
            "resolved_at",
        ),
        Rule(
            "answered_but_abandoned",
            "outcome <> 'abandoned' or coalesce(talk_s, 0) = 0",
            Bilingual("放棄なのに通話時間がある", "abandoned but has talk time"),
            "outcome",
        ),
    ),
)

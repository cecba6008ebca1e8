"""The fixed words of the KPI reference in both languages."""

from __future__ import annotations

from rashin.errors import Bilingual

TITLE = Bilingual("KPIリファレンス", "KPI reference")
GENERATED = Bilingual(
    "<!-- カタログと計算例から作られたページ。手で直さず、src/rashin/catalogue と tests/spec を直して作り直す: python -m rashin.catalogue.pages -->",
    "<!-- Made from the catalogue and the worked figures. Do not edit: change src/rashin/catalogue and tests/spec, then python -m rashin.catalogue.pages -->",
)
INTRO = {
    "ja": """
羅針が計算するKPIの定義を一つずつ示す。数字の意味を確かめたいとき、他社製品やこれまでの帳票と値が違う理由を知りたいときに開く。

- **既定の定義**は、出典に挙げた記事に式があればその式である。ほかの読み方や製品の式は「定義の別」として並ぶ。`service_level:amazon_connect` のように名前を付けて尋ねる。
- **比率は合計どうしを割る。** 日ごと・担当者ごとの率を平均することはない。
- **値なしは0ではない。** 割る数がない、記録している連携元がない、というときは値を出さない。
- **割合は0〜1で計算し、%で表示する。** 範囲の決まった割合がその外に出たら、データの誤りとして表示しない。
- **目安には出どころを書く。** 元の記事の多くは調査名も年も書いていない。その場合はそう記す。
- **最小件数**に満たない値は「件数不足」と表示する。値には信頼区間(95%)が付く。
""",
    "en": """
Every KPI that Rashin computes, with its definition. Open it to see what a figure means, or why it differs from another product or an older report.

- **The default definition** is the formula of the article named as its source, where that gives one. Other readings and products' formulas stand beside it as variants; ask for them by name, as in `service_level:amazon_connect`.
- **Ratios divide sums.** Daily or personal rates are never averaged.
- **No value is not zero.** Nothing to divide by, or no source that records it: then there is no value.
- **Shares are computed as 0–1 and shown in %.** A share that leaves its bounds is a fault in the data and is not shown.
- **Benchmarks name their origin.** Most of the articles name no survey or year; where that is so, it is said.
- A value with fewer than the **minimum n** is shown as “too few”. Values carry a 95 % interval.
""",
}
SETS = Bilingual("KPIの組み合わせ", "Sets of KPIs")
SETS_INTRO = Bilingual(
    "一度に全部を始めない。5項目から始め、7項目、9項目と足す段階と、目的・業種別の組み合わせを用意した。",
    "Do not begin with everything: there are stages of five, seven more and nine more, and sets by purpose and industry.",
)
LIST = Bilingual("一覧", "All KPIs")
DIMENSIONS = Bilingual("切り口", "Dimensions")
DIMENSIONS_INTRO = Bilingual(
    "KPIは、読んでいる実績が知っている切り口で分けられる。複数の実績を使うKPIは、すべてに共通する切り口で分ける。",
    "A KPI can be sliced by what its facts know; one that reads several facts, by what all of them know.",
)
NAME = Bilingual("名前", "Name")
KEY = Bilingual("キー", "Key")
MEANING = Bilingual("意味", "Meaning")
PURPOSE = Bilingual("目的", "Purpose")
ORIGIN = Bilingual("出どころ", "Origin")
FACTS = Bilingual("実績", "Facts")
PRIORITY = Bilingual("優先度", "Priority")
UNIT = Bilingual("単位", "Unit")
DIRECTION = Bilingual("良い向き", "Good")
VARIANT_COUNT = Bilingual("定義の数", "Readings")
FORMULA = Bilingual("式", "Formula")
MEASURES = Bilingual("集計値", "Measure")
MORE_MEASURES = Bilingual("別定義の集計値", "Further measures")
COUNTED = Bilingual("数え方", "How it is counted")
USED_BY = Bilingual("使う定義", "Used by")
PARAMS = Bilingual("パラメータ", "Parameters")
BENCHMARK = Bilingual("目安", "Benchmark")
BAND = Bilingual("良い範囲", "Band")
COUNTER = Bilingual("対抗指標", "Counter-metrics")
MIN_N = Bilingual("最小件数", "Minimum n")
INTERVAL = Bilingual("区間", "Interval")
BOUNDS = Bilingual("取りうる範囲", "Bounds")
EXCLUDED = Bilingual("数えない行", "Rows that never count")
REPEAT = Bilingual("再連絡の条件", "Repeat switches")
COUNTED_AT = Bilingual("計上する時刻", "Counted at")
SOURCE = Bilingual("出典", "Source")
VERSION = Bilingual("版", "Version")
HINTS = Bilingual("動いたときに見るところ", "Where to look when it moves")
VARIANTS = Bilingual("定義の別", "Variants")
EQUIVALENT = Bilingual("同じ値になる製品", "Same figure as")
WORKED = Bilingual("計算例", "Worked figures")
RESULT = Bilingual("値", "Value")
READING = Bilingual("定義", "Reading")
DEFAULT = Bilingual("既定", "default")
ROW_COUNT = Bilingual("件数", "n")
ITEM = Bilingual("項目", "Item")
CONTENT = Bilingual("内容", "Content")
ADDED = Bilingual("加える項目", "Added")
NONE = Bilingual("—", "—")

BETTER = {
    "higher": Bilingual("高いほど良い", "higher"),
    "lower": Bilingual("低いほど良い", "lower"),
    "band": Bilingual("範囲の中が良い", "inside a band"),
    "none": Bilingual("良し悪しなし", "neither"),
}
INTERVALS = {
    "wilson": Bilingual("割合(ウィルソン)", "of a share (Wilson)"),
    "mean": Bilingual("平均", "of a mean"),
    "order": Bilingual("順序統計量", "of a quantile (order statistics)"),
    "nps": Bilingual("NPS", "of an NPS"),
    "poisson": Bilingual("件数(ポアソン)", "of a count (Poisson)"),
    "none": Bilingual("なし", "none"),
}
IDENTITY = {
    "customer_key": Bilingual("顧客キーが同じ", "same customer key"),
    "contact_point": Bilingual("番号・アドレスが同じ", "same number or address"),
    "issue_key": Bilingual("案件キーが同じ", "same issue key"),
}
SAME_CATEGORY = Bilingual("分類も同じ", "same category")
ANY_CATEGORY = Bilingual("分類は問わない", "any category")
SAME_CHANNEL = Bilingual("チャネルも同じ", "same channel")
ANY_CHANNEL = Bilingual("チャネルは問わない", "any channel")
WITHIN_A_DAY = Bilingual("1日以内", "within one day")
WITHIN = Bilingual("{days}日以内", "within {days} days")
SKIP_PROMISED = Bilingual("約束した折り返しは数えない", "promised call-backs do not count")
WITH_PROMISED = Bilingual("約束した折り返しも数える", "promised call-backs count")
ALSO_EXCLUDED = Bilingual("数えない行: {reasons}", "rows that never count: {reasons}")
NOTHING_EXCLUDED = Bilingual("なし", "none")
BOOKED_AT = Bilingual("{at}で計上", "counted at: {at}")
READS = Bilingual("実績は{fact}", "reads: {fact}")
WITH_PARAMS = Bilingual("パラメータ: {params}", "parameters: {params}")

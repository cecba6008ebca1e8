"""Both languages are complete: no Japanese on an English page but what the data and the people are called, no English label on a Japanese one."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from scoped_routes import SCOPED
from test_access import ENTRIES

from rashin.web.people.models import Person

JAPANESE = re.compile(r"[\u3041-\u30fa\u30fc\u4e00-\u9fff\uff66-\uff9d]+")
#: Pages that are files, or that lead elsewhere.
NO_PAGE = (
    "/explore/download",
    "/goals/-/export",
    "/data/loads/1/file",
    "/data/loads/1/rejects.csv",
    "/healthz",
    "/readyz",
    "/sign/2fa/codes/download",
    "/sign/oidc",
)
#: Words that are the same in Japanese, and signs.
SAME = re.compile(
    r"(?i)\b(API|KPI|KPIs|CSV|XLSX|PDF|HTML|JSON|SVG|PNG|OpenAPI|Rashin|English|ID|UTC|No|QR|CSAT|NPS|AHT|ASA|FCR|SL|ATT|ACW|CPH|SMS|SNS|Argon2|Excel|TSV|NDJSON|Parquet|ETag|GET|POST|"
    r"DF|DM|Amazon|Connect|Zendesk|Genesys|Google|COPC|ISO|openapi\.json|\.toml|p\d\d|n)\b"
)


def visible(page: str) -> list[str]:
    """The texts of a page that a reader sees or hears: between elements, and in labels, titles and placeholders."""
    page = re.sub(r"<(script|style|code|pre|textarea)\b.*?</\1>", " ", page, flags=re.DOTALL)
    spoken = re.findall(r'(?:aria-label|title|placeholder|alt|data-[a-z-]+|content)="([^"]*)"', page)
    return [html.unescape(text).strip() for text in [*re.split(r"<[^>]*>", page), *spoken] if text.strip()]


def addresses(people: dict[str, Person]) -> list[str]:
    found = [each.address.format(qa=people["qa"].public_id) for each in ENTRIES if each.method == "GET"]
    more = [
        "/data/upload/",
        "/data/loads/1/withdraw/",
        "/explore/?kpi=volume&by=channel&period=2026-10",
        "/kpi/fcr/?period=2026-10",
        "/kpi/aht/?period=2026-10",
    ]
    return [each for each in [*found, *more, *SCOPED] if not each.startswith((*NO_PAGE, "/api/v1"))]


@pytest.fixture
def names(centre: Any, people: dict[str, Person]) -> set[str]:
    """What the data, the files and the people are called: shown as they are in both languages."""
    found = {person.name for person in people.values()} | {"日本語", "羅針", centre.workspace.config.organisation.name}
    for dimension in ("category", "queue", "team", "site", "agent", "channel", "source", "outcome"):
        try:
            found |= {str(each) for each in centre.ask("volume", by=dimension).table.column(dimension).to_pylist() if each}
        except Exception:
            continue
    found |= {each.file_name for each in centre.loads()}
    org = (centre.workspace.path / "org.csv").read_text("utf-8-sig")
    found |= set(JAPANESE.findall(org))
    for mapping in centre.workspace.folder("mappings").glob("*.toml"):  # headings of the files' columns
        found |= set(JAPANESE.findall(mapping.read_text("utf-8")))
    for file in centre.workspace.path.glob("sources/pbx-sapporo/*.csv"):
        found |= set(JAPANESE.findall(file.read_bytes().split(b"\n")[0].decode("cp932")))
    return found


#: Texts about words of the data, or that show the other language's name on purpose.
ON_PURPOSE = re.compile(r"business series named|answer rate, 応答|^サービスレベル$")


def rest_of(text: str, names: set[str]) -> str:
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, "")
    return text


@pytest.mark.parametrize("role", ["administrator", "agent"])
def test_an_english_page_has_no_japanese_but_names(
    role: str, centre: Any, client_of: Callable[..., Any], people: dict[str, Person], names: set[str]
) -> None:
    client, found = client_of(role, lang="en"), {}
    for address in addresses(people):
        answer = client.get(address)
        if answer.status_code in (301, 302, 304):
            continue
        left = {text for text in visible(answer.text) if JAPANESE.search(rest_of(text, names)) and not ON_PURPOSE.search(text)}
        if left:
            found[address] = sorted(left)[:8]
    assert found == {}


@pytest.mark.parametrize("role", ["administrator", "agent"])
def test_an_empty_site_speaks_one_language_at_a_time(
    role: str, empty_centre: Any, client_of: Callable[..., Any], people: dict[str, Person]
) -> None:
    own, found = {person.name for person in people.values()} | {"日本語", "羅針", empty_centre.workspace.config.organisation.name}, {}
    client = client_of(role, lang="en")
    for address in (
        "/",
        "/explore/",
        "/data/",
        "/data/calendar/",
        "/data/snapshots/",
        "/data/upload/",
        "/mine/",
        "/kpi/service_level/",
        "/definitions/",
        "/people/",
    ):
        answer = client.get(address)
        if answer.status_code in (200, 403):
            left = {text for text in visible(answer.text) if JAPANESE.search(rest_of(text, own)) and not ON_PURPOSE.search(text)}
            if left:
                found[address] = sorted(left)[:8]
    assert found == {}


@pytest.mark.parametrize("role", ["administrator", "agent"])
def test_a_japanese_page_has_no_english_label(role: str, centre: Any, client_of: Callable[..., Any], people: dict[str, Person]) -> None:
    """Headings, labels, buttons, heads of tables and captions."""
    client, found = client_of(role), {}
    for address in addresses(people):
        answer = client.get(address)
        if answer.status_code in (301, 302, 304):
            continue
        labels = re.findall(r"<(h1|h2|h3|label|button|th|caption|summary|legend)\b[^>]*>(.*?)</\1>", answer.text, flags=re.DOTALL)
        texts = {html.unescape(re.sub(r"<(code)\b.*?</\1>|<[^>]*>", " ", text)).strip() for _, text in labels}
        left = {
            text
            for text in texts
            if re.search(r"[A-Za-z]{3,}", SAME.sub("", text))
            and not JAPANESE.search(text)
            and not re.search(r"[\w.]+@|^[a-z][\w.-]*$|\d{4}", text)
        }
        if left:
            found[address] = sorted(left)[:8]
    assert found == {}

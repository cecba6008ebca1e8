"""Why a KPI moved and logic trees, on the site: for whom, in which words, along which links, and what becomes of a tree that is changed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest

MONTH = {"period": "2026-10", "compare": "2026-09"}


def test_the_pages_open(client_of: Callable[..., Any]) -> None:
    client = client_of("analyst")
    for address in ("/why/", "/why/along/", "/why/segments/?split=queue", "/tree/", "/tree/reach/"):
        page = client.get(address, MONTH if "?" not in address else None)
        assert page.status_code == 200, (address, page.content.decode()[:2000])

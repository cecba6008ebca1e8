from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "web"))

from post_office import Office, certificate, open_office

from rashin.notify import Message


@pytest.fixture
def office() -> Iterator[Office]:
    """A mail server on this machine."""
    with open_office() as opened:
        yield opened


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for chat.example.com and mail.example.com."""
    return certificate(tmp_path_factory.mktemp("certificate"), "chat.example.com", "mail.example.com", "127.0.0.1")


@pytest.fixture
def message() -> Message:
    """A message in Japanese."""
    at = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
    return Message("hanako@umineko.example", "ja", "週次レポート", "応答率は 77.4% です。\n", "report:weekly:2026-11-27:hanako", at)

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from site_fixtures import centre, client_of, database, empty_centre, own_centre, people, shelf

__all__ = ["centre", "client_of", "database", "empty_centre", "own_centre", "people", "shelf"]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "committed: what the test writes to the people's database is written for good")

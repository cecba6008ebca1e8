from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from rashin.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    from store_world import workspace

    with Store.open(workspace(tmp_path)) as opened:
        yield opened

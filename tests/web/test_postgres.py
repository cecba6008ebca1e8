"""People, sign-in and audit on a real PostgreSQL, which comes as a package and ends with the run."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TESTED = ("test_people.py", "test_audit.py", "test_sign_in.py")


@pytest.mark.timeout(300)
@pytest.mark.skipif(os.environ.get("RASHIN_TEST_DATABASE") == "postgres", reason="this is that run")
def test_the_same_holds_on_postgresql() -> None:
    if importlib.util.find_spec("pgserver") is None:
        pytest.skip("not run: the package pgserver (a PostgreSQL for the tests) has no build for this Python; use Python 3.11 or 3.12")
    words = [sys.executable, "-m", "pytest", *(str(HERE / name) for name in TESTED)]
    environment = os.environ | {"RASHIN_TEST_DATABASE": "postgres"}
    for name in ("PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT", "DATABASE_URL"):
        environment.pop(name, None)
    done = subprocess.run(words, cwd=HERE.parent.parent, env=environment, capture_output=True, text=True, check=False, timeout=280)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert " passed" in done.stdout

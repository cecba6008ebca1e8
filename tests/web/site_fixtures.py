"""Fixtures that the tests of pages and the tests in a browser share."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from site_world import begin, copy_centre, empty_people, make_people, serve_centre

begin()


@pytest.fixture(scope="session")
def shelf(request: pytest.FixtureRequest) -> Path:
    """Where what is built once is kept from run to run."""
    assert request.config.cache is not None
    return Path(request.config.cache.mkdir("rashin-site"))


@pytest.fixture(scope="session")
def centre(shelf: Path) -> Any:
    """The open demo centre that the site serves: three months, 3,000 contacts, ten agents in ten teams. Tests read it; none changes it."""
    from rashin.web.pages import working

    working.PATIENCE_S = 60.0  # tests wait for what is worked out beside the pages
    return serve_centre(shelf)


@pytest.fixture
def own_centre(centre: Any, shelf: Path, tmp_path: Path) -> Iterator[Any]:
    """A demo centre that this test alone has, served by the site: load into it, withdraw from it."""
    from rashin.face import Centre
    from rashin.web import centre as site

    folder = copy_centre(shelf, tmp_path / "own-centre")
    shutil.copyfile(centre.workspace.path / "rashin.toml", folder / "rashin.toml")
    with Centre.open(folder, lang="ja") as opened:
        site.use(opened)
        yield opened
        site.use(centre)


@pytest.fixture
def empty_centre(centre: Any, tmp_path: Path) -> Iterator[Any]:
    """A workspace into which nothing has been loaded, served by the site."""
    from rashin.face import Centre
    from rashin.store import Workspace
    from rashin.web import centre as site

    Workspace.create(tmp_path / "empty-centre")
    with Centre.open(tmp_path / "empty-centre", lang="ja") as opened:
        site.use(opened)
        yield opened
        site.use(centre)


@pytest.fixture
def database(request: pytest.FixtureRequest, centre: Any) -> Iterator[None]:
    """The people's database with one person of each role. What a test writes is undone after it; with ``@pytest.mark.committed`` it is written for good
    and the database is filled anew (for tests with several threads or processes)."""
    from django.core.cache import cache
    from django.db import connection, transaction

    make_people()
    cache.clear()
    if request.node.get_closest_marker("committed"):
        yield
        empty_people()
    else:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    cache.clear()
    if not connection.in_atomic_block:
        connection.close()


@pytest.fixture
def people(database: None) -> dict[str, Any]:
    """Role → the person who has it."""
    from rashin.web.people.models import Person

    return {person.role: person for person in Person.objects.prefetch_related("grants")}


@pytest.fixture
def client_of(people: dict[str, Any]) -> Callable[..., Any]:
    """``client_of("supervisor")`` or ``client_of(person)``: a signed-in client; ``client_of(None)``: nobody. ``lang``: what the browser asks for."""
    from django.test import Client

    def make(who: Any, lang: str = "ja", **options: Any) -> Any:
        client = Client(headers={"accept-language": lang}, **options)
        if who is not None:
            client.force_login(people[who] if isinstance(who, str) else who)
        return client

    return make

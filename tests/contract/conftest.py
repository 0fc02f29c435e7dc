"""Every contract test of the rating store runs over SQLite and over PostgreSQL."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rating_helpers import Clock
from sqlalchemy import create_engine, text

from harness.ratings.store import RatingStore, open_store

sys.path.insert(0, str(Path(__file__).parent))
import postgres


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    reason = postgres.why_absent()
    if reason:
        pytest.skip(reason)
    with postgres.cluster() as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ratings.db'}"
    server = request.getfixturevalue("postgres_url")
    name = f"ratings_{abs(hash(request.node.nodeid)):x}"
    admin = create_engine(server.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return f"{server.rsplit('/', 1)[0]}/{name}"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(url: str, clock: Clock) -> RatingStore:
    return open_store(url, clock=clock)


@pytest.fixture
def open_again(url: str, clock: Clock) -> Callable[[], RatingStore]:
    return lambda: open_store(url, clock=clock)

"""A browser in front of the app, for the tests of its pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dashboards import identity
from harness.ratings import judging
from harness.ratings.store import RatingStore

MAIN = Path(__file__).parents[1] / "dashboards" / "main.py"
OWNER_SECRET = "a secret of the tests"


class Visitor:
    """A browser in front of the app, with cookies of its own."""

    def __init__(self, cookies: dict[str, str]) -> None:
        self.cookies = cookies
        self.app = AppTest.from_file(str(MAIN), default_timeout=120)

    def open(self, page: str = "", **query: str) -> AppTest:
        for name, value in query.items():
            self.app.query_params[name] = value
        if page:  # AppTest.switch_page knows pages that are files only; ours are functions with an address
            self.app._page_hash = calc_hash(page)
        self.app.run()
        assert not self.app.exception
        return self.app


def words(app: AppTest) -> str:
    """All that the page says."""
    kinds = ("title", "header", "subheader", "markdown", "caption", "text", "info", "warning", "error", "success")
    said = [str(element.value) for kind in kinds for element in app.get(kind)]
    said += [element.proto.body for element in app.get("html")]
    return "\n".join([*said, *(button.label for button in app.button)])


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click()
    app.run()
    assert not app.exception
    return app


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RatingStore]:
    monkeypatch.setenv("HARNESS_RATINGS_URL", f"sqlite:///{tmp_path / 'ratings.db'}")
    monkeypatch.setenv("HARNESS_OWNER_SECRET", OWNER_SECRET)
    monkeypatch.setattr(judging, "MIN_DWELL_MS", 0)
    monkeypatch.chdir(tmp_path)
    identity.store.cache_clear()
    yield identity.store()
    identity.store.cache_clear()


@pytest.fixture
def visit(store: RatingStore, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Visitor]:
    """A visitor with the cookies of a rater (by pseudonym), of the owner, or of nobody."""

    def make(rater: str | None = None, *, owner: bool = False) -> Visitor:
        cookies = {}
        if rater is not None:
            cookies[identity.RATER_COOKIE] = store.sign_in(store.invite(store.add_rater(rater))).session
        if owner:
            cookies[identity.OWNER_COOKIE] = store.owner_sign_in(OWNER_SECRET)
        monkeypatch.setattr(identity, "cookie", cookies.get)
        return Visitor(cookies)

    return make

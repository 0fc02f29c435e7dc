"""The sign-in forms: cookies that scripts cannot read, links that scanners do not spend, no secret in an answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboards import identity
from dashboards.sign_in import routes
from harness.ratings.store import RatingStore


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RatingStore]:
    monkeypatch.setenv("HARNESS_RATINGS_URL", f"sqlite:///{tmp_path / 'ratings.db'}")
    monkeypatch.setenv("HARNESS_OWNER_SECRET", "a secret of the tests")
    identity.store.cache_clear()
    yield identity.store()
    identity.store.cache_clear()


@pytest.fixture
def browser(store: RatingStore) -> TestClient:
    return TestClient(Starlette(routes=routes()), follow_redirects=False)


def test_opening_a_link_does_not_spend_it_and_pressing_begin_does(store: RatingStore, browser: TestClient) -> None:
    link = store.invite(store.add_rater("amber"))
    for _ in range(3):
        assert "Begin" in browser.get(f"/join/{link}").text
    answer = browser.post("/join", data={"secret": link, "attempt": "1"})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert store.session_rater(answer.cookies[identity.RATER_COOKIE]) == store.raters()[0].id
    assert browser.post("/join", data={"secret": link, "attempt": "2"}).status_code == 403


def test_a_form_of_another_site_is_refused(store: RatingStore, browser: TestClient) -> None:
    link = store.invite(store.add_rater("amber"))
    answer = browser.post("/join", data={"secret": link}, headers={"origin": "https://evil.example"})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert store.sign_in(link).rater_id


def test_a_form_from_what_is_no_address_is_refused_in_words(browser: TestClient) -> None:
    answer = browser.post("/enter", data={"secret": "x"}, headers={"origin": "http://[bad"})
    assert answer.status_code == 403
    assert "another site" in answer.text


def test_guessing_the_owners_secret_slows_down(browser: TestClient) -> None:
    said = [browser.post("/owner-sign-in", data={"secret": f"guess {i}"}).text for i in range(6)]
    assert "not the owner" in said[0]
    assert "Please wait" in said[-1]
    assert "Please wait" in browser.post("/owner-sign-in", data={"secret": "a secret of the tests"}).text


def test_without_a_secret_the_owners_page_says_how_to_set_one(
        browser: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HARNESS_OWNER_SECRET")
    page = browser.get("/owner-sign-in")
    assert page.status_code == 503
    assert "HARNESS_OWNER_SECRET" in page.text
    assert browser.post("/owner-sign-in", data={"secret": ""}).status_code == 403


def test_a_short_secret_is_not_called_a_missing_one(browser: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARNESS_OWNER_SECRET", "too short")
    page = browser.get("/owner-sign-in")
    assert page.status_code == 503
    assert "The owner&#x27;s secret is too short" in page.text


def test_what_was_typed_never_comes_back_as_markup(browser: TestClient) -> None:
    page = browser.get("/join/%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E")
    assert "<script>" not in page.text


def test_a_database_of_a_newer_harness_is_one_sentence_to_raters_and_named_in_the_log(
        store: RatingStore, browser: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    link = store.invite(store.add_rater("amber"))
    with store.database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num='9999'"))
    identity.store.cache_clear()
    answer = browser.post("/join", data={"secret": link})
    assert answer.status_code == 503
    assert "Nothing is lost" in answer.text
    assert "version" not in answer.text
    assert "newer version of the harness" in caplog.text


def test_signing_out_ends_the_session(store: RatingStore, browser: TestClient) -> None:
    session = store.sign_in(store.invite(store.add_rater("amber"))).session
    browser.cookies.set(identity.RATER_COOKIE, session)
    assert browser.post("/sign-out").status_code == 200
    assert store.session_rater(session) is None


def test_signing_out_takes_what_the_identity_provider_said_along(browser: TestClient) -> None:
    # A large cookie comes in pieces, each of which would sign the rater in again with the first.
    names = ("_streamlit_user", "_streamlit_user_1", "_streamlit_user_tokens")
    for name in (*names, "another"):
        browser.cookies.set(name, "held")
    answer = browser.post("/sign-out")
    ended = {line.split("=")[0] for line in answer.headers.get_list("set-cookie") if "Max-Age=0" in line}
    assert ended == set(names)
    assert 'href="/"' in answer.text  # where both ways in stand


def test_a_rater_known_by_an_address_is_found_without_storing_it(store: RatingStore) -> None:
    rater = store.add_rater("amber", email="Amber@Example.org")
    assert store.identity_rater("amber@example.org ") == rater
    assert store.identity_rater("other@example.org") is None
    assert b"example.org" not in Path(store.database.path or "").read_bytes().lower()


@pytest.mark.parametrize("path", ["/own/nosuch", "/evaluate/a/nosuch", "/sign-out/nosuch", "/own/_stcore/health",
                                  "/nosuch", "/evaluated", "/join"])
def test_an_address_of_no_page_says_that_there_is_no_such_page(browser: TestClient, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code == 404
    assert "There is no such page" in answer.text
    assert path.rpartition("/")[2] not in answer.text


def test_the_forms_are_in_the_font_of_the_other_pages(browser: TestClient) -> None:
    found = re.search(r'url\("/(static/media/[^"]+)"\)', browser.get("/enter").text)
    assert found
    assert (Path(streamlit.__file__).parent / "static" / found[1]).is_file()


def test_a_page_with_a_slash_at_its_end_is_left_to_streamlit(browser: TestClient) -> None:
    assert "There is no such page" not in browser.get("/own/").text

"""Links, return codes and the owner's secret, over every database."""

from __future__ import annotations

import pytest
from rating_helpers import Clock
from sqlalchemy import text

from harness.ratings.access import SignInRefused
from harness.ratings.store import RatingStore


def test_a_link_works_once_and_the_return_code_ever_after(store: RatingStore) -> None:
    rater = store.add_rater("amber")
    link = store.invite(rater)
    signed_in = store.sign_in(link)
    assert store.session_rater(signed_in.session) == rater
    with pytest.raises(SignInRefused, match="used already"):
        store.sign_in(link)
    for typed in (signed_in.return_code, signed_in.return_code.upper().replace("-", " ")):
        assert store.session_rater(store.sign_in(typed).session) == rater
    store.revoke(rater)
    assert store.session_rater(signed_in.session) is None


def test_the_same_form_sent_twice_is_one_use_of_the_link(store: RatingStore, clock: Clock) -> None:
    rater = store.add_rater("amber")
    link = store.invite(rater)
    store.sign_in(link, attempt="this page")
    again = store.sign_in(link, attempt="this page")
    assert store.session_rater(store.sign_in(again.return_code or "").session) == rater
    with pytest.raises(SignInRefused, match="used already"):
        store.sign_in(link, attempt="another page")
    clock.tick(61)
    with pytest.raises(SignInRefused, match="used already"):
        store.sign_in(link, attempt="this page")


def test_a_link_expires_and_a_newer_one_replaces_it(store: RatingStore, clock: Clock) -> None:
    rater = store.add_rater("amber")
    old = store.invite(rater, days=1)
    new = store.invite(rater, days=1)
    with pytest.raises(SignInRefused, match="not valid"):
        store.sign_in(old)
    clock.tick(86_401)
    with pytest.raises(SignInRefused, match="expired"):
        store.sign_in(new)


def test_failed_sign_ins_slow_down_and_the_count_survives_the_refusal(
        store: RatingStore, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARNESS_OWNER_SECRET", "correct horse battery")
    for _ in range(4):
        with pytest.raises(SignInRefused, match="not the owner"):
            store.owner_sign_in("wrong")
    with pytest.raises(SignInRefused, match="wait 2 seconds"):
        store.owner_sign_in("correct horse battery")
    clock.tick(3)
    session = store.owner_sign_in("correct horse battery")
    assert store.is_owner(session)
    monkeypatch.setenv("HARNESS_OWNER_SECRET", "another long secret")
    assert not store.is_owner(session)


def test_without_a_secret_there_is_no_owner(store: RatingStore, monkeypatch: pytest.MonkeyPatch) -> None:
    for secret in (None, "", "short"):
        if secret is None:
            monkeypatch.delenv("HARNESS_OWNER_SECRET", raising=False)
        else:
            monkeypatch.setenv("HARNESS_OWNER_SECRET", secret)
        with pytest.raises(SignInRefused, match="HARNESS_OWNER_SECRET"):
            store.owner_sign_in(secret or "")


def test_no_secret_stands_in_the_database(store: RatingStore) -> None:
    link = store.invite(store.add_rater("amber"))
    signed_in = store.sign_in(link)
    with store.database.reading() as connection:
        stored = str(connection.execute(text("SELECT * FROM credentials")).all())
    for token in (link, signed_in.session, (signed_in.return_code or "").replace("-", "")):
        assert token[8:] not in stored

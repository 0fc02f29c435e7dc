"""No password of an address is shown or kept, and the rest of the address stays."""

import pytest
from sqlalchemy import make_url

from harness.passwords import user_and_password, without_password, without_password_of


@pytest.mark.parametrize(("uri", "bare"), [
    ("http://user:secret@host:5000/a", "http://host:5000/a"),
    ("https://token@host", "https://host"),
    ("http://user:sec/ret@host", "http://host"),
    ("http://user:s@cret@host/a@b", "http://host/a@b"),
    ("postgresql://user:secret@host:5432/runs", "postgresql://user@host:5432/runs"),
    ("postgresql+psycopg://user:se:c?r/et@host/d@b", "postgresql+psycopg://user@host/d@b"),
    ("postgresql://user:a b@host/db", "postgresql://user@host/db"),
    ("postgresql://:secret@host/db", "postgresql://host/db"),
    ("postgresql://host/db?user=me&password=secret&sslmode=require", "postgresql://host/db?user=me&sslmode=require"),
    ("http//user:secret@host", "http//user@host"),
    ("user:secret@host/db", "user@host/db"),
    ("mysql://host/db?passwd=secret", "mysql://host/db"),
])
def test_the_password_goes_and_the_rest_stays(uri, bare):
    assert without_password(uri) == bare
    assert without_password(bare) == bare


@pytest.mark.parametrize("uri", [
    "http://host:5000/a@b", "http://host", "sqlite:////tmp/a:b@c/mlflow.db", "databricks", "databricks://profile",
    "postgresql://user@host/db?sslmode=require", "postgresql:///db", "mlruns/ratings.db", "",
    "postgresql://host/a:b@c", "mlruns/a:b@c.db"])
def test_an_address_without_a_password_is_left_as_it_is(uri):
    assert without_password(uri) == uri
    assert user_and_password(uri) in (None, ("user", ""))


@pytest.mark.parametrize("password", ["secret", "s%40c%2Fret", "a%20b%3A"])
def test_user_and_password_are_those_that_sqlalchemy_reads(password):
    uri = f"postgresql://us%40er:{password}@host/db"
    assert user_and_password(uri) == (make_url(uri).username, make_url(uri).password)
    assert make_url(without_password(uri)) == make_url("postgresql://us%40er@host/db")


@pytest.mark.parametrize("uri", ["http://user:s%40cret@host", "postgresql://host/db?password=s%40cret",
                                 "http://s%40cret@host"])
def test_a_message_loses_the_password_in_each_spelling(uri):
    said = without_password_of(uri, f"cannot open {uri}: nonnumeric port 's@cret' or s%40cret")
    assert "cret" not in said
    assert said.startswith(f"cannot open {without_password(uri)}: nonnumeric port '***'")

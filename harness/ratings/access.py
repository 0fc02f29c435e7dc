"""Who may come in: raters, one-time links, return codes, sessions, and the slowing of failed sign-ins.

A credential is a selector and a secret in one word: the selector finds the row, only the secret's hash is stored.
Secrets are 79 random bits or more (16 letters), so a plain SHA-256 is enough; the owner's own secret never enters
the database.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from harness.errors import InputError
from harness.ratings.publishing import log
from harness.ratings.schema import credentials, raters, throttles

OWNER_SECRET_VARIABLE = "HARNESS_OWNER_SECRET"
MIN_OWNER_SECRET = 12
DAY_MS = 86_400_000
INVITE_DAYS = 14
RETURN_DAYS = 180
SESSION_DAYS = 14
SAME_ATTEMPT_MS = 60_000
FREE_FAILURES = 3
MAX_DELAY_S = 60
OWNER = "owner"
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""Letters and digits that nobody mistakes for one another: return codes are typed by hand."""
SELECTOR_LENGTH = 8
CODE_LENGTH = 16
TOKEN_LENGTH = 32


class SignInRefused(Exception):
    """The sign-in failed, or has to wait. The message is for the person who tries."""


@dataclass(frozen=True)
class Rater:
    """A rater as the owner sees one: a pseudonym and dates, never an address."""

    id: str
    handle: str
    simulated: bool
    created_at: int
    revoked_at: int | None
    erased_at: int | None
    has_signed_in: bool


@dataclass(frozen=True)
class SignedIn:
    """A new session, and the return code that opens another one elsewhere (shown once, None if one was used)."""

    session: str
    rater_id: str
    return_code: str | None = None


def check_rater(handle: str, email: str | None) -> None:
    """Raise InputError, which does not repeat an address, for a pseudonym or an address that nobody can have."""
    if not handle.strip() or len(handle) > 64:
        raise InputError(f"a rater's pseudonym has 1 to 64 characters, not {len(handle.strip())}", key="handle")
    if not handle.isprintable() or handle != handle.strip():
        raise InputError(f"{handle!r} has invisible characters, or spaces at an end", key="handle",
                         cure="Write a pseudonym that can be read and typed")
    if email is not None and not _is_address(email.strip()):
        raise InputError("that is no address", key="email",
                         cure="Write it as the identity provider has it: NAME@DOMAIN")


def _is_address(text: str) -> bool:
    name, _, domain = text.partition("@")
    return bool(name and domain) and text.isprintable()


def add_rater(connection: Connection, handle: str, *, email: str | None, simulated: bool, now: int) -> str:
    """A new rater under a pseudonym. email: for sign-in through the owner's identity provider, stored hashed."""
    check_rater(handle, email)
    if connection.execute(select(raters.c.id).where(raters.c.handle == handle)).one_or_none():
        raise InputError(f"there is a rater {handle!r} already", key="handle", cure="Choose another pseudonym")
    hashed = None if email is None else identity_hash(email)
    if hashed and connection.execute(select(raters.c.id).where(raters.c.identity_hash == hashed)).one_or_none():
        raise InputError("a rater with this address is here already", key="email",
                         cure="Invite that rater by pseudonym, or give another address")
    rater_id = secrets.token_hex(8)
    connection.execute(insert(raters).values(
        id=rater_id, handle=handle, identity_hash=hashed, simulated=simulated, created_at=now))
    log(connection, None, "rater added", now=now, rater=rater_id)
    return rater_id


def identity_hash(email: str) -> str:
    """The stored form of an identity provider's address."""
    return hashlib.sha256(email.strip().lower().encode()).hexdigest()


def invite(connection: Connection, rater_id: str, *, days: float, now: int) -> str:
    """A one-time link's token for the rater; older links that were not used stop working. Raises InputError for a
    rater who is shut out: the link would be refused.
    """
    revoked = connection.execute(select(raters.c.revoked_at).where(raters.c.id == rater_id)).scalar_one()
    if revoked is not None:
        raise InputError("this rater is shut out", key="handle", cure="Invite under another pseudonym")
    connection.execute(delete(credentials).where(
        credentials.c.rater_id == rater_id, credentials.c.kind == "invite", credentials.c.used_at.is_(None)))
    log(connection, None, "invited", now=now, rater=rater_id)
    return _issue(connection, "invite", rater_id, expires_at=now + int(days * DAY_MS))


def sign_in(connection: Connection, token: str, *, attempt: str, now: int) -> SignedIn:
    """Redeem a one-time link or a return code. Raises SignInRefused, after failures with a wait.

    attempt: a random word of the page the form was on. The same form sent twice (a double click, a lost answer)
    is one use of the link, for a minute; the same link from another page is a second use, and refused.
    """
    row = _verified(connection, token, ("invite", "return"), now=now)
    if row.used_at is not None and not (attempt and row.attempt_hash == _hash(attempt)
                                        and now - row.used_at < SAME_ATTEMPT_MS):
        raise SignInRefused("This link was used already. Sign in with your return code, or ask for a new link.")
    code = None
    if row.kind == "invite":
        connection.execute(update(credentials).where(credentials.c.selector == row.selector).values(
            used_at=now, attempt_hash=_hash(attempt)))
        connection.execute(delete(credentials).where(
            credentials.c.rater_id == row.rater_id, credentials.c.kind == "return"))
        code = _issue(connection, "return", row.rater_id, expires_at=now + RETURN_DAYS * DAY_MS)
    return SignedIn(_session(connection, row.rater_id, now=now), row.rater_id, code)


def sign_in_by_identity(connection: Connection, email: str) -> str | None:
    """The rater whom the owner invited under this address, or None. The identity provider has verified it."""
    return connection.execute(select(raters.c.id).where(
        raters.c.identity_hash == identity_hash(email), raters.c.revoked_at.is_(None))).scalar_one_or_none()


def session_rater(connection: Connection, token: str, *, now: int) -> str | None:
    """The rater of a session, or None where it ended, was revoked, or never was."""
    selector, secret = _split(token)
    row = connection.execute(select(credentials).join(raters, raters.c.id == credentials.c.rater_id).where(
        credentials.c.selector == selector, credentials.c.kind == "session", credentials.c.expires_at > now,
        raters.c.revoked_at.is_(None))).one_or_none()
    return str(row.rater_id) if row is not None and _matches(row.secret_hash, secret) else None


def sign_out(connection: Connection, token: str) -> None:
    """End a session (a rater's or the owner's)."""
    selector, secret = _split(token)
    row = connection.execute(select(credentials).where(credentials.c.selector == selector)).one_or_none()
    if row is not None and _matches(row.secret_hash.rpartition(":")[2], secret):
        connection.execute(delete(credentials).where(credentials.c.selector == selector))


def revoke(connection: Connection, rater_id: str, *, now: int) -> None:
    """Shut the rater out: links, codes and sessions end now; the judgments stay."""
    connection.execute(update(raters).where(raters.c.id == rater_id).values(revoked_at=now))
    connection.execute(delete(credentials).where(credentials.c.rater_id == rater_id))
    log(connection, None, "revoked", now=now, rater=rater_id)


def owner_secret() -> str | None:
    """The owner's secret from the environment, None where there is none or a short one. There is no default."""
    secret = os.environ.get(OWNER_SECRET_VARIABLE, "")
    return secret if len(secret) >= MIN_OWNER_SECRET else None


def why_owner_is_shut() -> str | None:
    """What the owner is told who has set no secret that can be used, None where there is one."""
    if owner_secret() is not None:
        return None
    short = os.environ.get(OWNER_SECRET_VARIABLE)
    wrong = "The owner's secret is too short" if short else "No owner's secret is configured, and there is no default"
    return (f"{wrong}. Start the app with the environment variable {OWNER_SECRET_VARIABLE} set to a passphrase of "
            f"{MIN_OWNER_SECRET} or more characters. A lost one is simply replaced: studies and ratings do not depend "
            f"on it.")


def owner_sign_in(connection: Connection, given: str, *, now: int) -> str:
    """A session of the owner. It ends when the secret is changed. Raises SignInRefused."""
    expected = owner_secret()
    if expected is None:
        raise SignInRefused(str(why_owner_is_shut()))
    _require_free(connection, OWNER, now=now)
    if not hmac.compare_digest(given.encode(), expected.encode()):
        _failed(connection, OWNER, now=now)
        raise SignInRefused("That is not the owner's secret.")
    _succeeded(connection, OWNER)
    log(connection, None, "owner signed in", now=now)
    return _issue(connection, OWNER, None, expires_at=now + DAY_MS, bound_to=expected)


def is_owner(connection: Connection, token: str, *, now: int) -> bool:
    """Whether the token is a session of the owner under the secret of today."""
    expected = owner_secret()
    selector, secret = _split(token)
    row = connection.execute(select(credentials).where(
        credentials.c.selector == selector, credentials.c.kind == OWNER, credentials.c.expires_at > now)).one_or_none()
    if row is None or expected is None:
        return False
    binding, _, hashed = row.secret_hash.rpartition(":")
    return hmac.compare_digest(binding, _binding(selector, expected)) and _matches(hashed, secret)


def all_raters(connection: Connection) -> list[Rater]:
    """Every rater, in the order they were added."""
    signed_in = set(connection.execute(select(credentials.c.rater_id).where(
        credentials.c.used_at.is_not(None))).scalars())
    rows = connection.execute(select(raters).order_by(raters.c.created_at, raters.c.handle))
    return [Rater(row.id, row.handle, row.simulated, row.created_at, row.revoked_at, row.erased_at,
                  row.id in signed_in) for row in rows]


def _session(connection: Connection, rater_id: str, *, now: int) -> str:
    return _issue(connection, "session", rater_id, expires_at=now + SESSION_DAYS * DAY_MS)


def _issue(connection: Connection, kind: str, rater_id: str | None, *, expires_at: int,
           bound_to: str | None = None) -> str:
    selector, secret = _random(SELECTOR_LENGTH), _random(CODE_LENGTH if kind == "return" else TOKEN_LENGTH)
    hashed = _hash(secret) if bound_to is None else f"{_binding(selector, bound_to)}:{_hash(secret)}"
    connection.execute(insert(credentials).values(
        selector=selector, kind=kind, secret_hash=hashed, rater_id=rater_id, expires_at=expires_at))
    token = selector + secret
    return "-".join(token[i:i + 4] for i in range(0, len(token), 4)) if kind == "return" else token


def _split(token: str) -> tuple[str, str]:
    """Selector and secret, however the token was typed: capitals, spaces and dashes are no matter."""
    letters = "".join(letter for letter in token.lower() if letter in ALPHABET)
    return letters[:SELECTOR_LENGTH], letters[SELECTOR_LENGTH:]


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def _verified(connection: Connection, token: str, kinds: tuple[str, ...], *, now: int) -> Row[Any]:
    selector, secret = _split(token)
    row = connection.execute(select(credentials).where(
        credentials.c.selector == selector, credentials.c.kind.in_(kinds))).one_or_none()
    bucket = selector if row is not None else "unknown"
    _require_free(connection, bucket, now=now)
    if row is None or not _matches(row.secret_hash, secret):
        _failed(connection, bucket, now=now)
        raise SignInRefused("This link or code is not valid. Please copy it once more, or ask for a new link.")
    if row.expires_at <= now:
        raise SignInRefused("This link has expired. Please ask for a new one.")
    _succeeded(connection, bucket)
    return row


def _require_free(connection: Connection, bucket: str, *, now: int) -> None:
    until = connection.execute(select(throttles.c.blocked_until).where(
        throttles.c.bucket == bucket)).scalar_one_or_none()
    if until is not None and until > now:
        seconds = -(-(until - now) // 1000)
        raise SignInRefused(f"Too many failed attempts. Please wait {seconds} second{'s' if seconds > 1 else ''}.")


def _failed(connection: Connection, bucket: str, *, now: int) -> None:
    """Count a failure; from the fourth on each doubles the wait, up to a minute."""
    known = connection.execute(select(throttles.c.failures).where(throttles.c.bucket == bucket)).scalar_one_or_none()
    failures = (known or 0) + 1
    delay_s = min(MAX_DELAY_S, 2 ** (failures - FREE_FAILURES)) if failures > FREE_FAILURES else 0
    values = {"failures": failures, "blocked_until": now + delay_s * 1000}
    if known is None:
        connection.execute(insert(throttles).values(bucket=bucket, **values))
    else:
        connection.execute(update(throttles).where(throttles.c.bucket == bucket).values(**values))


def _succeeded(connection: Connection, bucket: str) -> None:
    connection.execute(delete(throttles).where(throttles.c.bucket == bucket))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _binding(selector: str, owner: str) -> str:
    return hmac.new(owner.encode(), selector.encode(), "sha256").hexdigest()


def _matches(hashed: str, secret: str) -> bool:
    return hmac.compare_digest(hashed, _hash(secret))

"""Takes passwords out of addresses and messages, so that they are neither shown nor kept."""

from __future__ import annotations

import re
from urllib.parse import unquote, unquote_plus

_USER = re.compile(r"^((?:[\w+.-]*:?//)?+)([^:/?#@]*)(?::([^@]*(?:@[^/?#@]*)*))?@", re.DOTALL)
"""The password ends at the last @ before the path. It may hold letters that should have been written as %40 or %2F, and
the scheme may be mistyped."""
_PARAMETER = re.compile(r"([?&])(?:password|passwd|pwd|passphrase|sslpassword|token)=([^&#]*)&?", re.IGNORECASE)
_PORT = re.compile(r"\d+[/?#]")
_HIDDEN = "***"


def without_password(uri: str) -> str:
    """The address without its password, in which everything else stays. That of an HTTP server loses its user too, who
    may be a token.
    """
    user = _user(uri)
    if user is not None:
        name = "" if _is_http(uri) else user[2] and f"{user[2]}@"
        uri = f"{user[1]}{name}{uri[user.end():]}"
    return _PARAMETER.sub(r"\1", uri).rstrip("?&") if _PARAMETER.search(uri) else uri


def user_and_password(uri: str) -> tuple[str, str] | None:
    """Who signs in at an address, both decoded; None where it does not say."""
    user = _user(uri)
    return None if user is None else (unquote(user[2]), unquote(user[3] or ""))


def without_password_of(uri: str, text: str) -> str:
    """A message about an address, with the address' password hidden wherever it stands."""
    user = _user(uri)
    secrets = {form for found in _PARAMETER.finditer(uri) for form in (found[2], unquote_plus(found[2]))}
    if user is not None:
        secret = user[3] or (user[2] if _is_http(uri) else "")
        secrets |= {secret, unquote(secret)}
    text = text.replace(uri, without_password(uri))
    for secret in sorted(secrets - {""}, key=len, reverse=True):
        text = text.replace(secret, _HIDDEN)
    return text


def _user(uri: str) -> re.Match[str] | None:
    found = _USER.match(uri)
    # http://host:5000/a@b has a port and no user.
    return None if found is None or (_is_http(uri) and _PORT.match(found[3] or "")) else found


def _is_http(uri: str) -> bool:
    return uri.lower().startswith(("http://", "https://"))

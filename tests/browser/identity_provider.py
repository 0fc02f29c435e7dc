"""A small OpenID provider on loopback: it vouches for whatever address the test says, with a signed token."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jwk, jwt


class Provider:
    """claims: what the next token says. base: the issuer's address."""

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {}
        self.key = jwk.RSAKey.generate_key(2048, {"kid": "test", "use": "sig", "alg": "RS256"}, private=True)
        self.asked: dict[str, dict[str, str]] = {}
        self.base = ""

    def token(self, code: str) -> str:
        asked, now = self.asked.pop(code), int(time.time())
        return jwt.encode({"alg": "RS256", "kid": "test"}, {
            "iss": self.base, "sub": "someone", "aud": asked["client_id"], "iat": now, "exp": now + 600,
            "nonce": asked.get("nonce"), **self.claims}, self.key)


@contextmanager
def running_provider() -> Iterator[Provider]:
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

        def do_GET(self) -> None:
            address = urlsplit(self.path)
            if address.path == "/authorize":
                asked, code = dict(parse_qsl(address.query)), secrets.token_hex(8)
                provider.asked[code] = asked
                self.send_response(302)
                answer = urlencode({"code": code, "state": asked["state"]})
                self.send_header("Location", f"{asked['redirect_uri']}?{answer}")
                self.end_headers()
            elif address.path == "/keys":
                self._answer({"keys": [provider.key.as_dict(private=False)]})
            else:
                self._answer({
                    "issuer": provider.base, "authorization_endpoint": f"{provider.base}/authorize",
                    "token_endpoint": f"{provider.base}/token", "jwks_uri": f"{provider.base}/keys",
                    "response_types_supported": ["code"], "subject_types_supported": ["public"],
                    "id_token_signing_alg_values_supported": ["RS256"]})

        def do_POST(self) -> None:
            form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            self._answer({"access_token": "unused", "token_type": "Bearer", "expires_in": 600,
                          "id_token": provider.token(form["code"])})

        def _answer(self, content: dict[str, Any]) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(content).encode())

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.base = f"http://localhost:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()

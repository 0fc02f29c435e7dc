"""Signing in and out: plain HTML forms that set a cookie which scripts cannot read.

Opening a one-time link shows a button, and only pressing it uses the link up: mail scanners that follow links do
not spend it. A secret is only ever in a form's body or in the path of its own page, never in a query or a log.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

import streamlit
from starlette.concurrency import run_in_threadpool
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboards.identity import OWNER_COOKIE, RATER_COOKIE, store
from harness.errors import InputError
from harness.ratings.access import SESSION_DAYS, SignInRefused, why_owner_is_shut
from harness.ratings.database import StoreUnavailable

log = logging.getLogger(__name__)

SECONDS_A_DAY = 86_400
_PROVIDER_COOKIES = "_streamlit_user"
"""Where Streamlit keeps what the identity provider said, in one cookie or in pieces: who signs out must lose it too, or
whoever comes next to this browser is still that rater."""
PAGES = ("evaluate", "label", "own", "results", "enter", "owner-sign-in", "sign-out")
Form = Mapping[str, str]


def _font() -> str:
    """The rule for the font of the app's other pages, which Streamlit serves under a name of its own."""
    found = sorted(Path(streamlit.__file__).parent.glob("static/static/media/SourceSansVF-Upright*.woff2"))
    return "" if not found else (f'@font-face {{ font-family: "Source Sans"; font-weight: 200 900; '
                                 f'src: url("/static/media/{found[0].name}") format("woff2"); }}')


class _NoPage(Convertor[str]):
    """A plain word that is neither a page of the app nor an address of Streamlit's."""

    regex = rf"(?!(?:{'|'.join((*PAGES, 'healthz', 'oauth2callback'))})$)[A-Za-z0-9-]+"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("nopage", _NoPage())
_FONT = _font()

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>{title}</title><style>
{font}
:root {{ --ground: #fbfaf8; --card: #fff; --ink: #20242a; --line: #d9d5cc; --accent: #2b5f75; --soft: #5d6570; }}
@media (prefers-color-scheme: dark) {{ :root {{ --ground: #15181c; --card: #20252b; --ink: #e6e4df;
  --line: #3a4149; --accent: #35748e; --soft: #a8afb8; }} }}
* {{ box-sizing: border-box; }}
body {{ margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--ground);
  color: var(--ink); font: 1.05rem/1.6 "Source Sans", system-ui, sans-serif; padding: 1rem; }}
main {{ width: min(30rem, 100%); background: var(--card); border: 1px solid var(--line); border-radius: .8rem;
  padding: 2rem; }}
h1 {{ font-size: 1.5rem; line-height: 1.25; margin: 0 0 .75rem; }}
p {{ margin: 0 0 1rem; }}
label {{ display: block; font-weight: 600; margin-bottom: .35rem; }}
input {{ width: 100%; font: inherit; color: inherit; background: transparent; border: 1px solid var(--line);
  border-radius: .5rem; padding: .6rem .75rem; margin-bottom: 1rem; }}
button, .button {{ font: inherit; font-weight: 600; color: #fff; background: var(--accent); border: 0;
  border-radius: .5rem; padding: .65rem 1.25rem; cursor: pointer; text-decoration: none; display: inline-block; }}
:focus-visible {{ outline: 3px solid var(--accent); outline-offset: 2px; }}
.code {{ font: 600 1.15rem/1.5 ui-monospace, monospace; letter-spacing: .04em; border: 1px dashed var(--line);
  border-radius: .5rem; padding: .75rem; text-align: center; user-select: all; overflow-wrap: anywhere; }}
.note {{ border-left: 3px solid #b3541e; padding-left: .75rem; }}
small {{ color: var(--soft); }}
</style></head><body><main><h1>{title}</h1>{body}</main></body></html>"""


def routes() -> list[Route]:
    """The routes beside Streamlit's own."""
    return [
        Route("/join/{token}", _join_page, methods=["GET"]),
        Route("/join", _guarded(_join), methods=["POST"]),
        Route("/enter", _enter_page, methods=["GET"]),
        Route("/enter", _guarded(_enter), methods=["POST"]),
        Route("/owner-sign-in", _owner_page, methods=["GET"]),
        Route("/owner-sign-in", _guarded(_owner), methods=["POST"]),
        Route("/sign-out", _guarded(_sign_out), methods=["POST"]),
        Route("/sign-out", _sign_out_page, methods=["GET"]),
        Route("/{word:nopage}", _no_such_page, methods=["GET"]),
        *(Route(f"/{page}/{below}", _no_such_page, methods=["GET"]) for page in PAGES
          for below in ("{first}", "{first}/{rest:path}")),
    ]


def _no_such_page(request: Request) -> Response:
    """What is no page. Below one, Streamlit's shell would look for its parts there and stay blank; beside them it would
    speak of a file missing in a folder, in a dialog over the first page.
    """
    return _page("There is no such page", """<p>Please look at the address once more.</p>
<p><a class="button" href="/">To the first page</a></p>""", status=404)


def _join_page(request: Request) -> Response:
    token = escape(request.path_params["token"], quote=True)
    return _page("Welcome", f"""<p>This is your personal link. It works once, and opens your place in this browser.</p>
<form method="post" action="/join"><input type="hidden" name="secret" value="{token}">
<input type="hidden" name="attempt" value="{secrets.token_hex(16)}">
<button autofocus>Begin</button></form>""")


def _enter_page(request: Request) -> Response:
    return _form("Sign in", "/enter", "Your return code", "Sign in",
                 "<p><small>The code you were shown when you first opened your link. "
                 "Lost it? Ask for a new link.</small></p>")


def _owner_page(request: Request) -> Response:
    shut = why_owner_is_shut()
    if shut is not None:
        return _page("The owner's pages are shut", f"<p>{escape(shut)}</p>", status=503)
    return _form("Owner", "/owner-sign-in", "The owner's secret", "Open", "")


def _sign_out_page(request: Request) -> Response:
    return _page("Sign out", """<p>Your place is kept. You come back as you came: with your return code, or through your
organisation.</p>
<form method="post" action="/sign-out"><button autofocus>Sign out</button></form>""")


def _join(form: Form, request: Request) -> Response:
    done = store().sign_in(form["secret"], attempt=form.get("attempt", ""))
    page = _page("Keep this code", f"""<p>With it you come back, in this browser or another, exactly where you left
off. It is shown only now.</p><p class="code">{escape(done.return_code or "")}</p>
<p><a class="button" href="/" autofocus>I have kept it: go on</a></p>""")
    return _with_cookie(page, request, RATER_COOKIE, done.session, days=SESSION_DAYS)


def _enter(form: Form, request: Request) -> Response:
    return _with_cookie(_home(), request, RATER_COOKIE, store().sign_in(form["secret"]).session, days=SESSION_DAYS)


def _owner(form: Form, request: Request) -> Response:
    return _with_cookie(_home("/own"), request, OWNER_COOKIE, store().owner_sign_in(form["secret"]), days=1)


def _sign_out(form: Form, request: Request) -> Response:
    known_elsewhere = [name for name in request.cookies if name.startswith(_PROVIDER_COOKIES)]
    way = "/" if known_elsewhere else "/enter"
    response = _page("Signed out", f'<p>Your place is kept.</p><p><a class="button" href="{way}">Sign in</a></p>')
    for name in (RATER_COOKIE, OWNER_COOKIE):
        if name in request.cookies:
            store().sign_out(request.cookies[name])
            response.delete_cookie(name)
    for name in known_elsewhere:
        response.delete_cookie(name)
    return response


def _guarded(act: Callable[[Form, Request], Response]) -> Callable[[Request], object]:
    """A form's handler: from this site only, off the event loop, and with every refusal as a page."""

    async def handle(request: Request) -> Response:
        if not _from_here(request):
            return _page("Not from here", "<p>This form was sent from another site.</p>", status=403)
        sent = await request.form()
        form = {"secret": "", **{name: str(value)[:400] for name, value in sent.items()}}
        try:
            return await run_in_threadpool(act, form, request)
        except SignInRefused as refusal:
            return _page("That did not work", f"""<p class="note">{escape(str(refusal))}</p>
<p><a class="button" href="{"/owner-sign-in" if act is _owner else "/enter"}">Try again</a></p>""", status=403)
        except (StoreUnavailable, InputError) as error:
            log.error("the rating store cannot be used: %s", error)
            return _page("One moment, please", "<p>The ratings cannot be reached right now. Nothing is lost. "
                         "Please try again in a minute.</p>", status=503)

    return handle


def _from_here(request: Request) -> bool:
    """Whether no other site sent the form, as far as the browser says."""
    origin = request.headers.get("origin")
    try:
        return origin in (None, "null") or urlsplit(origin).netloc == request.headers.get("host")
    except ValueError:  # no address at all, so not this one
        return False


def _form(title: str, action: str, label: str, button: str, note: str) -> Response:
    return _page(title, f"""<form method="post" action="{action}"><label for="secret">{label}</label>
<input id="secret" name="secret" type="password" autocomplete="current-password" required autofocus>
{note}<button>{button}</button></form>""")


def _page(title: str, body: str, *, status: int = 200) -> Response:
    return HTMLResponse(PAGE.format(title=title, body=body, font=_FONT), status_code=status, headers={
        "Cache-Control": "no-store", "Referrer-Policy": "same-origin", "X-Frame-Options": "DENY",
        "Content-Security-Policy":
            "default-src 'none'; style-src 'unsafe-inline'; font-src 'self'; form-action 'self'"})


def _home(path: str = "/") -> Response:
    return RedirectResponse(path, status_code=303)


def _with_cookie(response: Response, request: Request, name: str, token: str, *, days: int) -> Response:
    response.set_cookie(name, token, max_age=days * SECONDS_A_DAY, httponly=True, samesite="lax",
                        secure=request.url.scheme == "https")
    return response

"""What every answer and every form needs: headers, Host allow-list, same-origin rule, form tokens (security.md 5)."""

import hmac
import ipaddress
import secrets
import socket
from typing import Final

from flask import Flask, Request, abort, current_app, g, request
from werkzeug.wrappers import Response

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; script-src 'self'; style-src 'self'; "
        "connect-src 'self'; form-action 'self'; img-src 'self' data:; media-src 'self' blob:"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
FORM_COOKIE: Final = "__Host-form"


def install(app: Flask) -> None:
    """Guard every request of the app."""
    app.config["FORM_KEY"] = secrets.token_bytes(32)
    app.before_request(check_host)
    app.before_request(check_origin)
    app.after_request(add_headers)


def add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    if "form_cookie" in g:
        response.set_cookie(FORM_COOKIE, g.form_cookie, secure=True, httponly=True, samesite="Strict", path="/")
    return response


def check_host() -> None:
    """Refuse a Host that is neither an address nor a name of this box: DNS rebinding needs a name of its own."""
    if not host_is_ours(host_name(request)):
        abort(421)


def host_name(incoming: Request) -> str:
    """The Host header without its port."""
    host = incoming.host.lower()
    return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]


def host_is_ours(name: str) -> bool:
    own = socket.gethostname().lower()
    if name in {"localhost", own, f"{own.partition('.')[0]}.local"}:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def check_origin() -> None:
    """What changes something must come from a page of ours, whatever cookies the browser sends along."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is None:  # a browser before 2023; newer ones send an Origin of "null" where no referrer is sent
        site = "same-origin" if origin in (None, f"https://{request.host}") else "cross-site"
    if site != "same-origin":
        abort(403)
    if not hmac.compare_digest(request.form.get("token", ""), token(request.cookies.get(FORM_COOKIE, ""))):
        abort(403)


def token(form_cookie: str) -> str:
    """What a form carries to prove that it came from a page of ours to this browser."""
    key: bytes = current_app.config["FORM_KEY"]
    return hmac.new(key, form_cookie.encode(), "sha256").hexdigest() if form_cookie else secrets.token_hex()


def form_token() -> str:
    """Token for the forms of the page being made; `add_headers` gives a browser without a form cookie a new one."""
    if "form_cookie" not in g:
        g.form_cookie = request.cookies.get(FORM_COOKIE) or secrets.token_urlsafe(24)
    return token(g.form_cookie)

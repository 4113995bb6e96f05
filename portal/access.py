"""Which route needs what, stated at the route itself; a route without it stops the start of the portal.

The core decides whether a session is valid and what it may see; here the visitor without one is only sent to log in.
"""

from collections.abc import Callable
from enum import Enum
from typing import TypeVar

from flask import Flask, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from firmware.contract.client import Refused
from firmware.contract.replies import Reason, Session
from firmware.contract.requests import GetSession
from portal import core_link

View = TypeVar("View", bound=Callable[..., object])


class Access(Enum):
    ANYONE = "anyone"
    SESSION = "session"
    LOCAL_OR_ADMIN = "local or admin"  # programs on the box itself, or an administrator's session


def access(needed: Access) -> Callable[[View], View]:
    """State what a view function needs."""

    def mark(view: View) -> View:
        view.access = needed  # type: ignore[attr-defined]
        return view

    return mark


def require_all_stated(app: Flask) -> None:
    """Raise RuntimeError naming the routes that do not say what they need."""
    silent = [name for name, view in app.view_functions.items() if not hasattr(view, "access")]
    if silent:
        raise RuntimeError(f"routes without @access: {', '.join(sorted(silent))}")


def cookie() -> str:
    return request.cookies.get(core_link.COOKIE, "")


def session() -> Session | None:
    """The visitor's session, None when there is none. Raises CoreDown."""
    if "session" not in g:
        g.session = find_session() if cookie() else None
    found: Session | None = g.session
    return found


def find_session() -> Session | None:
    try:
        return core_link.ask(GetSession(cookie()), Session)
    except Refused as refused:
        if refused.refusal.reason is Reason.NOT_LOGGED_IN:
            return None
        raise


def check() -> Response | None:
    """Before each request: None when the visitor may go on, else the answer."""
    view = current_app.view_functions.get(request.endpoint or "")
    needed = getattr(view, "access", Access.ANYONE)  # an address that does not exist is answered by 404
    if needed is Access.ANYONE:
        return None
    if needed is Access.LOCAL_OR_ADMIN and (request.remote_addr or "").startswith(("127.", "::1")):
        return None
    found = session()
    if found is None:
        return redirect(url_for("login.form")) if request.method == "GET" else Response("Log in first.", 401)
    if needed is Access.LOCAL_OR_ADMIN and found.role != "admin":
        return Response("Not found.", 404)
    return None

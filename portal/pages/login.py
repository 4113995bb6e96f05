"""Log in and out. The core verifies the password and makes the session; the portal only carries both."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from firmware.contract.client import Refused
from firmware.contract.replies import Done, Reason, Session
from firmware.contract.requests import LogIn, LogOut
from portal import core_link
from portal.access import Access, access, cookie, session

page = Blueprint("login", __name__)


@page.get("/login")
@access(Access.ANYONE)
def form() -> str | Response:
    if session() is not None:
        return redirect(url_for("status.show"))
    return render_template("login.html", user="", error="")


@page.post("/login")
@access(Access.ANYONE)
def log_in() -> tuple[str, int] | Response:
    user, password = request.form.get("user", ""), request.form.get("password", "")
    try:
        opened = core_link.ask(LogIn(user, password, request.remote_addr or ""), Session)
    except Refused as refused:
        limited = refused.refusal.reason in (Reason.TOO_MANY_TRIES, Reason.BUSY)
        return render_template("login.html", user=user, error=refused.refusal.text), 429 if limited else 403
    answer = redirect(url_for("status.show"), 303)
    answer.set_cookie(core_link.COOKIE, opened.cookie, secure=True, httponly=True, samesite="Strict", path="/")
    return answer


@page.post("/logout")
@access(Access.ANYONE)
def log_out() -> Response:
    if cookie():
        core_link.ask(LogOut(cookie()), Done)
    answer = redirect(url_for("login.form"), 303)
    answer.delete_cookie(core_link.COOKIE, secure=True, httponly=True, samesite="Strict", path="/")
    return answer

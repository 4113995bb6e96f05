"""Taking the banner of alarms away. It is drawn by the status page; who may do it, the core decides."""

from datetime import datetime

from flask import Blueprint, abort, redirect, request
from werkzeug.wrappers import Response

from firmware.contract.replies import Done
from firmware.contract.requests import DismissAlarms
from portal import core_link
from portal.access import Access, access, cookie

page = Blueprint("alarms", __name__)


@page.post("/alarms/dismiss")
@access(Access.SESSION)
def dismiss() -> Response:
    """Those up to the one that was shown last; one that came since stays."""
    try:
        until = datetime.fromisoformat(request.form.get("until", ""))
    except ValueError:
        abort(400)
    if until.tzinfo is None:
        abort(400)
    core_link.ask(DismissAlarms(until, cookie()), Done)
    return redirect("/", 303)

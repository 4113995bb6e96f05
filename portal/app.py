"""The Flask app: finds the pages, guards every request, and answers in words when the core is down."""

import importlib
from pathlib import Path

from flask import Flask, render_template
from werkzeug.exceptions import HTTPException

from firmware.contract.client import CoreDown, Refused
from firmware.contract.replies import Reason
from firmware.contract.wire import WireError
from portal import access, core_link, pages, security, words

DOWN = "Telephony restarts"


def create_app(core: Path) -> Flask:
    """The app for the core that answers at the socket `core`. Raises RuntimeError for a route without @access."""
    app = Flask(__name__)
    app.config.update(CORE=core, MAX_CONTENT_LENGTH=64 * 1024, SEND_FILE_MAX_AGE_DEFAULT=3600)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["form_token"] = security.form_token
    app.jinja_env.filters.update(words.FILTERS)
    security.install(app)
    app.before_request(access.check)
    app.teardown_request(core_link.close)
    for path in sorted(Path(next(iter(pages.__path__))).glob("[!_]*.py")):
        app.register_blueprint(importlib.import_module(f"portal.pages.{path.stem}").page)
    app.view_functions["static"] = access.access(access.Access.ANYONE)(app.view_functions["static"])
    app.register_error_handler(CoreDown, core_down)
    app.register_error_handler(WireError, core_down)
    app.register_error_handler(Refused, refused)
    app.register_error_handler(HTTPException, http_error)
    access.require_all_stated(app)
    return app


def core_down(_error: Exception) -> tuple[str, int]:
    """Nobody answers: it is being started again."""
    text = "The telephone service is starting again. This page comes back by itself within seconds."
    return render_template("message.html", title=DOWN, text=text, retry=True), 503


def refused(error: Refused) -> tuple[str, int]:
    reasons = {Reason.NOT_LOGGED_IN: 401, Reason.FORBIDDEN: 404, Reason.BUSY: 429, Reason.TOO_MANY_TRIES: 429}
    status = reasons.get(error.refusal.reason, 400)
    return render_template("message.html", title="Not possible", text=error.refusal.text, retry=False), status


def http_error(error: HTTPException) -> tuple[str, int]:
    title = {404: "Not found", 403: "This form is out of date", 421: "Unknown address"}.get(
        error.code or 500, error.name
    )
    text = {
        404: "There is no such page, or you may not see it.",
        403: "Go back, reload the page and try again.",
        421: "Open the box by its address, not by a name that it does not know.",
    }.get(error.code or 500, error.description or "")
    return render_template("message.html", title=title, text=text, retry=False), error.code or 500

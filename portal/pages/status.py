"""The status page, and the event stream that keeps it true while it is open."""

import threading
from collections.abc import Iterator
from typing import Final

from flask import Blueprint, abort, current_app, render_template, request
from werkzeug.wrappers import Response

from firmware.contract.client import Client, CoreDown, Refused
from firmware.contract.events import SessionEnded
from firmware.contract.replies import Status as StatusReply
from firmware.contract.requests import GetStatus, Subscribe
from firmware.contract.status import Position, Status
from firmware.contract.wire import WireError
from portal import core_link
from portal.access import Access, access, cookie, session
from portal.live import Draw, Patch, drawing, patches

page = Blueprint("status", __name__)
PING_EVERY_S: Final = 10.0  # finds out that a browser has gone, and keeps proxies from closing the stream
STREAMS_MAX: Final = 40
_streams: Final = threading.BoundedSemaphore(STREAMS_MAX)


@page.get("/")
@access(Access.SESSION)
def show() -> str:
    status = core_link.ask(GetStatus(cookie()), StatusReply).status
    return render_template("status.html", status=status, session=session())


@page.get("/events")
@access(Access.SESSION)
def events() -> Response:
    """Server-sent events: `patch` with an element's new HTML, `refresh`, `down`, `logout`."""
    if not _streams.acquire(blocking=False):
        abort(503)
    try:
        client = core_link.connect()
        since = position(request.headers.get("Last-Event-ID", "") or request.args.get("since", ""))
        status = client.ask(GetStatus(cookie()), StatusReply).status
    except BaseException:
        _streams.release()
        raise
    lines = stream(client, status, Subscribe(cookie(), since or status.position), drawing(current_app.jinja_env))
    answer = Response(lines, mimetype="text/event-stream", headers={"X-Accel-Buffering": "no"})
    answer.call_on_close(client.close)
    answer.call_on_close(_streams.release)  # here and not in the generator, which may never have been started
    return answer


def stream(client: Client, status: Status, request: Subscribe, draw: Draw) -> Iterator[str]:
    """Follow the core until the browser goes, the session ends or the core does."""
    try:
        yield "retry: 2000\n\n"
        for event in client.follow(request, wait_s=PING_EVERY_S):
            if event is None:
                yield ": still here\n\n"
                continue
            status, found = patches(status, event, draw)
            yield from (sse(patch, event.position) for patch in found)
            if isinstance(event.change, SessionEnded):
                return
    except (CoreDown, WireError):
        yield sse(Patch("down"), status.position)
    except Refused:
        yield sse(Patch("logout"), status.position)


def sse(patch: Patch, at: Position) -> str:
    """One event in the form of the HTML standard, section 9.2: every line of the data has its own field."""
    data = "\n".join(f"data: {line}" for line in (patch.id + "\n" + patch.html).splitlines())
    return f"event: {patch.kind}\nid: {at.life}-{at.sequence}\n{data}\n\n"


def position(text: str) -> Position | None:
    """life-sequence, as the page carries it; None for anything else."""
    life, _, sequence = text.partition("-")
    return Position(int(life), int(sequence)) if life.isdecimal() and sequence.isdecimal() else None

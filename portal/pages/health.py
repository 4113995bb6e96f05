"""/healthz and /metrics: for programs that watch the box. Counts only, no names and no numbers."""

import json

from flask import Blueprint
from werkzeug.wrappers import Response

from firmware.contract.client import CoreDown, Refused
from firmware.contract.replies import Health, Metrics
from firmware.contract.requests import GetHealth, GetMetrics
from firmware.contract.wire import WireError
from portal import core_link
from portal.access import Access, access

page = Blueprint("health", __name__)
TEXT = "text/plain; version=0.0.4; charset=utf-8"  # Prometheus exposition format


@page.get("/healthz")
@access(Access.ANYONE)
def healthz() -> Response:
    """200 while telephony works, with the worst mark of the self-checks; 503 while the core is down."""
    try:
        health = core_link.ask(GetHealth(), Health)
    except (CoreDown, Refused, WireError):
        return Response(json.dumps({"status": "down"}), 503, mimetype="application/json")
    return Response(json.dumps({"status": health.mark, "failed": health.failed}), mimetype="application/json")


@page.get("/metrics")
@access(Access.LOCAL_OR_ADMIN)
def metrics() -> Response:
    """Always 200: a core that is down is a value of `fxbox_core_up`, not a failed scrape."""
    try:
        known = core_link.ask(GetMetrics(), Metrics)
    except (CoreDown, Refused, WireError):
        return Response(exposition(Metrics({}, {"core_up": 0})), content_type=TEXT)
    return Response(exposition(Metrics(known.counters, known.gauges | {"core_up": 1})), content_type=TEXT)


def exposition(metrics: Metrics) -> str:
    """The numbers in Prometheus' text format, sorted by name."""
    lines: list[str] = []
    for kind, numbers in (("counter", metrics.counters), ("gauge", metrics.gauges)):
        for name, value in sorted(numbers.items()):
            lines += [f"# TYPE fxbox_{name} {kind}", f"fxbox_{name} {value:.15g}"]
    return "\n".join(lines) + "\n"

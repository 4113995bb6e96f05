"""A decision in words for people: what the portal and `fxbox explain` show; and the call that they ask about.

Not responsible for deciding: `routing.py`.
"""

from datetime import datetime

from firmware.contract.replies import Explanation, TraceStep
from firmware.telephony.decision import Decision, FromExtension, FromTrunk, Request, in_words
from firmware.telephony.numbering import from_sip
from firmware.telephony.site import Site


class NoSuchCaller(Exception):
    """Neither an extension nor a trunk; the message says which there are."""


def explanation(decision: Decision) -> Explanation:
    """Outcome and steps, ready to be sent."""
    steps = tuple(TraceStep(step.mark, f"{step.rule}: {step.text}", step.setting) for step in decision.trace)
    return Explanation(in_words(decision.action), steps)


def request(site: Site, caller: str, called: str, at: datetime, trunk: str | None = None) -> Request:
    """The call that somebody asks about; `at` without a zone is the site's local time. Raises NoSuchCaller."""
    when = at if at.tzinfo is not None else at.replace(tzinfo=site.site.zone)
    return Request(_source(site, caller, trunk), from_sip(called), when)


def _source(site: Site, caller: str, trunk: str | None) -> FromExtension | FromTrunk:
    if trunk is not None:
        if site.trunk(trunk) is None:
            known = ", ".join(one.name for one in site.trunks) or "there is none"
            raise NoSuchCaller(f'"{trunk}" is no trunk (allowed: {known})')
        return FromTrunk(trunk, caller)
    if site.extension(caller) is None:
        known = ", ".join(one.number for one in site.extensions) or "there is none"
        raise NoSuchCaller(
            f'"{caller}" is no extension (allowed: {known}; a call from outside comes by a trunk: --trunk)'
        )
    return FromExtension(caller)

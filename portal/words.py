"""How facts are shown: which lamp a state has, how a time is said. Pure."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from firmware.contract.status import CallState, LineState, Mark, Registration, Status, TrunkState

# Lamp classes of the style sheet; each is always shown with its word (portal.md section 3).
LAMPS: Final[dict[str, str]] = {
    LineState.READY: "ok",
    LineState.OFF_HOOK: "acc",
    LineState.DIALLING: "acc",
    LineState.RINGING: "warn",
    LineState.IN_CALL: "talk",
    LineState.HELD: "acc",
    LineState.PARKED: "acc",
    LineState.LEFT_OFF: "warn",
    LineState.NO_LINE: "off",
    LineState.IN_USE_ELSEWHERE: "acc",
    LineState.LIFELINE: "warn",
    LineState.FAULT: "danger",
    LineState.DISABLED: "off",
    TrunkState.UP: "ok",
    TrunkState.TRYING: "warn",
    TrunkState.DOWN: "danger",
    CallState.SERVICE: "talk",
    Mark.PASSED: "ok",
    Mark.WARNING: "warn",
    Mark.FAILED: "danger",
}


def lamp(state: str) -> str:
    return LAMPS.get(state, "off")


def plugged(state: str) -> bool:
    """Whether the drawing of the jack shows a plug."""
    return state not in (LineState.NO_LINE, LineState.DISABLED)


def port_name(slot: str) -> str:
    """fxs1: FXS 1."""
    letters = slot.rstrip("0123456789")
    return f"{letters.upper()} {slot[len(letters) :]}".strip()


def duration(since: datetime, now: datetime | None = None) -> str:
    """04:12 below an hour, 1:04:12 above."""
    seconds = max(0, int(((now or datetime.now(UTC)) - since).total_seconds()))
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes:02}:{seconds % 60:02}"


def uptime(since: datetime, now: datetime | None = None) -> str:
    """41 days, 5 h 06 min, 7 min."""
    minutes = max(0, int(((now or datetime.now(UTC)) - since).total_seconds())) // 60
    days, hours = minutes // 1440, minutes // 60 % 24
    if days:
        return f"{days} day{'s' if days > 1 else ''} {hours} h"
    return f"{hours} h {minutes % 60:02} min" if hours else f"{minutes} min"


def count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def summary(status: Status) -> str:
    """The line under the heading."""
    registered = sum(registered_now(one) for one in status.registrations)
    ready = sum(line.state not in (LineState.FAULT, LineState.NO_LINE, LineState.DISABLED) for line in status.lines)
    parts = [count(len(status.calls), "call", "calls") + " now"]
    if status.lines:
        parts.append(f"{ready} of {len(status.lines)} lines in service")
    if status.registrations:
        parts.append(f"{registered} of {len(status.registrations)} IP extensions registered")
    return ". ".join([*parts, f"Up {uptime(status.started_at)}."])


def registered_now(registration: Registration) -> bool:
    return bool(registration.devices)


def moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def epoch(at: datetime) -> int:
    return int(at.timestamp())


FILTERS: Final[dict[str, Callable[..., Any]]] = {
    "lamp": lamp,
    "plugged": plugged,
    "port_name": port_name,
    "duration": duration,
    "uptime": uptime,
    "summary": summary,
    "epoch": epoch,
    "moment": moment,
}

"""References from one setting to another, and names and ports that may be there only once.

Not responsible for numbers that clash in the numbering plan: `numbers.py`.
"""

from collections.abc import Collection, Iterable, Iterator

from firmware.telephony.destination import destination
from firmware.telephony.site.extension import LONGEST_FOLLOW_ME_S, FollowMe
from firmware.telephony.site.problem import Place, Problem, warning
from firmware.telephony.site.root import Site
from firmware.telephony.site.trunk import FxoTrunk

_SENDING_ON = {
    "inbound": ("otherwise",),
    "ring_groups": ("otherwise",),
    "queues": ("on_empty", "on_full", "on_timeout", "otherwise"),
    "menus": ("closed", "invalid", "otherwise"),
}
"""Settings that are destinations."""
_SERVICES = {"group": "ring_groups", "queue": "queues", "menu": "menus", "room": "rooms"}


def problems(site: Site) -> Iterator[Problem]:
    """All references that lead nowhere, and all that is there twice."""
    yield from _all_twice(site)
    yield from _extensions(site)
    yield from _outbound(site)
    yield from _inbound(site)
    yield from _menus(site)
    yield from _members(site)
    for place, text in _destinations(site):
        yield from _destination(site, place, text)


def _all_twice(site: Site) -> Iterator[Problem]:
    yield from _twice("trunks", "name", (one.name for one in site.trunks))
    yield from _twice("outbound", "name", (one.name for one in site.outbound))
    yield from _twice("extensions", "port", (one.port for one in site.extensions))
    ports = (one.port if isinstance(one, FxoTrunk) else None for one in site.trunks)
    yield from _twice("trunks", "port", ports)


def _twice(section: str, key: str, values: Iterable[str | None]) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for index, value in enumerate(values):
        if value is None:
            continue
        if value in seen:
            yield Problem((section, index, key), f'"{value}" is taken by {section}[{seen[value]}]')
        seen.setdefault(value, index)


def _known(place: Place, name: str, known: Collection[str], what: str) -> Iterator[Problem]:
    if name not in known:
        allowed = ", ".join(sorted(known)) or "none are set up"
        yield Problem(place, f'"{name}" is no {what} (allowed: {allowed})')


def _extensions(site: Site) -> Iterator[Problem]:
    rules = [rule.name for rule in site.outbound]
    for index, extension in enumerate(site.extensions):
        for entry, name in enumerate(extension.outbound or ()):
            yield from _known(("extensions", index, "outbound", entry), name, rules, "outbound rule")
        for slot in ("always", "busy", "no_answer"):
            if getattr(extension.forward, slot) == extension.number:
                yield Problem(("extensions", index, "forward", slot), f'"{extension.number}" is the extension itself')
        if extension.follow_me.enabled and extension.forward.no_answer is not None:
            yield warning(("extensions", index, "forward", "no_answer"), "has no effect while follow_me is on")
        yield from _follow_me(("extensions", index, "follow_me"), extension.follow_me)


def _follow_me(place: Place, follow: FollowMe) -> Iterator[Problem]:
    """What lies beyond the time that callers wait is never rung."""
    rung_s = follow.own_ring_s
    for index, step in enumerate(follow.list if follow.enabled else ()):
        if rung_s >= LONGEST_FOLLOW_ME_S:
            yield warning((*place, "list", index), f"is never tried: {LONGEST_FOLLOW_ME_S} s are over by then")
        elif rung_s + step.ring_s > LONGEST_FOLLOW_ME_S:
            shortened = f"rings for {LONGEST_FOLLOW_ME_S - rung_s} s only: {LONGEST_FOLLOW_ME_S} s are over then"
            yield warning((*place, "list", index, "ring_s"), shortened)
        rung_s += step.ring_s


def _outbound(site: Site) -> Iterator[Problem]:
    trunks = [trunk.name for trunk in site.trunks]
    for index, rule in enumerate(site.outbound):
        for entry, name in enumerate(rule.trunks):
            yield from _known(("outbound", index, "trunks", entry), name, trunks, "trunk")
        if rule.hours is not None:
            yield from _known(("outbound", index, "hours"), rule.hours, site.hours, "schedule")
    if site.limits.day is not None:
        yield from _known(("limits", "day"), site.limits.day, site.hours, "schedule")
    for index, name in enumerate(site.emergency.trunks):
        yield from _known(("emergency", "trunks", index), name, trunks, "trunk")
    if site.extensions and not trunks:
        yield warning(("trunks",), "there is none: emergency calls cannot leave this box")


def _inbound(site: Site) -> Iterator[Problem]:
    trunks = [trunk.name for trunk in site.trunks]
    catches_all: dict[str | None, int] = {}
    for index, rule in enumerate(site.inbound):
        if rule.trunk is not None:
            yield from _known(("inbound", index, "trunk"), rule.trunk, trunks, "trunk")
        if rule.hours is not None:
            yield from _known(("inbound", index, "hours"), rule.hours, site.hours, "schedule")
        elif rule.otherwise is not None:
            yield Problem(("inbound", index, "otherwise"), "has no meaning without hours")
        earlier = catches_all.get(rule.trunk, catches_all.get(None))
        if earlier is not None:
            yield warning(("inbound", index), f"never holds: inbound[{earlier}] takes every call before it")
        if rule.did is None and rule.caller is None and (rule.hours is None or rule.otherwise is not None):
            catches_all.setdefault(rule.trunk, index)


def _menus(site: Site) -> Iterator[Problem]:
    for index, menu in enumerate(site.menus):
        if menu.hours is not None:
            yield from _known(("menus", index, "hours"), menu.hours, site.hours, "schedule")
        elif menu.closed is not None:
            yield Problem(("menus", index, "closed"), "has no meaning without hours")


def _members(site: Site) -> Iterator[Problem]:
    """Lists of extensions."""
    extensions = [one.number for one in site.extensions]
    lists: list[tuple[Place, tuple[str, ...]]] = [
        (("emergency", "notify"), site.emergency.notify or ()),
        (("alarms", "call"), site.alarms.call),
        (("fax", "deliver_to"), site.fax.deliver_to),
        *((("ring_groups", i, "members"), one.members) for i, one in enumerate(site.ring_groups)),
        *((("queues", i, "agents"), one.agents) for i, one in enumerate(site.queues)),
        *((("queues", i, "dynamic_agents"), one.dynamic_agents) for i, one in enumerate(site.queues)),
    ]
    if site.numbering.operator is not None:
        lists.append((("numbering", "operator"), (site.numbering.operator,)))
    for place, numbers in lists:
        for index, number in enumerate(numbers):
            where = place if place[-1] == "operator" else (*place, index)
            if "@" not in number:
                yield from _known(where, number, extensions, "extension")


def _destinations(site: Site) -> Iterator[tuple[Place, str]]:
    """Every destination that the file gives."""
    for index, rule in enumerate(site.inbound):
        yield ("inbound", index, "to"), rule.to
    for index, menu in enumerate(site.menus):
        for key, to in menu.keys.items():
            yield ("menus", index, "keys", key), to
    for section, keys in _SENDING_ON.items():
        for index, entry in enumerate(getattr(site, section)):
            for name in keys:
                if (goal := getattr(entry, name)) is not None:
                    yield (section, index, name), goal


def _destination(site: Site, place: Place, text: str) -> Iterator[Problem]:
    goal = destination(text)
    extensions = {one.number for one in site.extensions}
    services = {kind: {one.number for one in getattr(site, section)} for kind, section in _SERVICES.items()}
    match goal.kind:
        case "operator" if site.numbering.operator is None:
            yield Problem(place, '"operator" is not set up (set numbering.operator)')
        case "number":
            yield from _known(place, goal.number, extensions.union(*services.values()), "number of this box")
        case "extension":
            yield from _known(place, goal.number, extensions, "extension")
        case "voicemail":
            boxes = {one.number for one in site.extensions if one.voicemail}
            yield from _known(place, goal.number, boxes, "extension with voicemail")
        case kind if kind in services:
            yield from _known(place, goal.number, services[kind], kind)

"""The numbering plan: numbers that are there twice, reserved (N6), or begin something else.

Not responsible for feature codes: `codes.py`.
"""

from collections.abc import Iterator

from firmware.telephony.emergency import emergency_numbers
from firmware.telephony.site.problem import Place, Problem, warning
from firmware.telephony.site.root import Site
from firmware.telephony.span import Span, span

ANNOUNCED = ("11", "12", "13")
"""`**11`, `**12`, `**13` would be picked up as extensions."""


def problems(site: Site) -> Iterator[Problem]:
    """All clashes of numbers. Spans that cannot be read are left to `values.py`."""
    try:
        spans = (span(site.numbering.extensions), span(site.numbering.parking), span(site.numbering.rooms))
    except ValueError:
        return
    yield from _twice(site)
    for index, extension in enumerate(site.extensions):
        yield from _number(site, ("extensions", index, "number"), extension.number, spans, "numbering.extensions")
    for section in ("ring_groups", "queues", "menus"):
        for index, entry in enumerate(getattr(site, section)):
            yield from _number(site, (section, index, "number"), entry.number, spans, None)
    for index, room in enumerate(site.rooms):
        if room.number not in spans[2]:
            yield Problem(
                ("rooms", index, "number"), f'"{room.number}" is no room (allowed: {spans[2]}, numbering.rooms)'
            )
        if room.pin is not None and room.pin == room.admin_pin:
            yield Problem(("rooms", index, "admin_pin"), "must differ from pin")
    yield from _prefixes(site)
    yield from _blacklist(site)


def _twice(site: Site) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for section in ("extensions", "ring_groups", "queues", "rooms", "menus"):
        for index, entry in enumerate(getattr(site, section)):
            where = f"{section}[{index}]"
            if entry.number in seen:
                yield Problem((section, index, "number"), f'"{entry.number}" is taken by {seen[entry.number]}')
            seen.setdefault(entry.number, where)


def _number(
    site: Site, place: Place, number: str, spans: tuple[Span, Span, Span], own: str | None
) -> Iterator[Problem]:
    """N6: what a number of the box must not be."""
    extensions, slots, rooms = spans
    reserved = [f"`**{number}` is a feature code"] if number in ANNOUNCED else []
    reserved += [f"it lies in {key}, {numbers}" for key, numbers in _reserved_spans(slots, rooms) if number in numbers]
    reserved += [
        f"it {'is' if number == one else 'begins like'} the emergency number {one}"
        for one in emergency_numbers(site)
        if number.startswith(one)
    ]
    reserved += [f"it begins with the outbound prefix {one}" for one in prefixes(site) if number.startswith(one)]
    for reason in reserved:
        yield Problem(place, f'"{number}" is reserved: {reason}')
    if own and not reserved and number not in extensions:
        yield Problem(place, f'"{number}" is out of range (allowed: {extensions}, {own})')


def _reserved_spans(slots: Span, rooms: Span) -> tuple[tuple[str, Span], ...]:
    return ("numbering.parking", slots), ("numbering.rooms", rooms)


def prefixes(site: Site) -> tuple[str, ...]:
    """What may come before an outside number."""
    return tuple(dict.fromkeys((site.numbering.outbound_prefix, *(r.prefix for r in site.outbound if r.prefix))))


def _prefixes(site: Site) -> Iterator[Problem]:
    """An emergency number that begins with a prefix cuts outside numbers off (product.md 8.9)."""
    for prefix in prefixes(site):
        for number in emergency_numbers(site):
            if number.startswith(prefix) and number != prefix:
                rest = number.removeprefix(prefix)
                yield warning(
                    ("numbering", "outbound_prefix"),
                    f"{number} is an emergency number: after {prefix}, no outside number can begin with {rest}",
                )


def _blacklist(site: Site) -> Iterator[Problem]:
    """F19 and 2.5: extensions, emergency numbers and the box's own numbers cannot be listed."""
    refused = {one.number: "an extension" for one in site.extensions}
    refused |= {number: "an emergency number" for number in emergency_numbers(site)}
    refused |= {one.number: f"the number of {one.name}" for one in site.trunks if one.number}
    for index, entry in enumerate(site.blacklist):
        if what := refused.get(entry):
            yield Problem(("blacklist", index), f'"{entry}" is {what} (allowed: other outside numbers)')

"""Feature codes against each other and against numbers (N1).

Not responsible for numbers against numbers: `numbers.py`.
"""

from collections.abc import Iterator

from firmware.telephony.codes import DEFAULTS, Code, When, codes, duplicates, prefixes
from firmware.telephony.emergency import emergency_numbers
from firmware.telephony.site.problem import Problem, warning
from firmware.telephony.site.root import Site
from firmware.telephony.site.rules.numbers import prefixes as outside_prefixes

_AS_SHIPPED = {(short.id, long.id) for short, long in prefixes(DEFAULTS.values())}


def problems(site: Site) -> Iterator[Problem]:
    """Unknown ids, the same digits twice, digits that hide a number; warnings about codes that have to wait."""
    unknown = [id_ for id_ in site.feature_codes if id_ not in DEFAULTS]
    for id_ in unknown:
        yield Problem(("feature_codes", id_), f"no such code (allowed: {', '.join(DEFAULTS)})")
    table = codes(site.feature_codes)
    for one, other in duplicates(table):
        yield _about(site, one, other, f'"{one.digits}" is the code of both {one.id} and {other.id}')
    for short, long in prefixes(table):
        if (short.id, long.id) not in _AS_SHIPPED:
            message = (
                f"{short.digits} begins {long.id} ({long.digits}): on analog telephones it waits for # or a time-out"
            )
            yield warning(("feature_codes", short.id if short.id in site.feature_codes else long.id), message)
    for code in table:
        if code.id in site.feature_codes and code.when is When.IDLE:
            yield from _hides(site, code)


def _about(site: Site, one: Code, other: Code, message: str) -> Problem:
    changed = other.id if other.id in site.feature_codes else one.id
    return Problem(("feature_codes", changed), message)


def _hides(site: Site, code: Code) -> Iterator[Problem]:
    """A code that is, begins or lengthens a number of the box."""
    numbers = {one.number: "extension" for one in site.extensions}
    numbers |= {one.number: "room" for one in site.rooms} | {one: "emergency number" for one in emergency_numbers(site)}
    numbers |= {one: "outbound prefix" for one in outside_prefixes(site)}
    for section in ("ring_groups", "queues", "menus"):
        numbers |= {one.number: section.rstrip("s").replace("_", " ") for one in getattr(site, section)}
    for number, what in numbers.items():
        if number.startswith(code.digits) or (what == "outbound prefix" and code.digits.startswith(number)):
            yield Problem(("feature_codes", code.id), f'"{code.digits}" clashes with the {what} {number}')
    first = site.numbering.parking.partition("-")[0]
    if code.digits.isdigit() and first.startswith(code.digits[:1]):
        yield Problem(
            ("feature_codes", code.id), f'"{code.digits}" clashes with the parking slots {site.numbering.parking}'
        )

"""Feature codes against each other and against numbers (N1).

Not responsible for numbers against numbers: `numbers.py`.
"""

from collections.abc import Iterator
from contextlib import suppress

from firmware.telephony.codes import DEFAULTS, Code, When, codes, duplicates, prefixes
from firmware.telephony.digitmap import Fit
from firmware.telephony.emergency import emergency_numbers
from firmware.telephony.site.problem import Problem, warning
from firmware.telephony.site.root import Site
from firmware.telephony.site.rules.numbers import prefixes as outside_prefixes
from firmware.telephony.span import span

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
            begins = f"{short.digits} begins {long.id} ({long.digits})"
            message = (
                f"{begins}: {'on analog telephones ' if short.when is When.IDLE else ''}it waits for {_end(short)}"
            )
            yield warning(("feature_codes", short.id if short.id in site.feature_codes else long.id), message)
    for code in table:
        if code.id in site.feature_codes:
            yield from _undialable(code)
            if code.when is When.IDLE:
                yield from _hides(site, code)


def _end(code: Code) -> str:
    return "# or a time-out" if code.when is When.IDLE else "a pause"


def _about(site: Site, one: Code, other: Code, message: str) -> Problem:
    changed = other.id if other.id in site.feature_codes else one.id
    return Problem(("feature_codes", changed), message)


def _undialable(code: Code) -> Iterator[Problem]:
    place = ("feature_codes", code.id)
    if code.when is When.IDLE and "#" in code.digits:
        yield Problem(place, f'"{code.digits}" cannot be dialled: # ends a number (N2)')
    if code.when is When.CALL and code.digits.isdigit():
        yield warning(place, f"menus of others that ask for {code.digits} cannot be answered any more in a call")


def _hides(site: Site, code: Code) -> Iterator[Problem]:
    """A code that is, begins or lengthens a number of the box."""
    place, digits = ("feature_codes", code.id), code.digits
    for number, what in _numbers(site).items():
        hidden_by = what in ("outbound prefix", "emergency number") and digits.startswith(number)
        if number.startswith(digits) or hidden_by:
            yield Problem(place, f'"{digits}" clashes with the {what} {number}')
        elif digits.startswith(number):
            yield warning(place, f"the {what} {number} begins it: on analog telephones {number} has to wait")
    spans = (("extensions", site.numbering.extensions), ("parking slots", site.numbering.parking))
    for what, numbers in spans:
        with suppress(ValueError):  # a span that cannot be read is the business of `values.py`
            if span(numbers).fit(digits) is not Fit.NO:
                yield Problem(place, f'"{digits}" clashes with the {what} {numbers}')


def _numbers(site: Site) -> dict[str, str]:
    """What the numbers of the box are."""
    numbers = {one.number: "extension" for one in site.extensions}
    numbers |= {one.number: "room" for one in site.rooms} | {one: "emergency number" for one in emergency_numbers(site)}
    numbers |= {one: "outbound prefix" for one in outside_prefixes(site)}
    for section in ("ring_groups", "queues", "menus"):
        numbers |= {one.number: section.rstrip("s").replace("_", " ") for one in getattr(site, section)}
    return numbers

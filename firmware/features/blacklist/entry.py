"""What may be put on the blacklist, and in which spelling it is kept (F19, product.md 2.5). Pure.

Not responsible for comparing callers with it: `firmware.telephony.blacklist`.
"""

import re
from collections.abc import Iterable

import phonenumbers

from firmware.telephony.blacklist import is_valid, listed, normal
from firmware.telephony.numbering import Plan, ToEmergency, ToExtension, ToFeature, ToService
from firmware.telephony.refusal import INVALID, Refusal
from firmware.telephony.site import Site

_NUMBER = re.compile(r"\+?[0-9]{2,32}")
_WILDCARD = re.compile(r"\+?[0-9]{3,32}\*")  # with fewer digits, half the world could not call
EXTENSION = Refusal("extension-refused", "is a number of this box")
OWN = Refusal("number-refused", "is a number of one of the trunks: others call back there")
EMERGENCY = Refusal("number-refused", "is an emergency number")


def entry(dialled: str, plan: Plan) -> str | Refusal:
    """The spelling in which `dialled` is kept on the list, or why it cannot be listed."""
    target = plan.resolve(dialled)
    if isinstance(target, ToFeature) or not (_NUMBER.fullmatch(dialled) or _WILDCARD.fullmatch(dialled)):
        return INVALID
    if isinstance(target, ToExtension | ToService):
        return EXTENSION
    number = without_prefix(dialled, plan)
    if isinstance(target, ToEmergency) or _hits(number, plan.emergency, plan):
        return EMERGENCY
    if _hits(number, (trunk.number for trunk in plan.site.trunks if trunk.number), plan):
        return OWN
    return normal(number, plan.site.site.country)


def same_entry(listed_as: str, dialled: str, site: Site) -> bool:
    """Whether somebody who wants `dialled` off the list means this entry of it. Wildcards are meant as they stand."""
    country = site.site.country
    if "*" in listed_as or "*" in dialled:
        return normal(listed_as, country) == normal(dialled, country)
    return listed(dialled, (listed_as,), country, site.blacklist_match) is not None


def _hits(number: str, others: Iterable[str], plan: Plan) -> bool:
    """Whether `number` on the list would keep one of the others out."""
    site = plan.site
    return any(listed(other, (number,), site.site.country, site.blacklist_match) for other in others)


def without_prefix(dialled: str, plan: Plan) -> str:
    """The number without the digits that lead outside, if somebody dialled them by habit."""
    for prefix in plan.prefixes:
        rest = dialled.removeprefix(prefix)
        if rest != dialled and _is_outside_number(rest, dialled, plan.site.site.country):
            return rest
    return dialled


def _is_outside_number(rest: str, dialled: str, country: str) -> bool:
    """9 030 1234567 is 030 1234567 in Germany, but 917 555 0123 is a number of New York."""
    national = phonenumbers.ndd_prefix_for_region(country, True) or ""
    if rest.startswith("+") or (national == "0" and rest.startswith("0")):
        return True
    return is_valid(rest, country) and not is_valid(dialled, country)

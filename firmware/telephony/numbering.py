"""The numbering plan: what a dialled string means on this box (N1-N8a, N13, N14).

Not responsible for permissions or for where a call goes then (`routing.py`), nor for timing (`collector.py`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from firmware.telephony.codes import Code, When, codes
from firmware.telephony.digitmap import DigitMap, Fit, digit_map, literal, together
from firmware.telephony.site import Extension, Outbound, Site
from firmware.telephony.span import Span, span

LONGEST = 32
"""Digits of the longest number that the box takes."""
_ANYTHING = DigitMap((), open_ended=True)
_SIGNS = frozenset("0123456789*#+")
_SEPARATORS = str.maketrans("", "", "-.() ")  # RFC 3966 section 5.1.1: without meaning


@dataclass(frozen=True, slots=True)
class ToEmergency:
    """An emergency number, without prefix."""

    number: str


@dataclass(frozen=True, slots=True)
class ToFeature:
    code: Code
    argument: str = ""


@dataclass(frozen=True, slots=True)
class ToExtension:
    extension: Extension


@dataclass(frozen=True, slots=True)
class ToService:
    """A number of the box that is no telephone. `kind`: slot, room, group, queue or menu."""

    kind: str
    number: str


@dataclass(frozen=True, slots=True)
class ToOutside:
    """A number that outbound rules fit: each rule with what is left of the number after its prefix."""

    options: tuple[tuple[Outbound, str], ...]


Target = ToEmergency | ToFeature | ToExtension | ToService | ToOutside


def from_sip(user: str) -> str:
    """The number in a Request-URI's user part: unquoted, without separators and without ONE final `#` (N2, N13)."""
    number = unquote(user).partition(";")[0].translate(_SEPARATORS)
    return number.removesuffix("#")


class Plan:
    """What numbers mean under one site file. Immutable; build a new one when the site changes."""

    def __init__(self, site: Site, emergency: Iterable[str]) -> None:
        """`emergency`: the country's emergency numbers; those of the site are added."""
        self.site = site
        self.codes = codes(site.feature_codes)
        self.emergency = frozenset(emergency) | frozenset(site.emergency.numbers)
        self.extension_span = span(site.numbering.extensions)
        self.slots = span(site.numbering.parking)
        self.extensions = {one.number: one for one in site.extensions}
        self.services = _services(site)
        self.prefixes = _prefixes(site)
        self._emergency_strings = {
            head + number: number for head in ("", *self.prefixes) for number in sorted(self.emergency)
        }
        self._idle_codes = sorted((c for c in self.codes if c.when is When.IDLE), key=lambda c: -len(c.digits))
        self._code_signs = frozenset(code.digits[0] for code in self._idle_codes)

    def resolve(self, dialled: str) -> Target | None:
        """What a complete string means (SIP, or a finished collection); None: nothing on this box."""
        if not _SIGNS.issuperset(dialled) or len(dialled) > LONGEST:
            return None
        if number := self._emergency_strings.get(dialled):
            return ToEmergency(number)
        if code := self._code(dialled):
            return ToFeature(code, dialled.removeprefix(code.digits))
        if extension := self.extensions.get(dialled):
            return ToExtension(extension)
        if kind := self.services.get(dialled):
            return ToService(kind, dialled)
        if dialled in self.slots:
            return ToService("slot", dialled)
        options = tuple(self._outside(dialled))
        return ToOutside(options) if options else None

    def fit(self, dialled: str) -> Fit:
        """How a string stands that is dialled digit by digit: complete, complete with longer ones possible, or not yet.

        An emergency number is complete at once, whatever longer number there is (N8a).
        """
        if dialled in self._emergency_strings:
            longer = any(one != dialled and one.startswith(dialled) for one in self.emergency)
            return Fit.LONGER if longer else Fit.WHOLE
        return together(self._fits(dialled)) if _SIGNS.issuperset(dialled) else Fit.NO

    def _fits(self, dialled: str) -> Iterable[Fit]:
        yield from (literal(one).fit(dialled) for one in self._emergency_strings)
        yield from (_code_fit(code, dialled) for code in self._idle_codes)
        yield from (literal(one).fit(dialled) for one in (*self.extensions, *self.services))
        yield _as_beginning(self.extension_span, dialled)
        yield self.slots.fit(dialled)
        yield from (self._outbound_fit(rule, dialled) for rule in self.site.outbound)

    def _code(self, dialled: str) -> Code | None:
        """The longest idle code that the string is, or begins with when the code takes an argument."""
        if dialled[:1] not in self._code_signs:
            return None
        return next((code for code in self._idle_codes if _code_fit(code, dialled).fits), None)

    def _outside(self, dialled: str) -> Iterable[tuple[Outbound, str]]:
        for rule in self.site.outbound:
            if self._outbound_fit(rule, dialled).fits:
                yield rule, dialled.removeprefix(rule.prefix or "")

    @staticmethod
    def _outbound_fit(rule: Outbound, dialled: str) -> Fit:
        prefix = rule.prefix or ""
        pattern = digit_map(rule.match) if rule.match else _ANYTHING
        if not dialled.startswith(prefix):
            return Fit.PARTIAL if prefix.startswith(dialled) else Fit.NO
        return pattern.fit(dialled.removeprefix(prefix))


def _services(site: Site) -> dict[str, str]:
    """Numbers of the box that are no telephones, with their kind."""
    kinds = (("group", site.ring_groups), ("queue", site.queues), ("room", site.rooms), ("menu", site.menus))
    return {one.number: kind for kind, places in kinds for one in places}


def _prefixes(site: Site) -> tuple[str, ...]:
    """What may come before an outside number."""
    return tuple(dict.fromkeys((site.numbering.outbound_prefix, *(r.prefix for r in site.outbound if r.prefix))))


def _as_beginning(numbers: Span, dialled: str) -> Fit:
    """An unused number of the span is waited for, so that it is refused as a whole and not at its first digit."""
    return Fit.PARTIAL if numbers.fit(dialled) is Fit.PARTIAL else Fit.NO


def _code_fit(code: Code, dialled: str) -> Fit:
    """Codes with an argument never end by themselves: product.md section 1 (`**1x` must wait)."""
    if not dialled.startswith(code.digits):
        return Fit.PARTIAL if code.digits.startswith(dialled) else Fit.NO
    argument = dialled.removeprefix(code.digits)
    if code.argument == "none":
        return Fit.NO if argument else Fit.WHOLE
    if not argument:
        return Fit.LONGER if code.argument == "number" else Fit.PARTIAL
    if code.argument == "number" and all(sign in "0123456789*#+" for sign in argument):
        return Fit.LONGER
    return Fit.LONGER if argument.isdigit() else Fit.NO

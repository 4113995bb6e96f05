"""What differs from country to country on analog lines: tones, ring, flash, caller ID, chip values, emergency numbers.

The values are data in `firmware/countries/<code>.toml`, each with its source; the listing of that folder is the list
of countries. Not responsible for making or detecting a tone, nor for caller ID messages (`callerid.py`).
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

COUNTRIES = Path(__file__).parent.parent / "countries"
DEFAULT_LEVEL_DBM0 = -13.0  # ITU-T E.180 clause 7: tones lie between -15 and -5 dBm0
TONE_NAMES = (
    "dial", "ringback", "busy", "congestion", "stutter", "call_waiting", "howler", "confirmation", "error",
)  # fmt: skip


class CountryError(ValueError):
    """No such country, or its file is wrong; the message names the value and what is allowed."""


@dataclass(frozen=True, slots=True)
class ToneSegment:
    """One step of a tone. Frequencies in Hz: none is silence, two sound together; a negative second one modulates the
    first. `on_ms` = `off_ms` = 0 in a lone repeated segment: it sounds for ever."""

    freqs_hz: tuple[float, ...]
    on_ms: int
    off_ms: int


@dataclass(frozen=True, slots=True)
class Tone:
    name: str
    segments: tuple[ToneSegment, ...]
    repeat: bool = True
    level_dbm0: float = DEFAULT_LEVEL_DBM0


@dataclass(frozen=True, slots=True)
class RingCadence:
    """Bursts of ringing: (on_ms, off_ms) pairs, repeated until stopped. `name` is its distinctive type."""

    name: str
    bursts_ms: tuple[tuple[int, int], ...]

    @property
    def period_ms(self) -> int:
        return sum(on + off for on, off in self.bursts_ms)


@dataclass(frozen=True, slots=True)
class FlashTiming:
    """Open loop of `min_ms` to `max_ms` is a flash; longer is on-hook. `send_ms` is what we send to the office."""

    min_ms: int
    max_ms: int
    send_ms: int


@dataclass(frozen=True, slots=True)
class PulseTiming:
    """Dial pulses. Breaks from `break_min_ms` up to the flash's `min_ms` count; a digit ends after `gap_ms` of loop."""

    break_min_ms: int
    gap_ms: int
    send_break_ms: int
    send_make_ms: int
    send_gap_ms: int


@dataclass(frozen=True, slots=True)
class CallerIdSpec:
    """How a caller is shown to an on-hook telephone. Times in ms; `alert` says what comes before the FSK."""

    standard: Literal["bell202", "v23"]
    alert: Literal["after-first-ring", "reversal-and-dtas"]
    before_fsk_ms: int  # silence between the alert and the FSK
    after_fsk_ms: int  # silence between the FSK and what follows (for "reversal-and-dtas": the first ring)

    @property
    def before_ring(self) -> bool:
        return self.alert != "after-first-ring"

    @property
    def alert_tone(self) -> Tone:
        """The tone that wakes a display before the first ring, with the silence up to the FSK (BT SIN 227 DT-AS)."""
        return Tone("dt-as", (ToneSegment((2130.0, 2750.0), 100, self.before_fsk_ms),), False, -16.0)


@dataclass(frozen=True, slots=True)
class SlicValues:
    """Si3210/15: DR10 impedance code (TISS 0..7) and the ringing frequency."""

    impedance: int
    ring_hz: float


@dataclass(frozen=True, slots=True)
class DaaValues:
    """Si3050: R16 (OHS, RZ, RT), R26 (DCV, MINI, ILIM), R30 (ACIM), R31 (its OHS2 bit), R59 (spark quench)."""

    r16: int
    r26: int
    r30: int
    r31: int
    r59: int


@dataclass(frozen=True, slots=True)
class Country:
    """All that a box in this country does its own way. `tones` has every name of TONE_NAMES."""

    code: str  # ISO 3166-1 alpha-2, upper case
    name: str
    tones: Mapping[str, Tone]
    ring: RingCadence
    distinctive: Mapping[str, RingCadence]
    flash: FlashTiming
    pulse: PulseTiming
    caller_id: CallerIdSpec
    slic: SlicValues
    daa: DaaValues
    emergency: tuple[str, ...]
    premium: tuple[str, ...]  # how numbers begin that cost more than a call within the country

    def cadence(self, distinctive: str | None = None) -> RingCadence:
        """The ring of a distinctive type ("dr2" …), the normal one for None. CountryError for an unknown type."""
        if distinctive is None:
            return self.ring
        try:
            return self.distinctive[distinctive]
        except KeyError:
            raise CountryError(f"ring type {distinctive}: allowed are {', '.join(self.distinctive)}") from None


# Telcordia GR-506-CORE 14.5.1 as in Asterisk's chan_dahdi distinctive ring defaults ("Bellcore-dr2" … in SIP).
DISTINCTIVE = {
    "dr2": RingCadence("dr2", ((800, 400), (800, 4000))),
    "dr3": RingCadence("dr3", ((400, 200), (400, 200), (800, 4000))),
    "dr4": RingCadence("dr4", ((300, 200), (1000, 200), (300, 4000))),
}


def country_codes() -> tuple[str, ...]:
    """Every country there is, as upper-case codes in order."""
    return tuple(sorted(file.stem.upper() for file in COUNTRIES.glob("*.toml")))


@cache
def load_country(code: str) -> Country:
    """The country of an ISO 3166 code, in either case. Raises CountryError."""
    file = COUNTRIES / f"{code.lower()}.toml"
    if code.upper() not in country_codes():
        raise CountryError(f"country {code}: allowed are {', '.join(country_codes())}")
    with file.open("rb") as data:
        return country_from(code.upper(), tomllib.load(data))


def country_from(code: str, data: dict[str, Any]) -> Country:
    """A Country from the parsed file. Raises CountryError on a missing, unknown or malformed key."""
    try:
        tones = {name: parse_tone(name, text) for name, text in data["tones"].items()}
        if wrong := set(TONE_NAMES) ^ set(tones):
            raise CountryError(f"country {code}: tones {', '.join(sorted(wrong))} missing or unknown")
        return Country(
            code=code,
            name=data["name"],
            tones=tones,
            ring=RingCadence("normal", _pairs(data["ring"]["cadence_ms"])),
            distinctive=DISTINCTIVE,
            flash=FlashTiming(**data["flash"]),
            pulse=PulseTiming(**data["pulse"]),
            caller_id=CallerIdSpec(**data["caller_id"]),
            slic=SlicValues(data["slic"]["impedance"], data["ring"]["hz"]),
            daa=DaaValues(**data["daa"]),
            emergency=tuple(data["emergency"]["numbers"]),
            premium=tuple(data["premium"]["numbers"]),
        )
    except KeyError as missing:
        raise CountryError(f"country {code}: the key {missing.args[0]} is missing") from missing
    except TypeError as wrong:
        raise CountryError(f"country {code}: {wrong}") from wrong


def _pairs(numbers: list[int]) -> tuple[tuple[int, int], ...]:
    if len(numbers) % 2 or not numbers:
        raise CountryError(f"cadence {numbers}: on and off times in pairs are allowed")
    return tuple(zip(numbers[::2], numbers[1::2], strict=True))


def parse_tone(name: str, text: str) -> Tone:
    """A tone from `[once] FREQS [ON/OFF], …`: "425", "480+620 500/500", "400*25 400/200, 400*25 400/2000"."""
    words = text.removeprefix("once ")
    segments = tuple(_parse_segment(name, part.split()) for part in words.split(","))
    return Tone(name, segments, repeat=words == text)


def _parse_segment(name: str, words: list[str]) -> ToneSegment:
    try:
        freqs, *cadence = words
        on_ms, off_ms = (int(part) for part in cadence[0].split("/")) if cadence else (0, 0)
        if "*" in freqs:
            carrier, modulation = (float(part) for part in freqs.split("*"))
            return ToneSegment((carrier, -modulation), on_ms, off_ms)
        return ToneSegment(tuple(float(part) for part in freqs.split("+") if part != "0"), on_ms, off_ms)
    except (ValueError, IndexError):
        allowed = "FREQS or FREQS ON/OFF with FREQS like 425, 350+440, 400*25 are allowed"
        raise CountryError(f"tone {name}: {' '.join(words)}: {allowed}") from None

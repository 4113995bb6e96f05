"""Every country file loads whole; the notation of tones; what a wrong file says."""

import pytest

from firmware.telephony.country import TONE_NAMES, CountryError, ToneSegment, country_codes, load_country, parse_tone


@pytest.mark.parametrize("code", country_codes())
def test_every_country_is_complete_and_sane(code: str) -> None:
    country = load_country(code)
    assert set(country.tones) == set(TONE_NAMES)
    for tone in country.tones.values():
        assert len(tone.segments) <= 16  # what the native tone port takes
        assert all(len(part.freqs_hz) in (1, 2) for part in tone.segments)
    assert country.pulse.break_min_ms < country.flash.min_ms < country.flash.max_ms
    assert country.pulse.send_break_ms + country.pulse.send_make_ms == 100  # ten pulses a second
    assert country.emergency
    assert 0 <= country.slic.impedance <= 7


def test_code_in_either_case_and_unknown_code() -> None:
    assert load_country("de") == load_country("DE")
    with pytest.raises(CountryError, match="country XX: allowed are DE, FR, GB, US"):
        load_country("XX")


def test_tone_notation() -> None:
    ring = parse_tone("ringback", "400+450 400/200, 400+450 400/2000")
    assert ring.repeat
    assert ring.segments == (ToneSegment((400.0, 450.0), 400, 200), ToneSegment((400.0, 450.0), 400, 2000))
    assert parse_tone("dial", "425").segments == (ToneSegment((425.0,), 0, 0),)
    assert parse_tone("dial", "400*25").segments[0].freqs_hz == (400.0, -25.0)
    assert not parse_tone("beep", "once 1400 400/0").repeat


@pytest.mark.parametrize("text", ["", "loud", "425 500", "425 500/x", "425 1/2/3"])
def test_malformed_tone_names_the_text(text: str) -> None:
    with pytest.raises(CountryError, match="tone busy"):
        parse_tone("busy", text)


def test_ring_types() -> None:
    country = load_country("US")
    assert country.cadence().bursts_ms == ((2000, 4000),)
    assert country.cadence("dr2").period_ms == 6000
    with pytest.raises(CountryError, match="ring type loud: allowed are dr2, dr3, dr4"):
        country.cadence("loud")

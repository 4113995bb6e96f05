"""What is said of a site file that is taken or refused, and what waits for the next start."""

import pytest

from firmware.contract import wire
from firmware.telephony.site import Place, Sip, Site
from firmware.telephony.site.check import Checked, checked
from firmware.telephony.site.next_start import next_start
from firmware.telephony.site.outcome import in_words
from firmware.telephony.site.problem import Problem

TEXT = 'version: 1\nfax: {header: X}\nextensions: [{number: "101", name: A}]\n'


def test_problems_warnings_and_what_waits_are_told_apart() -> None:
    said = in_words(checked(TEXT), ["sip.udp"])
    assert said.problems == ()
    assert "extensions[0]: has neither port nor sip: nothing rings" in said.warnings
    assert said.not_active == ("fax (1 entry)",)
    assert said.next_start == ("sip.udp",)
    assert in_words(checked("version: 2")).problems == ("version: 2 is not allowed (allowed: 1)",)


@pytest.mark.parametrize("sign", ["x", '"', "ü", "☎"])
def test_any_number_of_problems_fits_into_a_message(sign: str) -> None:
    problems = tuple(Problem(("extensions", n), sign * 60, fatal=n % 2 == 0) for n in range(5000))
    said = in_words(Checked(None, problems, tuple(sign * 60 for _ in range(5000))), [sign * 100_000])
    assert wire.encode(said)
    assert said.problems[0] == f"extensions[0]: {sign * 60}"
    assert said.problems[-1] == f"... and {2500 - len(said.problems) + 1} more"
    assert said.next_start == ("... and 1 more",)


def test_what_counts_after_the_next_start() -> None:
    before = Site(site=Place(country="DE"), sip=Sip(rtp_ports="20000-20999"))
    now = Site(site=Place(country="GB", name="X"), sip=Sip(udp=("0.0.0.0:5070",), max_expires_s=99, codecs=("pcma",)))
    assert next_start(before, before, fixed_sip=False) == []
    lines = next_start(before, now, fixed_sip=False)
    assert [line.partition(":")[0] for line in lines] == ["site.country", "sip.rtp_ports", "sip.udp"]
    assert next_start(before, now, fixed_sip=True)[2].endswith("(not while --sip is given)")

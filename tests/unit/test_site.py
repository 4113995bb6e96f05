"""The site file: reading, checking, exporting."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.telephony.site import Extension, ExtensionSip, Forward, SipTrunk, Site, Voicemail
from firmware.telephony.site import text as site_text
from firmware.telephony.site.check import checked
from firmware.telephony.site.export import differences, exported
from firmware.telephony.site.secrets import ha1, taken_over
from firmware.telephony.site.validate import validated

ROOT = Path(__file__).parents[2]
EXAMPLE = (Path(__file__).parent / "data/site-example.yaml").read_text()
DEMO = (ROOT / "demo/site.yaml").read_text()
BASE = """
site: {country: DE}
extensions:
  - {number: "101", name: A, port: fxs1}
  - {number: "103", name: B, sip: {secret: a-long-enough-one}}
trunks:
  - {name: line1, type: fxo, port: fxo1}
hours: {office: {weekdays: "mo-fr 09:00-18:00"}}
"""


def fatal(text: str) -> list[str]:
    return [str(problem) for problem in checked(text).problems if problem.fatal]


def warnings(text: str) -> list[str]:
    return [str(problem) for problem in checked(text).problems if not problem.fatal]


def test_the_specifications_example_loads_without_a_word() -> None:
    outcome = checked(EXAMPLE)
    assert outcome.site is not None
    assert outcome.problems == ()
    assert [one.number for one in outcome.site.extensions] == ["101", "102", "103", "104", "109"]
    assert "extensions.sip.srtp (1 entry)" in outcome.not_active


def test_everything_in_the_demo_is_there() -> None:
    outcome = checked(DEMO)
    assert outcome.site is not None
    assert outcome.problems == ()
    assert outcome.not_active == ()


def test_an_empty_file_is_a_box_with_defaults() -> None:
    assert checked("").site == Site()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("sitee: {}", 'sitee: unknown key (did you mean "site"? allowed: version, site, numbering'),
        ("version: 2", "version: 2 is not allowed (allowed: 1)"),
        ("extensions: [{number: 101, name: A}]", 'extensions[0].number: 101 is a number: write it in quotes, "101"'),
        ('extensions: [{number: "101"}]', "extensions[0].name: is missing (allowed: 1 to 64 characters"),
        ("extensions: [foo]", 'extensions[0]: "foo" is no section (allowed: keys with values)'),
        ("extensions: {}", "extensions: {} is no list of sections (allowed: at most 800 entries)"),
        ("numbering: {first_digit_s: 0}", "numbering.first_digit_s: 0 is too small (allowed: 1 to 60)"),
        ("sip: {min_expires_s: 9999}", "sip.min_expires_s: 9999 is too large (allowed: 30 to 3600)"),
        ("portal: {enabled: on}", 'portal.enabled: "on" is no yes or no (allowed: true, false)'),
        ("site: {country: NO}", 'site.country: "NO" is not known (allowed: '),
        ("site: {timezone: Mars/Base}", 'site.timezone: "Mars/Base" is no time zone (allowed: such as Europe/Berlin'),
        ("trunks: [{name: x, type: isdn}]", 'trunks[0].type: "isdn" is not known (allowed: fxo, sip)'),
        ("trunks: [{name: x, type: sip}]", "trunks[0].host: is missing (allowed: a host name or an address)"),
        ("sip: {codecs: []}", "sip.codecs: 0 entries are too few (allowed: at least 1 entries"),
        ("blacklist: ['abc']", 'blacklist[0]: "abc" does not fit (allowed: a number; a final * stands'),
        (
            "limits: {outbound_per_minute: true}",
            "limits.outbound_per_minute: true is no whole number (allowed: 1 to 1000)",
        ),
    ],
)
def test_errors_name_the_key_the_value_and_what_is_allowed(text: str, problem: str) -> None:
    assert any(one.startswith(problem) for one in fatal(text)), fatal(text)


def test_a_secret_that_is_refused_is_not_shown() -> None:
    text = 'extensions: [{number: "101", name: A, sip: {secret: tooshort}, voicemail: {pin: 99}}]'
    assert fatal(text) == [
        "extensions[0].sip.secret: a value of 8 characters is too short (allowed: 12 to 64 characters, no spaces)",
        "extensions[0].voicemail.pin: is a number: write it in quotes",
    ]


def test_every_problem_is_reported_at_once() -> None:
    text = 'sitee: {}\nversion: 2\nextensions: [{number: "1"}, 5]\nlimits: 3'
    assert len(fatal(text)) == 6


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: &x 1\nb: *x", "line 1: anchors and aliases (& and *) are not allowed"),
        ("a: 1\na: 2", 'line 2: the key "a" is there twice'),
        ("a: !!python/object:os.system 1", "line 1: tags (!) are not allowed"),
        ("a: 1\n---\nb: 2", "line 2: a second document is not allowed"),
        ("[" * 30, "line 1: nested too deep (allowed: 20 levels)"),
        ("site:\n  name: [", "line 2: expected the node content, but found '<stream end>'"),
        ("site:\n\tname: x", "line 2: found character '\\t' that cannot start any token"),
        ("{1.5: 2}", "line 1: 1.5 cannot be a key"),
        ("x" * 1_000_001, "1000001 characters are too many (allowed: 1000000)"),
    ],
)
def test_what_is_no_site_file_at_all(text: str, problem: str) -> None:
    assert fatal(text) == [problem]


def test_words_stay_words() -> None:
    assert site_text.read("a: NO\nb: 12:30\nc: 0123\nd: 2026-12-25\ne: off\nf: 1e5\ng: ~\nh: true\ni: 5\nj: 1.5") == {
        "a": "NO", "b": "12:30", "c": "0123", "d": "2026-12-25", "e": "off", "f": "1e5",
        "g": None, "h": True, "i": 5, "j": 1.5,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ('ring_groups: [{number: "101", name: G, members: ["101"]}]', 'ring_groups[0].number: "101" is taken by'),
        ("queues: [{number: '620', name: G, agents: ['199']}]", 'queues[0].agents[0]: "199" is no extension'),
        ("outbound: [{name: o, prefix: '9', trunks: [x]}]", 'outbound[0].trunks[0]: "x" is no trunk (allowed: line1)'),
        ("outbound: [{name: o, trunks: [line1]}]", "outbound[0]: needs prefix or match"),
        ("outbound: [{name: o, match: '[5-1]', trunks: [line1]}]", 'outbound[0].match: "[5-1]": "[5-1]" is no set'),
        ("outbound: [{name: o, prefix: '9', trunks: [line1], hours: x}]", 'outbound[0].hours: "x" is no schedule'),
        ("inbound: [{trunk: x, to: '101'}]", 'inbound[0].trunk: "x" is no trunk (allowed: line1)'),
        ("inbound: [{to: '199'}]", 'inbound[0].to: "199" is no number of this box (allowed: '),
        ("inbound: [{to: operator}]", 'inbound[0].to: "operator" is not set up (set numbering.operator)'),
        ("inbound: [{to: queue/631}]", 'inbound[0].to: "631" is no queue (allowed: none are set up)'),
        ("inbound: [{to: voicemail/101}]", 'inbound[0].to: "101" is no extension with voicemail'),
        ("inbound: [{to: '101', otherwise: '103'}]", "inbound[0].otherwise: has no meaning without hours"),
        ("numbering: {operator: '199'}", 'numbering.operator: "199" is no extension (allowed: 101, 103)'),
        ("numbering: {parking: 60-41}", 'numbering.parking: "60-41": the first number is higher'),
        ("numbering: {rooms: 90-100}", 'numbering.rooms: "90-100": both numbers need as many digits'),
        ("emergency: {trunks: [x]}", 'emergency.trunks[0]: "x" is no trunk'),
        ("emergency: {notify: ['a@b.test', '199']}", 'emergency.notify[1]: "199" is no extension (allowed: 101, 103)'),
        ("alarms: {call: ['199']}", 'alarms.call[0]: "199" is no extension (allowed: 101, 103)'),
        ("alarms: {webhook: {allow: [10.0.0.0/99]}}", "alarms.webhook.allow[0]: "),
        ("alarms: {webhook: {url: 'http://a.test:99999/'}}", "alarms.webhook.url: "),
        ("blacklist: ['101']", 'blacklist[0]: "101" is an extension (allowed: other outside numbers)'),
        ("blacklist: ['112']", 'blacklist[0]: "112" is an emergency number'),
        ("sip: {rtp_ports: 9000-8000}", 'sip.rtp_ports: "9000-8000" is no range of ports'),
        ("sip: {udp: ['1.2.3.4:99999']}", 'sip.udp[0]: "1.2.3.4:99999": port 99999 is out of range'),
        ("sip: {udp: ['999.2.3.4:5060']}", 'sip.udp[0]: "999.2.3.4:5060": '),
        ("sip: {default_expires_s: 7200}", "sip.default_expires_s: 7200 is out of range (allowed: 60 to 3600"),
        ("limits: {sources: [{name: x, network: 1.2.3.4/40, per_s: 5}]}", "limits.sources[0].network: "),
        ("rooms: [{number: '80'}]", 'rooms[0].number: "80" is no room (allowed: 90-99'),
        ("rooms: [" + "{number: '90'}, " * 21 + "]", "rooms: 21 entries are too many (allowed: "),
        ("rooms: [{number: '90', pin: '1234', admin_pin: '1234'}]", "rooms[0].admin_pin: must differ from pin"),
        ("feature_codes: {dnd: '*74'}", "feature_codes.dnd: no such code (allowed: voicemail, "),
        ("feature_codes: {dnd-on: '*60'}", 'feature_codes.dnd-on: "*60" is the code of both voicemail and dnd-on'),
        ("feature_codes: {dnd-on: '101'}", 'feature_codes.dnd-on: "101" clashes with the extension 101'),
        ("feature_codes: {dnd-on: '90'}", 'feature_codes.dnd-on: "90" clashes with the room 90'),
        ("feature_codes: {dnd-on: '97'}", 'feature_codes.dnd-on: "97" clashes with the outbound prefix 9'),
        ("feature_codes: {dnd-on: '41'}", 'feature_codes.dnd-on: "41" clashes with the parking slots 41-60'),
        ("feature_codes: {dnd-on: '55'}", 'feature_codes.dnd-on: "55" clashes with the parking slots 41-60'),
        ("feature_codes: {dnd-on: '250'}", 'feature_codes.dnd-on: "250" clashes with the extensions 100-899'),
        ("feature_codes: {dnd-on: '1125'}", 'feature_codes.dnd-on: "1125" clashes with the emergency number 112'),
        ("feature_codes: {dnd-on: '*7#'}", 'feature_codes.dnd-on: "*7#" cannot be dialled: # ends a number (N2)'),
    ],
)  # fmt: skip
def test_rules_between_settings(more: str, problem: str) -> None:
    found = fatal(BASE + more)
    assert any(one.startswith(problem) for one in found), found


@pytest.mark.parametrize(
    ("number", "country", "span", "reason"),
    [
        ("112", "DE", "100-899", "is reserved: it is the emergency number 112"),
        ("110", "DE", "100-899", "is reserved: it is the emergency number 110"),
        ("1101", "DE", "1000-8999", "is reserved: it begins like the emergency number 110"),
        ("911", "US", "100-999", "is reserved: it is the emergency number 911"),
        ("950", "DE", "100-999", "is reserved: it begins with the outbound prefix 9"),
        ("11", "DE", "10-89", "is reserved: `**11` is a feature code"),
        ("45", "DE", "10-89", "is reserved: it lies in numbering.parking, 41-60"),
        ("99", "DE", "10-99", "is reserved: it lies in numbering.rooms, 90-99"),
        ("900", "DE", "100-899", "is reserved: it begins with the outbound prefix 9"),
        ("1000", "DE", "100-899", "is out of range (allowed: 100-899, numbering.extensions)"),
    ],
)
def test_reserved_numbers(number: str, country: str, span: str, reason: str) -> None:
    place = f"site: {{country: {country}}}\nnumbering: {{extensions: {span}}}"
    text = f'{place}\nextensions: [{{number: "{number}", name: A}}]'
    assert f'extensions[0].number: "{number}" {reason}' in fatal(text)


def test_what_is_there_twice() -> None:
    text = """
extensions:
  - {number: "101", name: A, port: fxs1}
  - {number: "101", name: B, port: fxs1, sip: {}, forward: {always: "101"}}
trunks: [{name: l, type: fxo, port: fxo1}, {name: l, type: fxo, port: fxo1}]
"""
    assert fatal(text) == [
        'extensions[1].number: "101" is taken by extensions[0]',
        'trunks[1].name: "l" is taken by trunks[0]',
        'extensions[1].port: "fxs1" is taken by extensions[0]',
        'trunks[1].port: "fxo1" is taken by trunks[0]',
        'extensions[1].forward.always: "101" is the extension itself',
    ]


def test_passwords_are_given_one_way() -> None:
    digests = ha1("101", "r", "secret")
    both = f"ha1: {{md5: {digests.md5}, sha256: {digests.sha256}}}"
    text = 'extensions: [{{number: "101", name: A, sip: {{{}}}}}]\nsip: {{realm: {}}}'
    assert fatal(text.format(both, "r")) == []
    assert fatal(text.format(both, "null")) == ["sip.realm: is missing: extensions[0].sip.ha1 was made for one"]
    assert fatal(text.format(both + ", secret: a-long-enough-one", "r")) == [
        "extensions[0].sip: secret and ha1 cannot both be given"
    ]
    assert fatal("trunks: [{name: x, type: sip, host: h}]") == [
        "trunks[0].username: is missing: the trunk is to register (or set register: false)"
    ]


def test_warnings_do_not_refuse() -> None:
    text = """
site: {country: US}
extensions: [{number: "101", name: A}, {number: "102", name: B, sip: {}}]
inbound: [{to: "101"}, {to: "102"}]
feature_codes: {dnd-on: "*606"}
"""
    assert checked(text).site is not None
    assert warnings(text) == [
        "numbering.outbound_prefix: 911 is an emergency number: after 9, no outside number can begin with 11",
        "feature_codes.dnd-on: *60 begins dnd-on (*606): on analog telephones it waits for # or a time-out",
        "trunks: there is none: emergency calls cannot leave this box",
        "inbound[1]: never holds: inbound[0] takes every call before it",
        "extensions[0]: has neither port nor sip: nothing rings",
        "extensions[1].sip: no secret is given: unless the box has one, nothing can register",
    ]


@pytest.mark.parametrize(
    ("text", "rooms"),
    [
        ("", ["90", "91", "92"]),
        ("numbering: {rooms: 800-819, extensions: 100-799}", ["800", "801", "802"]),
        ("numbering: {rooms: 80-81}", ["80", "81"]),
        ("numbering: {rooms: 80-89}\nrooms: [{number: '85'}]", ["85"]),
        ("numbering: {rooms: 80-89}\nrooms: []", []),
    ],
)
def test_three_rooms_are_there_unless_others_are_named(text: str, rooms: list[str]) -> None:
    """N4: within the box's own numbering plan, and in its export."""
    site = checked(text).site
    assert site is not None
    assert [room.number for room in site.rooms] == rooms
    assert checked(exported(site)).site == site


def test_codes_that_are_in_the_way_are_told_of() -> None:
    text = """
extensions: [{number: "101", name: A, port: fxs1}]
trunks: [{name: x, type: fxo, port: fxo1}]
feature_codes: {dnd-on: "1010", park: "4", record: "*", transfer-attended: "*20"}
"""
    assert warnings(text)[1:] == [
        "feature_codes.record: * begins transfer-attended (*20): it waits for a pause",
        "feature_codes.record: * begins conference-create (*0): it waits for a pause",
        "feature_codes.dnd-on: the extension 101 begins it: on analog telephones 101 has to wait",
        "feature_codes.park: menus of others that ask for 4 cannot be answered any more in a call",
    ]


def test_a_follow_me_list_that_is_too_long_is_told_of() -> None:
    """2.11: callers give up."""
    steps = ", ".join('{number: "102", ring_s: 60}' for _ in range(2))
    text = f"""
extensions: [{{number: "101", name: A, port: fxs1, follow_me: {{enabled: true, list: [{steps}]}}}}]
trunks: [{{name: x, type: fxo, port: fxo1}}]
"""
    assert warnings(text)[1:] == []
    more = text.replace("enabled: true", "enabled: true, own_ring_s: 40").replace("]}}", ', {number: "102"}]}}')
    assert warnings(more)[1:] == [
        "extensions[0].follow_me.list[1].ring_s: rings for 50 s only: 150 s are over then",
        "extensions[0].follow_me.list[2]: is never tried: 150 s are over by then",
    ]
    assert warnings(more.replace("enabled: true", "enabled: false"))[1:] == []


def test_a_forward_that_follow_me_sets_aside_is_told_of() -> None:
    """2.11"""
    text = """
extensions:
  - {number: "101", name: A, port: fxs1, forward: {no_answer: "102"}, follow_me: {enabled: true}}
  - {number: "102", name: B, port: fxs2, forward: {no_answer: "101"}, follow_me: {enabled: false}}
trunks: [{name: x, type: fxo, port: fxo1}]
"""
    assert warnings(text)[1:] == ["extensions[0].forward.no_answer: has no effect while follow_me is on"]


def test_mail_needs_a_sender_and_warns_of_a_password_in_the_open() -> None:
    assert fatal("mail: {host: mail.example.test}") == [
        "mail.sender: is missing: mails need an address that they come from"
    ]
    assert fatal("mail: {host: mail.example.test, user: box@example.test, secret: words}") == []
    open_ = "mail: {host: mail.example.test, user: box@example.test, secret: words, tls: none}"
    assert "mail.tls: is none: the password of mail.user can be read by anyone on the way" in warnings(open_)


def test_a_voicemail_password_is_not_the_extension() -> None:
    text = 'numbering: {extensions: 1000-8999}\nextensions: [{number: "4711", name: A, voicemail: {pin: "4711"}}]'
    assert fatal(text) == ["extensions[0].voicemail.pin: is the extension's number (allowed: 4 to 12 other digits)"]


def test_what_is_not_active_is_counted() -> None:
    text = """
extensions: [{number: "101", name: A, sip: {secret: secret-of-101, srtp: optional}, fax: true, department: null}]
trunks: [{name: x, type: sip, host: h, register: false, transport: tls}]
menus: []
limits: {max_call_minutes: 60}
"""
    assert checked(text).not_active == ("extensions.sip.srtp (1 entry)", "trunks.transport: tls (1 entry)")


def test_ha1_of_rfc_7616() -> None:
    """Section 3.9.1: user Mufasa, realm http-auth@example.org, password Circle of Life."""
    digests = ha1("Mufasa", "http-auth@example.org", "Circle of Life")
    assert digests.md5 == "3d78807defe7de2157e2b0b6573a855f"
    assert digests.sha256 == "7987c64c30e25f1b74be53f966b49b90f2808aa92faf9a00262392d7b4794232"


def test_no_secret_reaches_a_log() -> None:
    site = checked(EXAMPLE).site
    assert site is not None
    for secret in ("anna-secret-103", "provider-secret", "4711", "9876"):
        assert secret not in repr(site)
        assert secret not in str(taken_over(site, Site()))


@pytest.mark.parametrize("text", [EXAMPLE, DEMO, ""])
def test_what_is_exported_can_be_imported(text: str) -> None:
    site = checked(text).site
    assert site is not None
    box = taken_over(site, Site(sip=msgspec.structs.replace(site.sip, realm="box")))
    assert checked(exported(box, secrets=True)).site == box
    bare = checked(exported(box)).site
    assert bare is not None
    assert taken_over(bare, box) == box


def test_an_export_has_no_secrets_unless_asked() -> None:
    site = checked(EXAMPLE).site
    assert site is not None
    box = taken_over(site, Site())
    for secret in ("anna-secret-103", "provider-secret", "4711", "8215", "9876", "md5"):
        assert secret not in exported(box)
    assert "anna-secret-103" not in exported(box, secrets=True)
    assert all(secret in exported(box, secrets=True) for secret in ("provider-secret", "4711", "9876", "sha256"))


def test_differences_are_told_by_name() -> None:
    old = Site(extensions=(Extension(number="101", name="A"), Extension(number="102", name="B", sip=ExtensionSip())))
    new = Site(
        extensions=(
            Extension(number="102", name="B", voicemail=Voicemail(pin="4711"), forward=Forward(always="101")),
            Extension(number="103", name="C", sip=ExtensionSip()),
        ),
        trunks=(SipTrunk(name="p", host="h", secret="s"),),
    )
    assert differences(old, new) == [
        'extensions[101].number: "101" -> not given',
        'extensions[101].name: "A" -> not given',
        "extensions[102].sip: {} -> not given",
        'extensions[102].forward.always: not given -> "101"',
        "extensions[102].voicemail.pin: not given -> (secret)",
        'extensions[103].number: not given -> "103"',
        'extensions[103].name: not given -> "C"',
        "extensions[103].sip: not given -> {}",
        'trunks[p].name: not given -> "p"',
        'trunks[p].host: not given -> "h"',
        "trunks[p].secret: not given -> (secret)",
    ]
    assert differences(old, old) == []


@given(st.text(max_size=200) | st.text("{}[]:,-&*!|>'\"\n\t #a1?%@`", max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    checked(text)


scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12)
keys = st.sampled_from(
    [*Site.__struct_fields__, *Extension.__struct_fields__, *SipTrunk.__struct_fields__, "type", "secret", "list"]
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4), max_leaves=12
)


@given(values)
def test_no_values_break_the_check(value: Any) -> None:
    """What has no problem is a site by msgspec's measure, too; what has one is none."""
    outcome = validated(value)
    if isinstance(outcome, Site):
        assert msgspec.convert(value or {}, Site) == outcome
    else:
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(value, Site)

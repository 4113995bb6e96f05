"""The rules of SUBSCRIBE and the documents of NOTIFY, as tables."""

from datetime import timedelta
from xml.etree import ElementTree

from msgspec.structs import replace

from firmware.calls.lamps import Waiting
from firmware.sip.bindings import Source
from firmware.sip.message import Subscribe
from firmware.sip.presence.documents import Light, dialog_info, summary
from firmware.sip.presence.subscription import Decided, Subscription, event_of, subscribe
from tests.virtual import START

REQUEST = Subscribe(
    username="103", user="41", to_uri="sip:41@192.0.2.1", from_uri="sip:103@192.0.2.1", to_tag="", from_tag="theirs",
    branch="ours", call_id="a@b", cseq=1, event="dialog", contact="sip:103@192.0.2.9", local="192.0.2.1:5060",
    source=Source("192.0.2.9", 5060, "udp"), expires_s=600,
)  # fmt: skip


def decide(request: Subscribe, *known: Subscription, status: int = 200) -> Decided:
    return subscribe(request, known, lambda *_what: status, START)


def made() -> Subscription:
    found = decide(REQUEST).subscription
    assert found is not None
    return found


def test_a_subscription_begins() -> None:
    decided = decide(REQUEST)
    assert decided.reply.status == 200
    assert dict(decided.reply.headers) == {"Expires": "600", "Contact": "<sip:41@192.0.2.1:5060>"}
    assert made().target == "sip:103@192.0.2.9"
    assert made().expires_at == START + timedelta(seconds=600)


def test_a_telephone_behind_nat_is_told_where_it_sends_from() -> None:
    moved = decide(replace(REQUEST, source=Source("198.51.100.2", 40000, "tcp"))).subscription
    assert moved is not None
    assert moved.target == "sip:103@198.51.100.2:40000;transport=tcp"
    assert moved.contact == "sip:41@192.0.2.1:5060;transport=tcp"


def test_the_same_request_again_is_the_same_subscription() -> None:
    assert decide(REQUEST, made()).subscription == made()


def test_refresh_and_end() -> None:
    again = replace(REQUEST, to_tag="ours", cseq=2, branch="other", expires_s=900)
    decided = decide(again, made())
    assert decided.subscription is not None
    assert decided.subscription.expires_at == START + timedelta(seconds=900)
    assert decide(replace(again, expires_s=0), made()).over
    assert decide(replace(again, cseq=0), made()).reply.status == 500
    for wrong in ({"to_tag": "x"}, {"from_tag": "x"}, {"call_id": "x"}):
        assert decide(replace(again, **wrong), made()).reply.status == 481


def test_what_is_refused() -> None:
    assert decide(replace(REQUEST, event="presence")).reply.status == 489
    assert decide(replace(REQUEST, event="")).reply.status == 489
    assert decide(REQUEST, status=403).reply.status == 403
    assert decide(replace(REQUEST, contact=None)).reply.status == 400
    assert decide(replace(REQUEST, contact="sip:a>b@c")).reply.status == 400
    assert decide(replace(REQUEST, expires_s=30)).reply.headers == (("Min-Expires", "60"),)
    full = [replace(made(), call_id=str(n)) for n in range(64)]
    assert decide(REQUEST, *full).reply.status == 403
    assert decide(replace(REQUEST, event="message-summary"), *full).reply.status == 200


def test_times_are_bounded() -> None:
    for asked, got in ((None, 3600), (86_400, 3600), (60, 60), (0, 0)):
        assert dict(decide(replace(REQUEST, expires_s=asked)).reply.headers)["Expires"] == str(got)


def test_event_headers() -> None:
    assert event_of("dialog") == ("dialog", "")
    assert event_of("Dialog;sla;id=7") == ("dialog", "7")


def test_dialog_info_is_xml_and_escapes() -> None:
    root = ElementTree.fromstring(dialog_info('sip:"<&@x', 3, Light.RINGING))
    name = "{urn:ietf:params:xml:ns:dialog-info}"
    assert root.get("version") == "3"
    assert root.get("entity") == 'sip:"<&@x'
    dialog = root.find(f"{name}dialog")
    assert dialog is not None and dialog.get("direction") == "recipient"
    assert dialog.findtext(f"{name}state") == "early"


def test_summary() -> None:
    assert summary("sip:103@x", Waiting(2, 1)).splitlines() == [
        "Messages-Waiting: yes", "Message-Account: sip:103@x", "Voice-Message: 2/1 (0/0)",
    ]  # fmt: skip

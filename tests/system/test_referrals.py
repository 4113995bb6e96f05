"""Transfers that IP telephones make by themselves: REFER, REFER with Replaces, INVITE with Replaces (F11-F15)."""

from collections.abc import Iterator

import pytest

from tests.system.box import Box
from tests.system.sipclient import Dialog, Phone
from tests.system.sipwire import Message, NoAnswer, token
from tests.system.telephones import SITE, House, at, refer, until_bye


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    with Box(tmp_path_factory.mktemp("box"), SITE) as running:
        yield running


def replaces(dialog: Dialog) -> str:
    """Names a dialog as the box sees it: its own tag first."""
    tags = [text.rpartition(";tag=")[2] for text in (dialog.remote, dialog.local)]
    return f"{dialog.call_id};to-tag={tags[0]};from-tag={tags[1]}"


def quoted(text: str) -> str:
    return text.replace("@", "%40").replace(";", "%3B").replace("=", "%3D")


def news(seen: list[Message]) -> list[tuple[str, str]]:
    """What the NOTIFYs say: status line and state of the subscription; all are of the REFER."""
    told = [one for one in seen if one.method == "NOTIFY"]
    assert len({one.get("Event") for one in told}) <= 1
    assert all(one.get("Event").startswith("refer;id=") for one in told)
    assert all(one.get("Content-Type").startswith("message/sipfrag") for one in told)
    return [(one.body.strip(), one.get("Subscription-State").partition(";")[0]) for one in told]


TRYING = ("SIP/2.0 100 Trying", "active")


def done(status: str) -> tuple[str, str]:
    return f"SIP/2.0 {status}", "terminated"


def test_a_blind_transfer_by_refer(house: House) -> None:
    """F11: 202, 100 at once, 200 and BYE when the third party has answered; the record tells it"""
    ben, anna = house.talking(house.ben, house.anna)
    answer = refer(house.anna, anna, f"<{at(house, '105')}>")
    assert answer.status == 202
    called = house.eva.incoming()
    assert called.invite is not None and "104" in called.invite.get("From")
    trying = house.anna.wire.receive()
    house.anna.wire.send(house.anna.reply_to(trying, 200))
    assert news([trying]) == [TRYING]
    with pytest.raises(NoAnswer):  # as long as it rings
        house.anna.wire.receive(1.0)
    house.eva.reply(called, 200)
    seen = until_bye(house.anna, anna)
    assert news(seen) == [done("200 OK")]
    house.box.until(lambda: [one["called"] for one in house.box.status()["calls"]] == ["103"])
    house.ben.bye(ben)
    until_bye(house.eva, called)
    house.box.until(lambda: house.record()[:2] == ("103", "105"))
    assert "sends 104 to 105" in house.record()[2]


def test_a_busy_third_party_is_told_and_the_call_comes_back(house: House) -> None:
    """F12: 486 ends the news and the telephone's call; then it rings with the caller"""
    ben, anna = house.talking(house.ben, house.anna)
    refer(house.anna, anna, f"<{at(house, '105')}>")
    called = house.eva.incoming()
    house.eva.reply(called, 486)
    assert news(until_bye(house.anna, anna)) == [TRYING, done("486 Busy Here")]
    recalled = house.anna.incoming()
    assert recalled.invite is not None and "104" in recalled.invite.get("From")
    house.anna.reply(recalled, 200)
    house.ben.bye(ben)
    until_bye(house.anna, recalled)


def test_a_caller_who_gives_up_ends_the_news(house: House) -> None:
    """F11: the third party still rings"""
    ben, anna = house.talking(house.ben, house.anna)
    refer(house.anna, anna, f"<{at(house, '105')}>")
    house.eva.reply(house.eva.incoming(), 180)
    house.ben.bye(ben)
    assert news(until_bye(house.anna, anna)) == [TRYING, done("487 Request Terminated")]


def test_a_telephone_that_has_hung_up_is_told_nothing_more(house: House) -> None:
    """F11: most do after the 202"""
    ben, anna = house.talking(house.ben, house.anna)
    refer(house.anna, anna, f"<{at(house, '105')}>")
    called = house.eva.incoming()
    assert house.anna.bye(anna).status == 200
    house.eva.reply(called, 200)
    house.box.until(lambda: [one["called"] for one in house.box.status()["calls"]] == ["103"])
    with pytest.raises(NoAnswer):
        while house.anna.wire.receive(1.0).body.strip() == TRYING[0]:
            pass
    house.ben.bye(ben)
    until_bye(house.eva, called)


def test_a_referrer_who_wants_no_news_gets_none(house: House) -> None:
    ben, anna = house.talking(house.ben, house.anna)
    answer = refer(house.anna, anna, f"<{at(house, '105')}>", "Refer-Sub: false")
    assert (answer.status, answer.get("Refer-Sub")) == (202, "false")
    assert [one.method for one in until_bye(house.anna, anna)] == ["BYE"]
    house.ben.bye(ben)


def test_an_attended_transfer_by_refer(house: House) -> None:
    """F13: Anna asks Eva, then connects Ben and Eva; both of her calls end, one record tells it."""
    ben, anna = house.talking(house.ben, house.anna)
    asked, eva = house.talking(house.anna, house.eva)
    answer = refer(house.anna, anna, f"<{at(house, '105')}?Replaces={quoted(replaces(asked))}>")
    assert answer.status == 202
    assert news(until_bye(house.anna, anna)) == [TRYING, done("200 OK")]
    house.ben.bye(ben)
    until_bye(house.eva, eva)
    house.box.until(lambda: "connects 104 to 105" in house.record()[2])
    assert house.record()[:2] == ("103", "105")


def test_a_service_of_the_box_has_the_call_at_once(house: House) -> None:
    """F11: a parking slot"""
    ben, anna = house.talking(house.ben, house.anna)
    refer(house.anna, anna, f"<{at(house, '41')}>")
    assert news(until_bye(house.anna, anna)) == [TRYING, done("200 OK")]
    house.ben.bye(ben)


def test_what_nobody_is_referred_to(house: House) -> None:
    ben, anna = house.talking(house.ben, house.anna)
    foreign = house.talking(house.eva, house.ben)
    for to, status in (
        ("<sip:105@198.51.100.7>", 403),  # not our host
        (f"<{at(house, '105')}?Subject=x>", 400),
        (f"<{at(house, '105')}?Replaces=x>", 400),
        ("<tel:105>", 400),
        (f"<{at(house, '199')}>", 404),
        (f"<{at(house, '104')}>", 403),  # the one who is to be transferred
        (f"<{at(house, '*43')}>", 403),  # a code
        (f"<{at(house, '105')}?Replaces={quoted(replaces(foreign[0]))}>", 481),  # Eva's end: a call of somebody else
        (f"<{at(house, '105')}?Replaces=none%3Bto-tag%3Da%3Bfrom-tag%3Db>", 481),
    ):
        assert refer(house.anna, anna, to).status == status, to
    house.ben.bye(ben)
    house.eva.bye(foreign[0])


def test_a_second_telephone_takes_the_call(house: House) -> None:
    """INVITE with Replaces (RFC 3891) from another telephone of the same extension."""
    ben, anna = house.talking(house.ben, house.anna)
    other = house.phone("103")
    taken = invite_in_place_of(other, replaces(anna))
    assert taken.answer is not None and taken.answer.status == 200
    until_bye(house.anna, anna)
    house.ben.bye(ben)
    until_bye(other, taken)


def test_nobody_takes_the_call_of_another_extension(house: House) -> None:
    ben, anna = house.talking(house.ben, house.anna)
    for wrong in (replaces(anna), "none;to-tag=a;from-tag=b"):
        answer = invite_in_place_of(house.eva, wrong).answer
        assert answer is not None and answer.status == 481
    answer = invite_in_place_of(house.phone("103"), replaces(anna) + ";early-only").answer
    assert answer is not None and answer.status == 486
    with pytest.raises(NoAnswer):  # Anna's call goes on
        while house.anna.wire.receive(0.5).method == "ACK":
            pass
    house.ben.bye(ben)


def invite_in_place_of(phone: Phone, replaced: str) -> Dialog:
    """As `Phone.invite`, with a Replaces header."""
    plain, phone.agent = phone.agent, f"{phone.agent}\r\nReplaces: {replaced}"
    try:
        return phone.invite("103")
    finally:
        phone.agent = plain


def test_a_refer_sent_again_gets_the_same_answer(house: House) -> None:
    ben, anna = house.talking(house.ben, house.anna)
    text = house.anna.in_dialog(anna, "REFER", "Refer-To: <sip:199@" + house.box.sip[0] + ">")
    again = text.replace("branch=z9hG4bK", f"branch=z9hG4bK{token()}")
    assert [house.anna._exchange("REFER", one).status for one in (text, text, again)] == [404] * 3
    house.ben.bye(ben)

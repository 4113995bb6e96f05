"""What IP telephones show after a transfer: told by UPDATE, or by a re-INVITE that leaves the audio alone (F11)."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.system.box import Box
from tests.system.sipclient import Dialog, Phone
from tests.system.sipwire import Message, NoAnswer
from tests.system.telephones import SITE, House, at, refer, until_bye

WITHOUT_UPDATE = "INVITE, ACK, BYE, CANCEL"


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    with Box(tmp_path_factory.mktemp("box"), SITE) as running:
        yield running


def transferred(house: House, by: Phone, dialog: Dialog, to: Phone) -> Dialog:
    """Ben, who talks with `by`, talks with `to` now."""
    refer(by, dialog, f"<{at(house, to.user)}>")
    called = to.incoming()
    to.reply(called, 200)
    until_bye(by, dialog)
    return called


def request(phone: Phone, method: str, timeout_s: float = 3.0) -> Message:
    """The next request of this method; others are passed over."""
    while True:
        message = phone.wire.receive(timeout_s)
        if not message.status and message.method == method:
            return message


def accept(phone: Phone, message: Message) -> None:
    """Answer a re-INVITE and hear its ACK."""
    phone.wire.send(phone.reply_to(message, 200, body=phone.sdp()))
    request(phone, "ACK")


def lines(message: Message | None, *kinds: str) -> list[str]:
    assert message is not None
    return [line for line in message.body.split("\r\n") if line.startswith(kinds)]


def test_a_telephone_that_takes_updates_gets_one(house: House) -> None:
    """F11: caller ID after a transfer"""
    ben, anna = house.talking(house.ben, house.anna)
    eva = transferred(house, house.anna, anna, house.eva)
    update = request(house.ben, "UPDATE")
    house.ben.wire.send(house.ben.reply_to(update, 200))
    assert '"Eva" <sip:105@' in update.get("P-Asserted-Identity")
    house.ben.bye(ben)
    until_bye(house.eva, eva)


def test_a_telephone_without_update_gets_an_invite_that_changes_nothing_of_the_audio(house: House) -> None:
    """F11: the same codecs, address and version of the session"""
    house.ben.allows = WITHOUT_UPDATE
    ben, anna = house.talking(house.ben, house.anna)
    eva = transferred(house, house.anna, anna, house.eva)
    again = request(house.ben, "INVITE")
    assert '"Eva" <sip:105@' in again.get("P-Asserted-Identity")
    assert lines(again, "o=", "c=", "m=", "a=rtpmap", "a=sendrecv") == lines(
        ben.answer, "o=", "c=", "m=", "a=rtpmap", "a=sendrecv"
    )
    accept(house.ben, again)
    with pytest.raises(NoAnswer):
        request(house.ben, "INVITE", 1.0)
    house.ben.bye(ben)
    until_bye(house.eva, eva)


def test_when_both_sides_send_an_invite_at_once_the_box_tries_again(house: House) -> None:
    """F11: 491, and a time by RFC 3261 section 14.1"""
    house.ben.allows = WITHOUT_UPDATE
    ben, anna = house.talking(house.ben, house.anna)
    eva = transferred(house, house.anna, anna, house.eva)
    crossed = request(house.ben, "INVITE")
    house.ben.wire.send(house.ben.reply_to(crossed, 491))
    request(house.ben, "ACK")
    again = request(house.ben, "INVITE", 5.0)
    assert again.get("P-Asserted-Identity") == crossed.get("P-Asserted-Identity")
    accept(house.ben, again)
    house.ben.bye(ben)
    until_bye(house.eva, eva)


def test_no_second_invite_while_one_is_pending(house: House) -> None:
    """F11: transferred twice while the telephone takes its time; in the end it shows the last one"""
    house.ben.allows = WITHOUT_UPDATE
    ben, anna = house.talking(house.ben, house.anna)
    eva = transferred(house, house.anna, anna, house.eva)
    first = request(house.ben, "INVITE")
    house.ben.wire.send(house.ben.reply_to(first, 100))
    house.eva.wire.receive()  # the ACK
    anna = transferred(house, house.eva, eva, house.anna)
    with pytest.raises(NoAnswer):
        request(house.ben, "INVITE", 1.5)
    accept(house.ben, first)
    second = request(house.ben, "INVITE")
    assert '"Anna" <sip:103@' in second.get("P-Asserted-Identity")
    accept(house.ben, second)
    house.ben.bye(ben)
    until_bye(house.anna, anna)


def test_no_invite_into_that_of_the_telephone(house: House) -> None:
    """F11: the telephone holds the call in the very moment, and takes its time to acknowledge"""
    house.ben.allows = WITHOUT_UPDATE
    ben, anna = house.talking(house.ben, house.anna)
    refer(house.anna, anna, f"<{at(house, '105')}>")
    eva = house.eva.incoming()
    headers = (f"Contact: <{house.ben.contact}>", "Content-Type: application/sdp", f"Allow: {WITHOUT_UPDATE}")
    text = house.ben.in_dialog(ben, "INVITE", *headers, body=house.ben.sdp().replace("sendrecv", "sendonly"))
    house.ben.wire.send(text)
    answer = house.ben.final("INVITE")
    assert answer.status == 200
    house.eva.reply(eva, 200)
    house.eva.wire.receive()  # the ACK: the two are connected
    with pytest.raises(NoAnswer):
        request(house.ben, "INVITE", 0.3)
    house.ben.wire.send(house.ben.in_dialog(ben, "ACK", cseq=ben.cseq))
    again = request(house.ben, "INVITE")
    assert '"Eva" <sip:105@' in again.get("P-Asserted-Identity")
    assert lines(again, "a=recvonly") == lines(answer, "a=recvonly") == ["a=recvonly"]  # it holds on
    accept(house.ben, again)
    until_bye(house.anna, anna)
    house.ben.bye(ben)
    until_bye(house.eva, eva)


def test_who_hangs_up_instead_of_answering(house: House) -> None:
    """F11: the call ends for both"""
    house.ben.allows = WITHOUT_UPDATE
    ben, anna = house.talking(house.ben, house.anna)
    eva = transferred(house, house.anna, anna, house.eva)
    crossed = request(house.ben, "INVITE")
    with ThreadPoolExecutor(1) as pool:
        ended = pool.submit(until_bye, house.eva, eva)
        time.sleep(0.2)
        house.ben.wire.send(house.ben.in_dialog(ben, "BYE"))
        assert ended.result()[-1].method == "BYE"
    house.ben.wire.send(house.ben.reply_to(crossed, 487))

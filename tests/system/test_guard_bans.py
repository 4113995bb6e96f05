"""Who is banned, who is only delayed, and who never may be."""

from collections.abc import Iterator

from tests.system.sip_harness import HOST, SipBox
from tests.system.sipclient import Phone
from tests.system.test_guard import URI, answered


def test_ban_after_five_wrong_passwords(fresh: SipBox, hosts: Iterator[str]) -> None:
    thief = Phone(fresh.wire(next(hosts)), "103", "wrong", domain=HOST)
    for _ in range(5):
        thief.credentials.challenge = {}
        assert thief.register().status == 401
    assert not answered(thief)
    [ban] = fresh.do("bans")
    assert (ban["ip"], ban["level"]) == (thief.wire.host, 1)
    assert 3590 < ban["seconds"] <= 3600
    fresh.do("ban", ip=thief.wire.host, seconds=0, level=1)
    thief.credentials.secret = "anna-secret-103"
    assert thief.register().status == 200


def test_claiming_an_address_bans_nobody(fresh: SipBox, hosts: Iterator[str]) -> None:
    """Without a nonce that was sent to the address there is no proof that anybody is there."""
    victim = fresh.phone(next(hosts))
    victim.register()
    real = victim.credentials.challenge["nonce"]
    victim.register(0)
    for nonce in ("A" * 32, real[:-1] + "A", ""):
        for _ in range(4):
            header = victim.credentials.header("REGISTER", URI, nonce=nonce, response="0" * 32)
            victim.wire.send(victim.request("REGISTER", URI, header))
            assert victim.final("REGISTER").status == 401
    assert fresh.do("bans") == [] and fresh.count("wrong") == 0


def test_registered_source_is_delayed_not_banned(fresh: SipBox, hosts: Iterator[str]) -> None:
    host = next(hosts)
    good, thief = fresh.phone(host), Phone(fresh.wire(host), "104", "wrong", domain=HOST)
    good.register()
    for _ in range(6):
        assert thief.register().status == 401
    assert fresh.do("bans") == []
    assert good.register().status == 200
    thief.credentials.secret = "ben-secret-104"
    assert thief.register().status == 401  # the right password, but too soon
    assert fresh.count("delayed") > 0
    elsewhere = fresh.phone(next(hosts), "104")
    assert elsewhere.register().status == 200

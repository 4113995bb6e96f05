"""The guard's tables from Python, without pjsip running."""

import msgspec
import pytest

from firmware.sip.digest import Account, ha1
from firmware.sip.guard import Ban, TrunkSource
from firmware.sip.hook import SipHook
from firmware.sip.register import Answer
from firmware.telephony.site.system import Limits


@pytest.fixture
def hook() -> SipHook:
    made = SipHook(lambda _request: Answer(200, ()))
    made.restore_bans(Ban(ban.ip, 0, 0) for ban in made.bans())
    return made


def test_bans_of_both_families(hook: SipHook) -> None:
    hook.restore_bans([Ban("192.0.2.7", 3600, 1), Ban("2001:db8:0:1:2::3", 60, 2)])
    assert set(hook.bans()) == {Ban("192.0.2.7", 3600, 1), Ban("2001:db8:0:1::", 60, 2)}
    hook.restore_bans([Ban("192.0.2.7", 0, 1)])
    assert [ban.level for ban in hook.bans()] == [2]


def test_the_list_of_bans_has_an_end(hook: SipHook) -> None:
    hook.restore_bans(Ban(f"10.{n // 65536}.{n // 256 % 256}.{n % 256}", 60, 1) for n in range(5000))
    addresses = {ban.ip for ban in hook.bans()}
    assert len(addresses) == 4096
    assert "10.0.19.135" in addresses and "10.0.0.0" not in addresses  # the oldest went


def test_what_is_no_network(hook: SipHook) -> None:
    md5, sha256 = ha1("103", "realm", "secret")
    for network in ("10.0.0.0/33", "10.0.0/8", "fd00::/129", "here", "10.0.0.0/", "10.0.0.0/8x"):
        with pytest.raises(ValueError, match=r"'103'.*are not all networks"):
            hook.set_accounts([Account("103", md5, sha256, permitted=(network,))])
        with pytest.raises(ValueError, match=r"'gateway'.*is not an address or a network"):
            hook.set_limits(_limits(network))


def _limits(network: str) -> Limits:
    """Past the site file's own check of the form."""
    good = msgspec.convert({"sources": [{"name": "gateway", "network": "10.0.0.1", "per_s": 1}]}, Limits)
    return msgspec.structs.replace(good, sources=(msgspec.structs.replace(good.sources[0], network=network),))


def test_what_is_no_trunk_address(hook: SipHook) -> None:
    hook.set_trunks([TrunkSource("branch", ("192.0.2.20", "2001:db8::20"))])
    with pytest.raises(ValueError, match=r"'branch': 'sip\.example' is not an IP address"):
        hook.set_trunks([TrunkSource("branch", ("sip.example",))])


def test_counters_have_names(hook: SipHook) -> None:
    counters = hook.counters()
    assert {"passed", "banned", "rate_unknown", "forged", "wrong", "authenticated"} <= counters.keys()
    assert all(isinstance(value, int) for value in counters.values())

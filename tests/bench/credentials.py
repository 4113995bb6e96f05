"""Authorization headers for SIPp, which knows MD5 only and takes the first challenge for the only one.

SIPp's requests are challenged as everyone's; the header that it then sends was made here, with a nonce fetched from the
same address shortly before. Our nonces allow that for 300 s (RFC 7616 3.4: the count rises with each use). Another PBX
may tie a nonce to a port; for it SIPp computes the header itself.
"""

from collections.abc import Iterator
from itertools import cycle, islice

from tests.bench.pbx import Account, Pbx
from tests.system.sipclient import Credentials, Phone
from tests.system.sipwire import Wire


class _Signer:
    """Makes the headers of one account."""

    def __init__(self, account: Account, credentials: Credentials | None) -> None:
        self.account, self._credentials = account, credentials

    def header(self, method: str, uri: str) -> str:
        if self._credentials is None:
            return f"[authentication username={self.account.user} password={self.account.secret}]"
        return self._credentials.header(method, uri)


def _learned(pbx: Pbx, local: str, accounts: tuple[Account, ...]) -> list[Credentials]:
    """Credentials with a fresh nonce each, fetched from `local`."""
    wire, found = Wire(pbx.address, local), []
    for account in accounts:
        phone = Phone(wire, account.user, account.secret, domain=pbx.host)
        wire.send(phone.request("REGISTER", f"sip:{pbx.host}:{pbx.port}"))
        phone.credentials.learn(phone.final("REGISTER"))
        found.append(phone.credentials)
    wire.close()
    return found


def _signers(pbx: Pbx, local: str, accounts: tuple[Account, ...]) -> list[_Signer]:
    if not pbx.counted_nonces:
        return [_Signer(account, None) for account in accounts]
    return [_Signer(*pair) for pair in zip(accounts, _learned(pbx, local, accounts), strict=True)]


def call_rows(pbx: Pbx, local: str, count: int) -> Iterator[tuple[str, ...]]:
    """Rows of caller.xml: each caller in turn calls the callee that belongs to it."""
    signers = _signers(pbx, local, pbx.callers[:count])
    pairs = tuple(zip(signers, pbx.callees, strict=False))
    for signer, callee in islice(cycle(pairs), count):
        uri = f"sip:{callee.user}@{pbx.host}:{pbx.port}"
        yield signer.account.user, callee.user, signer.header("INVITE", uri)


def register_rows(
    pbx: Pbx, local: str, accounts: tuple[Account, ...], contact: str, count: int, expires_s: int = 3600
) -> Iterator[tuple[str, ...]]:
    """Rows of register.xml; `contact` is the host and port where the accounts' telephones are."""
    for signer in islice(cycle(_signers(pbx, local, accounts)), count):
        user = signer.account.user
        yield user, signer.header("REGISTER", f"sip:{pbx.host}:{pbx.port}"), f"sip:{user}@{contact}", str(expires_s)

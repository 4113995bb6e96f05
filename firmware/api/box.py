"""The seams of the API server: what it asks of the core, and where accounts lie. Implemented elsewhere."""

from datetime import datetime
from typing import Protocol

from msgspec import Struct

from firmware.contract.replies import Explanation, Role, SiteChecked
from firmware.contract.status import Position, Status


class NotPossible(Exception):
    """The box cannot answer this request; the message says why and what the user can do."""


class Box(Protocol):
    """What the core tells of itself. Called on the loop: quick, no I/O."""

    def status(self, position: Position) -> Status:
        """The whole box now; `position` is that of the event stream and goes into the status as it is."""

    def gauges(self) -> dict[str, float]:
        """Numbers that go up and down, named as in `Metrics`: calls, legs, registrations, lines_in_service, …"""

    def explain(self, caller: str, called: str, at: datetime | None, trunk: str | None) -> Explanation:
        """The decision for a call, none made. Raises NotPossible, for example for an unknown caller."""

    def unlock(self, extension: str | None) -> None:
        """Undo the lock of an extension, or the site's own (None). Raises NotPossible when there is none."""

    def dismiss_alarms(self, until: datetime) -> int:
        """Forget the alarms that were there then. How many these were."""


class Configuration(Protocol):
    """The whole configuration, taken and kept (`firmware.reload`)."""

    async def import_site(self, text: str, name: str, user: str) -> SiteChecked:
        """Take a site file or nothing of it; `user` is whom the audit names. Raises NotPossible."""

    async def store(self) -> None:
        """Returns once what counts now is on the disk. Raises NotPossible."""


class KeptSession(Struct, frozen=True):
    """A session as it survives a restart of the core. `key` is the hash of its cookie, in hex."""

    key: str
    user: str
    role: Role
    extension: str | None
    ends_at: datetime
    idle_at: datetime | None


class SessionStore(Protocol):
    """Where sessions survive a restart (`firmware.store.kept.Kept`). Writing must not block."""

    def load(self) -> list[KeptSession]: ...
    def save(self, value: KeptSession) -> None: ...
    def remove(self, *key: str) -> None: ...


class AccountStore(Protocol):
    """Who may log in. Called on the loop: from memory; `keep_admin_hash` queues its write."""

    def realm(self) -> str:
        """Realm of the digests, random since the first start."""

    def portal_ha1(self, extension: str) -> str | None:
        """SHA-256 HA1 (RFC 7616, hex) of an extension whose portal is on; None for every other name."""

    def admin_hash(self, user: str) -> str | None:
        """argon2id hash (PHC string) of an administrator or operator, None when there is no such account."""

    def keep_admin_hash(self, user: str, phc: str) -> None:
        """Store the hash of an administrator, new or changed."""

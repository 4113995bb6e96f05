"""From a request to its reply. Checks the session of each; not responsible for sockets nor for the event stream."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version

from firmware.api.access import status_for
from firmware.api.box import Box, Configuration, NotPossible
from firmware.api.events import Events
from firmware.api.login import Doorkeeper
from firmware.api.sessions import Login, Sessions
from firmware.contract import VERSION, replies
from firmware.contract.replies import Done, Health, Metrics, Reason, Refusal, Reply, Role, Session, Welcome
from firmware.contract.requests import (
    DismissAlarms,
    Explain,
    GetHealth,
    GetMetrics,
    GetSession,
    GetStatus,
    Hello,
    ImportSite,
    LogIn,
    LogOut,
    Peer,
    Request,
    StoreSettings,
    Unlock,
)
from firmware.contract.status import Mark
from firmware.telephony.deeds import COMMAND_LINE, Act, Deed, forget

NOT_LOGGED_IN = Refusal(Reason.NOT_LOGGED_IN, "The session has ended. Log in again.")
NOT_ALLOWED = Refusal(Reason.FORBIDDEN, "This user may not do that.")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is at the far end of a connection, as the kernel and its Hello say."""

    peer: Peer
    is_owner: bool  # root or the user that the core runs as


@dataclass(frozen=True, slots=True)
class Right:
    """What a request may see: a role, and the extension for the role extension. `user`: whom the audit names."""

    role: Role
    extension: str | None = None
    user: str = COMMAND_LINE


@dataclass(slots=True)
class Answers:
    """Answers everything but Subscribe."""

    box: Box
    events: Events
    sessions: Sessions
    door: Doorkeeper
    configuration: Configuration
    audit: Callable[[Deed], None] = forget

    async def reply(self, request: Request, caller: Caller) -> Reply:
        match request:
            case Hello():
                return self._welcome(request)
            case LogIn():
                return await self._log_in(request)
            case LogOut(cookie):
                self.sessions.close(cookie)
                return Done()
            case GetSession(cookie):
                login = self.sessions.find(cookie)
                return session_of(login) if login else NOT_LOGGED_IN
            case GetMetrics():
                return Metrics(self.box.status(self.events.position).counters, self.box.gauges())
            case GetHealth():
                return self._health()
            case GetStatus(cookie):
                return self._status(self.right(cookie, caller))
            case Explain():
                return self._explain(request, self.right(request.cookie, caller))
            case ImportSite() | StoreSettings() | Unlock() | DismissAlarms():
                return await self._administer(request, self.right(request.cookie, caller))
        return Refusal(Reason.BAD_REQUEST, f"{type(request).__name__} is not answered here")

    def right(self, cookie: str | None, caller: Caller, *, use: bool = True) -> Right | None:
        """What this cookie allows; a command that the box's owner runs on the box itself needs none.

        `use` counts as a use of the session, which puts off its end by idleness.
        """
        if cookie is None:
            return Right(Role.ADMIN) if caller.peer is Peer.COMMAND and caller.is_owner else None
        login = self.sessions.find(cookie, use=use)
        return Right(login.role, login.extension, login.user) if login else None

    def _welcome(self, hello: Hello) -> Reply:
        if hello.version != VERSION:
            text = f"messages of version {hello.version} came, version {VERSION} is spoken: restart the older process"
            return Refusal(Reason.WRONG_VERSION, text)
        return Welcome(VERSION, version("fxbox"))

    async def _log_in(self, request: LogIn) -> Reply:
        outcome = await self.door.log_in(request)
        return outcome if isinstance(outcome, Refusal) else session_of(outcome[1], outcome[0])

    def _status(self, right: Right | None) -> Reply:
        if right is None:
            return NOT_LOGGED_IN
        return replies.Status(status_for(self.box.status(self.events.position), right.role, right.extension))

    def _explain(self, request: Explain, right: Right | None) -> Reply:
        if right is None:
            return NOT_LOGGED_IN
        if right.role is Role.EXTENSION and (request.caller != right.extension or request.trunk is not None):
            return NOT_ALLOWED
        try:
            return self.box.explain(request.caller, request.called, request.at, request.trunk)
        except NotPossible as reason:
            return Refusal(Reason.NOT_POSSIBLE, str(reason))

    async def _administer(
        self, request: ImportSite | StoreSettings | Unlock | DismissAlarms, right: Right | None
    ) -> Reply:
        """What only an administrator may do."""
        if right is None:
            return NOT_LOGGED_IN
        if right.role is not Role.ADMIN:
            return NOT_ALLOWED
        try:
            match request:
                case ImportSite():
                    return await self.configuration.import_site(request.text, request.name, right.user)
                case StoreSettings():
                    await self.configuration.store()
                case Unlock(extension):
                    self.box.unlock(extension)
                    self.audit(Deed(right.user, Act.UNLOCKED, extension or "the site's international calls"))
                case DismissAlarms(until):
                    if number := self.box.dismiss_alarms(until):
                        self.audit(Deed(right.user, Act.DISMISSED, detail=f"{number}"))
        except NotPossible as reason:
            return Refusal(Reason.NOT_POSSIBLE, str(reason))
        return Done()

    def _health(self) -> Health:
        checks = self.box.status(self.events.position).checks
        failed = tuple(check.name for check in checks if check.mark is Mark.FAILED)
        warned = any(check.mark is Mark.WARNING for check in checks)
        return Health(Mark.FAILED if failed else Mark.WARNING if warned else Mark.PASSED, failed)


def session_of(login: Login, cookie: str = "") -> Session:
    return Session(login.user, login.role, login.ends_at, cookie)

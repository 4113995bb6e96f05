"""A telephone's lamps on a raw socket: it subscribes, answers each NOTIFY and remembers what it said."""

import re
import time
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from tests.system.sipclient import Phone
from tests.system.sipwire import Message, NoAnswer, token

_inboxes: "WeakKeyDictionary[Phone, list[Message]]" = WeakKeyDictionary()


@dataclass
class Lamp:
    """One subscription of `phone` to `entity`."""

    phone: Phone
    entity: str
    package: str = "dialog"
    call_id: str = field(default_factory=lambda: f"{token()}@lamp")
    tag: str = field(default_factory=token)
    remote_tag: str = ""
    target: str = ""
    answer: Message | None = None
    said: list[Message] = field(default_factory=list)

    def subscribe(self, expires_s: int = 600, *extra: str) -> int:
        """Subscribe, or refresh. Returns the status."""
        phone = self.phone
        uri = self.target or f"sip:{self.entity}@{phone.domain}:{phone.wire.server[1]}"
        remote = f"<sip:{self.entity}@{phone.domain}>" + (f";tag={self.remote_tag}" if self.remote_tag else "")
        self.answer = phone.ask(
            "SUBSCRIBE", uri, f"Event: {self.package}", f"Expires: {expires_s}", f"Contact: <{phone.contact}>", *extra,
            to=remote, sender=f"<sip:{phone.user}@{phone.domain}>;tag={self.tag}", call_id=self.call_id,
        )  # fmt: skip
        if self.answer.status == 200:
            self.remote_tag = self.answer.tag("To")
            found = re.search(r"<([^>]+)>", self.answer.get("Contact"))
            self.target = found.group(1) if found else ""
        return self.answer.status

    def next(self, timeout_s: float = 3.0) -> Message:
        """The next NOTIFY of this subscription that has not come before; those of others wait for their turn."""
        deadline_s, inbox = time.monotonic() + timeout_s, _inboxes.setdefault(self.phone, [])
        while True:
            for message in inbox:
                if message.get("Call-ID") == self.call_id:
                    inbox.remove(message)
                    self.said.append(message)
                    return message
            message = notified(self.phone, deadline_s - time.monotonic())
            if not any(one.get("CSeq") == message.get("CSeq") for one in self.said if self._is_mine(message)):
                inbox.append(message)

    def _is_mine(self, message: Message) -> bool:
        return message.get("Call-ID") == self.call_id

    def state(self, timeout_s: float = 3.0) -> str:
        """What the next NOTIFY of a busy lamp shows."""
        return state_of(self.next(timeout_s))

    def quiet(self, for_s: float = 0.5) -> bool:
        try:
            self.next(for_s)
        except NoAnswer:
            return True
        return False


def state_of(message: Message) -> str:
    found = re.search(r"<state>(\w+)</state>", message.body)
    return found.group(1) if found else ""


def notified(phone: Phone, timeout_s: float = 3.0) -> Message:
    """The next NOTIFY, answered with 200."""
    deadline_s = time.monotonic() + timeout_s
    while True:
        message = phone.wire.receive(max(0.01, deadline_s - time.monotonic()))
        if not message.status and message.method == "NOTIFY":
            phone.wire.send(phone.reply_to(message, 200))
            return message

"""A SIP telephone made of one raw socket: it can be wrong on purpose, which no library can.

`Phone` registers, calls, answers and hangs up with digest authentication. Blocking, with time-outs, meant for tests
that watch a box from outside. Not responsible for audio, nor for the socket: `sipwire`.
"""

import hashlib
import itertools
import re
import time
from dataclasses import dataclass, field

from tests.system.sipwire import CRLF, Message, NoAnswer, Wire, token

_serial = itertools.count(1)


def challenges(answer: Message) -> dict[str, dict[str, str]]:
    """Challenges of a 401 by algorithm, in the order of the message."""
    found = {}
    for value in answer.all("WWW-Authenticate"):
        fields = {k.lower(): v.strip('"') for k, v in re.findall(r'(\w+)=("[^"]*"|[^,\s]+)', value)}
        found[fields.get("algorithm", "MD5")] = fields
    return found


def digest(algorithm: str, *parts: str) -> str:
    make = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}[algorithm]
    return make(":".join(parts).encode()).hexdigest()


@dataclass
class Credentials:
    """Answers challenges; the nonce count rises with each use of a nonce."""

    user: str
    secret: str
    algorithm: str = "SHA-256"
    qop: bool = True
    challenge: dict[str, str] = field(default_factory=dict)
    count: int = 0

    def learn(self, answer: Message) -> None:
        self.challenge, self.count = challenges(answer)[self.algorithm], 0

    def header(self, method: str, uri: str, **wrong: str) -> str:
        """The Authorization header; `wrong` replaces fields, `response` included."""
        self.count += 1
        realm, nonce = self.challenge["realm"], wrong.get("nonce", self.challenge["nonce"])
        nc, cnonce = wrong.get("nc", f"{self.count:08x}"), token()
        ha1 = digest(self.algorithm, self.user, realm, self.secret)
        ha2 = digest(self.algorithm, method, uri)
        middle = (nonce, nc, cnonce, "auth") if self.qop else (nonce,)
        fields = {"username": self.user, "realm": realm, "nonce": nonce, "uri": uri}
        fields["response"] = digest(self.algorithm, ha1, *middle, ha2)
        fields |= {key: value for key, value in wrong.items() if key != "nc"}
        text = ", ".join(f'{key}="{value}"' for key, value in fields.items())
        text += f", algorithm={self.algorithm}"
        return f"Authorization: Digest {text}" + (f', qop=auth, nc={nc}, cnonce="{cnonce}"' if self.qop else "")


@dataclass
class Dialog:
    """A call, as one end sees it."""

    call_id: str
    local: str  # From or To value of this end, with tag
    remote: str
    target: str  # Request-URI of further requests
    cseq: int
    invite: Message | None = None  # the request, at the called end
    branch: str = ""
    answer: Message | None = None


class Phone:
    """A telephone of extension `user` at `wire`. Each method sends, waits for the final answer and returns it."""

    def __init__(self, wire: Wire, user: str, secret: str, algorithm: str = "SHA-256", domain: str = "") -> None:
        self.wire, self.user = wire, user
        self.domain = domain or wire.server[0]
        self.credentials = Credentials(user, secret, algorithm)
        self.call_id, self.cseq, self.tag = f"{token()}-{next(_serial)}@test", 0, token()
        self.agent = "fxbox-test"
        self.codecs = "8 0"
        self.allows = "INVITE, ACK, BYE, CANCEL, OPTIONS, REFER, NOTIFY, UPDATE"

    @property
    def contact(self) -> str:
        via = ";transport=tcp" if self.wire.transport == "tcp" else ""
        return f"sip:{self.user}@{self.wire.host}:{self.wire.port}{via}"

    def request(self, method: str, uri: str, *extra: str, to: str = "", sender: str = "", call_id: str = "",
                cseq: int = 0, branch: str = "", body: str = "") -> str:  # fmt: skip
        """The text of a request; empty arguments mean this phone's usual ones."""
        if not cseq:
            self.cseq += 1
        lines = [
            f"{method} {uri} SIP/2.0",
            f"Via: SIP/2.0/{self.wire.transport.upper()} {self.wire.host}:{self.wire.port};rport;"
            f"branch=z9hG4bK{branch or token(16)}",
            "Max-Forwards: 70",
            f"From: {sender or f'<sip:{self.user}@{self.domain}>;tag={self.tag}'}",
            f"To: {to or f'<sip:{self.user}@{self.domain}>'}",
            f"Call-ID: {call_id or self.call_id}",
            f"CSeq: {cseq or self.cseq} {method}",
            f"User-Agent: {self.agent}",
            *extra,
            f"Content-Length: {len(body.encode())}",
        ]
        return CRLF.join(lines) + CRLF * 2 + body

    def final(self, method: str, timeout_s: float = 4.0, again: str = "") -> Message:
        """The next final answer to `method`; whatever else comes is passed over. `again` is sent again until then, as
        datagrams are (RFC 3261 17.1.1.2)."""
        deadline_s, wait_s = time.monotonic() + timeout_s, 0.5
        while True:
            try:
                answer = self.wire.receive(min(wait_s, deadline_s - time.monotonic()) if again else timeout_s)
            except NoAnswer:
                if not again or time.monotonic() > deadline_s:
                    raise
                self.wire.send(again)
                wait_s *= 2
                continue
            if answer.status >= 200 and answer.method == method:
                return answer
            if answer.status >= 100:
                again = ""

    def _exchange(self, method: str, text: str, timeout_s: float = 4.0) -> Message:
        self.wire.send(text)
        return self.final(method, timeout_s, text if self.wire.transport == "udp" else "")

    def ask(self, method: str, uri: str, *extra: str, **fields: str) -> Message:
        """Send, answer a challenge once, return the final answer."""
        known = [self.credentials.header(method, uri)] if self.credentials.challenge else []
        answer = self._exchange(method, self.request(method, uri, *extra, *known, **fields))
        if answer.status == 401:
            self.credentials.learn(answer)
            known = [self.credentials.header(method, uri)]
            answer = self._exchange(method, self.request(method, uri, *extra, *known, **fields))
        return answer

    def register(self, expires_s: int = 120, *contacts: str) -> Message:
        """Register `contacts`, the phone's own when none is given; `*` and 0 unregisters all."""
        lines = [f"Contact: {text}" for text in contacts or (f"<{self.contact}>",)]
        return self.ask("REGISTER", f"sip:{self.domain}", *lines, f"Expires: {expires_s}")

    def sdp(self, port: int = 30000) -> str:
        return CRLF.join((
            "v=0", f"o=- {port} 1 IN IP4 {self.wire.host}", "s=-", f"c=IN IP4 {self.wire.host}", "t=0 0",
            f"m=audio {port} RTP/AVP {self.codecs} 101", "a=rtpmap:8 PCMA/8000", "a=rtpmap:0 PCMU/8000",
            "a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-16", "a=sendrecv", "",
        ))  # fmt: skip

    def invite(self, number: str, rtp_port: int = 30000) -> Dialog:
        """Call and wait for the final answer, which is acknowledged. `dialog.answer.status` says how it ended."""
        uri, call_id = f"sip:{number}@{self.domain}:{self.wire.server[1]}", f"{token()}-{next(_serial)}@test"
        local, remote = f"<sip:{self.user}@{self.domain}>;tag={token()}", f"<sip:{number}@{self.domain}>"
        body = self.sdp(rtp_port)
        headers = [f"Contact: <{self.contact}>", f"Allow: {self.allows}", "Content-Type: application/sdp"]
        for _ in range(2):
            known = [self.credentials.header("INVITE", uri)] if self.credentials.challenge else []
            branch = token(16)
            text = self.request("INVITE", uri, *headers, *known, sender=local, to=remote, call_id=call_id,
                                branch=branch, body=body)  # fmt: skip
            answer = self._exchange("INVITE", text, 10.0)
            dialog = Dialog(call_id, local, answer.get("To"), uri, self.cseq, branch=branch, answer=answer)
            found = re.search(r"<([^>]+)>", answer.get("Contact"))
            if answer.status < 300 and found:
                dialog.target = found.group(1)
            self.wire.send(self.in_dialog(dialog, "ACK", cseq=self.cseq, branch="" if answer.status < 300 else branch))
            if answer.status != 401:
                break
            self.credentials.learn(answer)
        return dialog

    def in_dialog(
        self, dialog: Dialog, method: str, *extra: str, cseq: int = 0, branch: str = "", body: str = ""
    ) -> str:
        """The text of a request within a call."""
        if not cseq:
            dialog.cseq = cseq = max(dialog.cseq, self.cseq) + 1
            self.cseq = cseq
        return self.request(method, dialog.target, *extra, sender=dialog.local, to=dialog.remote,
                            call_id=dialog.call_id, cseq=cseq, branch=branch, body=body)  # fmt: skip

    def bye(self, dialog: Dialog) -> Message:
        return self._exchange("BYE", self.in_dialog(dialog, "BYE"))

    def incoming(self, timeout_s: float = 5.0) -> Dialog:
        """Wait for a call and take it up as a dialog; it is not answered yet."""
        while True:
            request = self.wire.receive(timeout_s)
            if request.method == "INVITE" and not request.status:
                break
        found = re.search(r"<([^>]+)>", request.get("Contact"))
        return Dialog(request.get("Call-ID"), f"{request.get('To')};tag={token()}", request.get("From"),
                      found.group(1) if found else "", 0, invite=request)  # fmt: skip

    def reply(self, dialog: Dialog, status: int, reason: str = "Test", rtp_port: int = 30002) -> None:
        """Answer the INVITE of an incoming call."""
        assert dialog.invite is not None
        body = self.sdp(rtp_port) if status == 200 else ""
        self.wire.send(self.reply_to(dialog.invite, status, reason, dialog.local, body))

    def reply_to(self, request: Message, status: int, reason: str = "Test", to: str = "", body: str = "") -> str:
        """The text of an answer to any request."""
        lines = [f"SIP/2.0 {status} {reason}", *(f"Via: {via}" for via in request.all("Via"))]
        lines += [f"Record-Route: {route}" for route in request.all("Record-Route")]
        lines += [f"From: {request.get('From')}", f"To: {to or request.get('To')}"]
        lines += [f"Call-ID: {request.get('Call-ID')}", f"CSeq: {request.get('CSeq')}", f"Contact: <{self.contact}>"]
        if body:
            lines.append("Content-Type: application/sdp")
        return CRLF.join((*lines, f"Content-Length: {len(body.encode())}")) + CRLF * 2 + body

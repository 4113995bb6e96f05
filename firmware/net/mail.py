"""Letters by e-mail, and handing one to a mail server (SMTP, RFC 5321). Blocks: for a thread.

Not responsible for when it is tried again: `outbox.py`.
"""

import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, make_msgid
from pathlib import Path

from firmware.telephony.site import Mail

TIMEOUT_S = 30.0


class Undeliverable(Exception):
    """No server will ever take this letter; the message says why."""


class NotNow(Exception):
    """The letter could not be handed over now; the message says why. `server`: no other letter could be either."""

    def __init__(self, reason: str, *, server: bool) -> None:
        super().__init__(reason)
        self.server = server


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter. `attachment` is a file's path, "" for none. `tag` tells its sender what it was about."""

    id: str
    at: datetime
    to: str
    subject: str
    text: str
    attachment: str = ""
    attachment_name: str = ""
    tag: str = ""
    tries: int = 0


def hand_over(letter: Letter, server: Mail, box_name: str) -> None:
    """Give the letter to the server. Raises NotNow, Undeliverable."""
    message = composed(letter, server, box_name)
    try:
        with _connected(server) as connection:
            connection.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        code, text = next(iter(error.recipients.values()))
        _judge(code, f"{letter.to}: {text!r}")
    except smtplib.SMTPAuthenticationError as error:
        raise NotNow(f"{server.host} refuses the user or the password ({error.smtp_code})", server=True) from None
    except smtplib.SMTPSenderRefused as error:
        raise NotNow(f"{server.host} refuses the sender {error.sender}: {error.smtp_error!r}", server=True) from None
    except smtplib.SMTPDataError as error:
        _judge(error.smtp_code, f"{letter.to}: {error.smtp_error!r}")
    except ValueError as error:  # an address that cannot be written in ASCII
        raise Undeliverable(f"{letter.to}: {error}") from error
    except (smtplib.SMTPException, OSError) as error:
        raise NotNow(f"{server.host}:{server.port}: {error}", server=True) from error


def composed(letter: Letter, server: Mail, box_name: str) -> EmailMessage:
    """The letter as RFC 5322 has it. Raises Undeliverable when what it is to bring is not there any more."""
    sender = server.sender or server.user or ""
    message = EmailMessage()
    message["From"] = formataddr((box_name, sender))
    message["To"] = letter.to
    message["Subject"] = " ".join(letter.subject.split())
    message["Date"] = format_datetime(letter.at)
    message["Message-ID"] = make_msgid(letter.id, sender.rpartition("@")[2] or "fxbox")
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday reply
    message.set_content(letter.text)
    if letter.attachment:
        file = Path(letter.attachment)
        try:
            message.add_attachment(file.read_bytes(), "audio", "wav", filename=letter.attachment_name or file.name)
        except OSError as error:
            raise Undeliverable(f"{file.name} is not there any more ({error.strerror})") from error
    return message


def _connected(server: Mail) -> smtplib.SMTP:
    host = server.host or ""
    if server.tls == "tls":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            host, server.port, timeout=TIMEOUT_S, context=ssl.create_default_context()
        )
    else:
        connection = smtplib.SMTP(host, server.port, timeout=TIMEOUT_S)
    try:
        if server.tls == "starttls":
            connection.starttls(context=ssl.create_default_context())
        if server.user and server.secret:
            connection.login(server.user, server.secret)
    except BaseException:
        connection.close()
        raise
    return connection


def _judge(code: int, reason: str) -> None:
    """5xx is for ever, anything else for now (RFC 5321 section 4.2.1)."""
    if 500 <= code < 600:
        raise Undeliverable(reason)
    raise NotNow(reason, server=False)

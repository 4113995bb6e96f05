"""Handing a letter to a mail server: what it says, and what becomes of each answer. The server is a socket of ours."""

import socket
import threading
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from firmware.net.mail import Letter, NotNow, Undeliverable, hand_over
from firmware.telephony.site import Mail

AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


class Server:
    """Speaks SMTP to one client. `answers` are given in place of the usual ones, by command."""

    def __init__(self, **answers: str) -> None:
        self.answers, self.commands, self.data = answers, list[str](), b""
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join(5)
        self._socket.close()

    def _serve(self) -> None:
        client, _ = self._socket.accept()
        with client, client.makefile("rwb") as stream:
            stream.write(b"220 mail.example.test\r\n")
            stream.flush()
            while line := stream.readline():
                command = line.decode().split()[0].upper()
                self.commands.append(command)
                usual = {"EHLO": "250-mail\r\n250 AUTH PLAIN", "AUTH": "235 in", "DATA": "354 go on", "QUIT": "221 bye"}
                stream.write(f"{self.answers.get(command, usual.get(command, '250 ok'))}\r\n".encode())
                stream.flush()
                if command == "DATA" and command not in self.answers:
                    while (part := stream.readline()) != b".\r\n":
                        self.data += part
                    stream.write(f"{self.answers.get('END', '250 taken')}\r\n".encode())
                    stream.flush()
                if command == "QUIT":
                    return


def settings(port: int, **more: str) -> Mail:
    return Mail(host="127.0.0.1", port=port, tls="none", sender="box@example.test", **more)


def letter(**changes: str) -> Letter:
    words = {"to": "anna@example.test", "subject": "Voice message", "text": "Hello", **changes}
    return Letter(id="1", at=AT, **words)


def test_a_letter_with_a_recording_arrives_whole(tmp_path: Path) -> None:
    recording = tmp_path / "message.wav"
    recording.write_bytes(b"RIFF" + bytes(100))
    with Server() as server:
        one = letter(subject="From Börn\n107", attachment=str(recording), attachment_name="a.wav")
        hand_over(one, settings(server.port), "Büro")
    got = message_from_bytes(server.data, policy=policy.default)
    assert got["Subject"] == "From Börn 107"
    assert got["From"].addresses[0].addr_spec == "box@example.test"
    assert got["Auto-Submitted"] == "auto-generated"
    (attached,) = got.iter_attachments()
    assert (attached.get_filename(), attached.get_content_type()) == ("a.wav", "audio/wav")
    assert attached.get_content() == recording.read_bytes()


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({"RCPT": "550 no such user"}, Undeliverable),
        ({"RCPT": "450 later"}, NotNow),
        ({"END": "554 spam"}, Undeliverable),
        ({"END": "451 disk full"}, NotNow),
        ({"MAIL": "530 log in first"}, NotNow),
        ({"AUTH": "535 wrong password"}, NotNow),
    ],
)
def test_what_the_server_answers_is_understood(answers: dict[str, str], error: type[Exception]) -> None:
    with Server(**answers) as server, pytest.raises(error) as raised:
        hand_over(letter(), settings(server.port, user="box", secret="secret-1"), "Office")
    assert "secret-1" not in str(raised.value)


def test_a_server_that_is_not_there_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with pytest.raises(NotNow, match=f"127.0.0.1:{port}") as raised:
        hand_over(letter(), settings(port), "Office")
    assert raised.value.server


def test_a_letter_whose_recording_has_gone_is_not_sent(tmp_path: Path) -> None:
    with pytest.raises(Undeliverable, match=r"gone.wav is not there"):
        hand_over(letter(attachment=str(tmp_path / "gone.wav")), settings(1), "Office")

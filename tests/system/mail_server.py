"""A mail server of the tests' own: takes every letter and keeps it. Nothing leaves the machine."""

import socket
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage


class MailServer:
    """Listens from `open` to `close`, at the same port each time."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        with socket.create_server(("127.0.0.1", 0)) as unused:
            self.port = int(unused.getsockname()[1])
        self._socket: socket.socket | None = None

    def open(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._serve, args=(self._socket,), daemon=True).start()

    def close(self) -> None:
        if self._socket is not None:
            self._socket.shutdown(socket.SHUT_RDWR)
            self._socket.close()
            self._socket = None

    def _serve(self, listening: socket.socket) -> None:
        while True:
            try:
                client, _ = listening.accept()
            except OSError:
                return
            with client, client.makefile("rwb") as stream:
                self._talk(stream)

    def _talk(self, stream: "socket.SocketIO | object") -> None:
        def say(line: str) -> None:
            stream.write(f"{line}\r\n".encode())  # type: ignore[attr-defined]
            stream.flush()  # type: ignore[attr-defined]

        say("220 mail.example.test")
        while line := stream.readline():  # type: ignore[attr-defined]
            command = line.decode().split()[0].upper()
            say({"DATA": "354 go on", "QUIT": "221 bye"}.get(command, "250 ok"))
            if command == "DATA":
                data = b""
                while (part := stream.readline()) != b".\r\n":  # type: ignore[attr-defined]
                    data += part
                letter = message_from_bytes(data, policy=policy.default)
                assert isinstance(letter, EmailMessage)
                self.letters.append(letter)
                say("250 taken")
            if command == "QUIT":
                return

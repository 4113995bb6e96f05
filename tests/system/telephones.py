"""IP telephones at a box, and what three of them do by themselves: talk, refer, answer what comes."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from tests.system.box import Box
from tests.system.sipclient import Dialog, Phone, Wire
from tests.system.sipwire import Message

SITE = """
version: 1
site: {name: Test, country: DE, language: en}
extensions:
  - {number: "103", name: Anna, sip: {secret: anna-secret-103}}
  - {number: "104", name: Ben, sip: {secret: ben-secret-104}}
  - {number: "105", name: Eva, sip: {secret: eva-secret-105}}
limits: {sources: [{name: tests, network: 127.0.0.0/8, per_s: 1000}]}
"""
NAMES = {"103": "anna", "104": "ben", "105": "eva"}


def registered(box: Box, user: str, secret: str) -> Iterator[Phone]:
    """A telephone of the box, unregistered in the end."""
    phone = Phone(Wire(box.sip), user, secret)
    assert phone.register().status == 200
    yield phone
    phone.register(0)
    phone.wire.close()


class House:
    """Telephones of this box, unregistered in the end."""

    def __init__(self, box: Box) -> None:
        self.box, self._phones = box, list[Phone]()
        self.anna, self.ben, self.eva = (self.phone(number) for number in NAMES)
        for phone in self._phones:
            assert phone.register().status == 200

    def phone(self, number: str) -> Phone:
        made = Phone(Wire(self.box.sip), number, f"{NAMES[number]}-secret-{number}")
        self._phones.append(made)
        return made

    def close(self) -> None:
        for phone in self._phones:
            phone.register(0)
            phone.wire.close()
        self.box.until(lambda: not self.box.status()["calls"])

    def talking(self, caller: Phone, callee: Phone) -> tuple[Dialog, Dialog]:
        """Both ends of a call that was answered."""
        with ThreadPoolExecutor(1) as pool:
            calling = pool.submit(caller.invite, callee.user)
            called = callee.incoming()
            callee.reply(called, 200)
            dialog = calling.result()
        assert dialog.answer is not None and dialog.answer.status == 200
        return dialog, called

    def record(self) -> tuple[str, str, str]:
        """Called, final callee and trace of Ben's last call that has been written."""
        with closing(sqlite3.connect(self.box.data / "history.sqlite")) as database:
            row = database.execute(
                "SELECT call_to, final_callee, trace FROM calls WHERE call_from = '104' ORDER BY end_ms DESC LIMIT 1"
            ).fetchone()
        return row or ("", "", "")


def refer(phone: Phone, dialog: Dialog, to: str, *extra: str) -> Message:
    contact = f"Contact: <{phone.contact}>"
    return phone._exchange("REFER", phone.in_dialog(dialog, "REFER", f"Refer-To: {to}", contact, *extra))


def at(house: House, number: str) -> str:
    return f"sip:{number}@{house.box.sip[0]}:{house.box.sip[1]}"


def until_bye(phone: Phone, dialog: Dialog) -> list[Message]:
    """Answer what comes in the dialog, up to its BYE."""
    seen: list[Message] = []
    while True:
        message = phone.wire.receive(5)
        if message.status or message.get("Call-ID") != dialog.call_id or message.method == "ACK":
            continue
        phone.wire.send(phone.reply_to(message, 200))
        seen.append(message)
        if message.method == "BYE":
            return seen

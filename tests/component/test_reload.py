"""What a running box does with a changed site, each part made up but the settings, sessions and events."""

import asyncio
from contextlib import asynccontextmanager
from types import SimpleNamespace

import pytest

from firmware.api.box import NotPossible
from firmware.api.events import Events
from firmware.api.sessions import Sessions
from firmware.contract.events import SettingsChanged
from firmware.contract.replies import Role
from firmware.media.native import load_pjsua2

load_pjsua2()

# ruff: noqa: E402
from firmware.reload import Parts, Reload
from firmware.store import storage
from firmware.store.settings import Settings
from firmware.telephony.deeds import Act, Deed
from tests.virtual import VirtualClock

SITE = """
version: 1
site: {name: Office, country: DE}
portal: {enabled: true}
extensions:
  - {number: "103", name: Anna, sip: {secret: anna-secret-103}, portal: true}
  - {number: "104", name: Ben, sip: {secret: ben-secret-104}, portal: true}
trunks:
  - {name: provider, type: sip, host: 192.0.2.1, username: "4930", secret: provider-secret}
emergency: {trunks: [provider]}
"""


class Told(list):
    """Notes each method that is called on it, and what with."""

    def __getattr__(self, name):
        def told(*given):
            self.append((name, *given))
            return self.rekeyed if name == "configure" and len(given) == 2 else None

        return told

    rekeyed = ()

    def names(self):
        found = [name for name, *_ in self]
        self.clear()
        return found


class Box:
    def __init__(self, folder, told):
        self.settings, self.told, self.deeds = Settings(folder), told, []
        self.settings.import_text(SITE)
        self.sessions, self.events = Sessions(VirtualClock()), Events(1)
        exchange, devices = SimpleNamespace(plan=None), SimpleNamespace(plan=None)
        self.exchange = exchange
        parts = Parts(exchange, devices, *[told] * 7, self.sessions, self.events)
        self.reload = Reload(self.settings, parts, self.deeds.append, fixed_sip=False)

    def log_in(self, *extensions):
        for extension in extensions:
            self.sessions.open(extension, Role.EXTENSION, extension)
        self.sessions.open("admin", Role.ADMIN)

    def posted(self):
        return [event.change for event in self.events._kept]


@asynccontextmanager
async def box(folder):
    made = Box(folder, Told())
    made.log_in("103", "104", "199")
    made.reload.begin()
    assert made.told.names() == ["set_limits", "set_accounts", "configure"]
    yield made
    made.settings.close()


def play(folder, story):
    async def main():
        async with box(folder) as made:
            await story(made)

    asyncio.run(main())


async def take(made, text):
    return await made.reload.import_site(text, "office.yaml", "admin")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (SITE, ["configure", "changed"]),  # ports and lamps look by themselves what is new to them
        (SITE + "limits: {premium: true}\n", ["set_limits", "configure", "changed"]),
        (SITE + "mail: {host: mail.example.test, sender: box@example.test}\n", ["configure", "changed", "hurry"]),
        (SITE + "sip: {codecs: [pcma]}\n", ["set_accounts", "configure", "set_codecs", "configure", "changed"]),
        (SITE + "sip: {realm: other}\n", ["set_realm", "set_accounts", "configure", "configure", "changed"]),
        (SITE.replace("anna-secret", "another-secret"), ["set_accounts", "configure", "configure", "changed"]),
        (SITE.replace("192.0.2.1", "192.0.2.2"), ["configure", "configure", "changed"]),
    ],
)
def test_each_part_is_told_of_what_concerns_it(tmp_path, changed, told):
    async def story(made):
        await take(made, changed)
        assert made.told.names() == told

    play(tmp_path, story)


def test_lamps_of_an_extension_with_another_password_end(tmp_path):
    async def story(made):
        made.told.rekeyed = ["103"]
        await take(made, SITE.replace("anna-secret", "another-secret"))
        assert ("end_all", "103") in made.told

    play(tmp_path, story)


def test_users_of_the_portal_who_may_not_any_more_are_logged_out(tmp_path):
    async def story(made):
        assert made.sessions.extensions() == {"103", "104"}  # 199 had gone while the box was off
        made.settings.change_extension("103", dnd=True)
        assert made.sessions.extensions() == {"103", "104"}
        await take(made, SITE.replace("anna-secret", "another-secret"))
        assert made.sessions.extensions() == {"104"}
        await take(made, SITE.replace("enabled: true", "enabled: false"))
        assert made.sessions.extensions() == set()
        assert len(made.sessions._logins) == 1  # the administrator

    play(tmp_path, story)


def test_the_pages_are_told_of_what_they_show(tmp_path):
    async def story(made):
        made.settings.change_extension("103", dnd=True)
        assert made.posted() == []
        await take(made, SITE.replace("name: Anna", "name: Anne"))
        assert made.posted() == [SettingsChanged()]
        assert made.exchange.plan.extensions["103"].name == "Anne"

    play(tmp_path, story)


def test_an_import_is_answered_audited_and_stored(tmp_path, monkeypatch):
    async def story(made):
        refused = await take(made, SITE + "queues: 5\n")
        assert refused.problems == ("queues: 5 is no list of sections",)
        assert (made.deeds, made.told.names()) == ([], [])
        done = await take(made, SITE.replace("DE}", "GB}") + "fax: {header: X}\nsip: {udp: ['0.0.0.0:5070']}\n")
        assert done.not_active == ("fax (1 entry)",)
        assert [line.partition(":")[0] for line in done.next_start] == ["site.country", "sip.udp"]
        assert "999" in made.exchange.plan.emergency
        assert made.deeds == [Deed("admin", Act.IMPORTED, "office.yaml", "3 settings are others now")]
        assert (await take(made, SITE)).next_start == ()

        def full(*_):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(storage, "_write_synced", full)
        with pytest.raises(NotPossible, match=r"settings count, but could not be written.*No space"):
            await take(made, SITE.replace("name: Anna", "name: Anne"))
        assert made.exchange.plan.extensions["103"].name == "Anne"

    play(tmp_path, story)

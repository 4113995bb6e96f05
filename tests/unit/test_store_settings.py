"""The settings file: a power cut at any instant leaves the old or the new content (product.md S9)."""

import asyncio
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tinydb import TinyDB
from tinydb.table import Document

from firmware.store import storage
from firmware.store.settings import FILE, InUse, NotAllowed, Settings, read_site
from firmware.store.storage import CrashSafeStorage, Damaged, Unreadable, packed, unpacked
from firmware.telephony.site import Extension, Site
from firmware.telephony.site.secrets import ha1

SITE = """
version: 1
portal: {enabled: true}
extensions:
  - {number: "103", name: Anna, sip: {secret: anna-secret-103}, portal: true}
  - {number: "104", name: Ben, sip: {secret: ben-secret-104}}
trunks:
  - {name: provider, type: sip, host: sip.example.test, username: "4930", secret: provider-secret}
"""


class PowerCut(BaseException):
    """Nothing handles it, as nothing handles the real one."""


def content(path: Path) -> int | None:
    """What a fresh start reads."""
    with TinyDB(path, storage=CrashSafeStorage) as database:
        document = database.table("t").get(doc_id=1)
    return document["n"] if isinstance(document, Document) else None


def put(path: Path, number: int) -> None:
    with TinyDB(path, storage=CrashSafeStorage) as database:
        database.table("t").upsert(Document({"n": number}, doc_id=1))


@pytest.mark.parametrize("survived_calls", range(12))
def test_the_power_goes_between_any_two_system_calls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, survived_calls: int
) -> None:
    path = tmp_path / "s.json"
    put(path, 1)
    put(path, 2)
    left = survived_calls

    def guard(patched: pytest.MonkeyPatch, name: str) -> None:
        real = getattr(os, name)

        def call(*args: object, **kwargs: object) -> object:
            nonlocal left
            left -= 1
            if left < 0:
                raise PowerCut
            return real(*args, **kwargs)

        patched.setattr(storage.os, name, call)

    with monkeypatch.context() as patched:
        for name in ("open", "fdopen", "fsync", "replace"):
            guard(patched, name)
        try:
            put(path, 3)
            finished = True
        except PowerCut:
            finished = False
    assert content(path) == 3 if finished else content(path) in (2, 3)
    put(path, 4)
    assert content(path) == 4


def test_a_current_file_cut_at_any_byte_gives_the_generation_before(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    put(path, 1)
    put(path, 2)
    whole = path.read_bytes()
    before = path.with_name("s.json.previous").read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        path.with_name("s.json.previous").write_bytes(before)
        opened = CrashSafeStorage(path)
        assert "was damaged" in opened.notices[0]
        assert content(path) == 1


def test_every_changed_byte_is_noticed() -> None:
    data = packed(b'{"t":{"1":{"n":1}}}')
    for index in range(len(data)):
        with pytest.raises(Damaged):
            unpacked(data[:index] + bytes([data[index] ^ 0x04]) + data[index + 1 :])


@given(st.binary(max_size=200))
def test_packing(data: bytes) -> None:
    assert unpacked(packed(data)) == data


def test_two_damaged_generations_are_an_error_that_names_both(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    path.write_bytes(b"junk")
    with pytest.raises(Unreadable, match=r"s\.json \(its first line .*s\.json\.previous \(missing\).*move both away"):
        CrashSafeStorage(path)
    assert path.read_bytes() == b"junk"


def test_a_write_after_damage_keeps_the_good_generation(tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    put(path, 1)
    put(path, 2)
    path.write_bytes(b"junk")
    put(path, 3)
    path.write_bytes(b"junk again")
    assert content(path) == 1  # not the junk, and not nothing


def test_a_fresh_box_gets_a_realm_and_keeps_it(tmp_path: Path) -> None:
    with Settings(tmp_path) as settings:
        realm = settings.realm()
        assert realm.startswith("fxbox-")
        assert settings.site == Site(sip=settings.site.sip)
    with Settings(tmp_path) as settings:
        assert settings.realm() == realm
    assert os.stat(tmp_path / FILE).st_mode & 0o077 == 0


def test_passwords_are_never_stored(tmp_path: Path) -> None:
    with Settings(tmp_path) as settings:
        assert not settings.import_text(SITE).refused
        realm = settings.realm()
    for file in tmp_path.iterdir():
        assert b"anna-secret" not in file.read_bytes()
    with Settings(tmp_path) as settings:
        anna = settings.site.extension("103")
        assert anna is not None
        assert anna.sip is not None
        assert anna.sip.ha1 == ha1("103", realm, "anna-secret-103")
        assert settings.portal_ha1("103") == anna.sip.ha1.sha256
        assert settings.portal_ha1("104") is None
        assert settings.portal_ha1("999") is None


def test_an_import_is_all_or_nothing(tmp_path: Path) -> None:
    with Settings(tmp_path) as settings:
        settings.import_text(SITE)
        before = settings.site
        outcome = settings.import_text(SITE + "inbound: [{trunk: nowhere, to: '103'}]")
        assert outcome.refused
        assert settings.site is before


def test_an_import_without_secrets_keeps_them(tmp_path: Path) -> None:
    bare = SITE.replace("secret: anna-secret-103", "").replace(", secret: provider-secret", "").replace("Anna", "Anne")
    with Settings(tmp_path) as settings:
        settings.import_text(SITE)
        before = settings.site
        settings.import_text(bare)
        anne, anna = settings.site.extension("103"), before.extension("103")
        assert anne is not None
        assert anna is not None
        assert anne.name == "Anne"
        assert anne.sip == anna.sip
        assert settings.site.trunks == before.trunks
        settings.import_text(bare + "sip: {realm: other}")
        anne = settings.site.extension("103")
        assert anne is not None
        assert anne.sip is not None
        assert anne.sip.ha1 is None  # digests hold for one realm
        settings.import_text(SITE.replace("anna-secret-103", "another-secret"))
        assert settings.realm() == "other"
        anne = settings.site.extension("103")
        assert anne is not None
        assert anne.sip is not None
        assert anne.sip.ha1 == ha1("103", "other", "another-secret")


def test_a_switch_survives_and_watchers_hear_of_it(tmp_path: Path) -> None:
    heard: list[Site] = []
    with Settings(tmp_path) as settings:
        settings.import_text(SITE)
        stop = settings.watch(heard.append)
        settings.change_extension("103", dnd=True).result()
        stop()
        settings.change_extension("104", dnd=True)
        with pytest.raises(KeyError):
            settings.change_extension("199", dnd=True)
    assert len(heard) == 1
    with Settings(tmp_path) as settings:
        assert [one.dnd for one in settings.site.extensions] == [True, True]


def test_a_change_that_breaks_a_rule_is_refused(tmp_path: Path) -> None:
    with Settings(tmp_path) as settings:
        twice = Extension(number="101", name="A")
        with pytest.raises(NotAllowed, match=r'extensions\[1\]\.number: "101" is taken'):
            settings.replace(Site(extensions=(twice, twice)))


def test_accounts(tmp_path: Path) -> None:
    with Settings(tmp_path) as settings:
        settings.keep_admin_hash("admin", "$argon2id$1")
        settings.keep_admin_hash("operator", "$argon2id$2")
        settings.keep_admin_hash("admin", "$argon2id$3")
    with Settings(tmp_path) as settings:
        assert settings.admin_hash("admin") == "$argon2id$3"
        assert settings.admin_hash("operator") == "$argon2id$2"
        assert settings.admin_hash("nobody") is None


def test_one_process_at_a_time(tmp_path: Path) -> None:
    with Settings(tmp_path), pytest.raises(InUse, match="stop the box"):
        Settings(tmp_path)
    Settings(tmp_path).close()


def test_a_full_disk_costs_the_change_only_at_the_next_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Settings(tmp_path) as settings:
        settings.import_text(SITE)
        settings.change_extension("103", dnd=False).result()

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patched:
            patched.setattr(storage, "_write_synced", full)
            with pytest.raises(OSError, match="No space"):
                settings.change_extension("103", dnd=True).result()
        anna = settings.site.extension("103")
        assert anna is not None
        assert anna.dnd
        assert settings.failed_writes == 1
        settings.change_extension("104", dnd=True).result()
    with Settings(tmp_path) as settings:
        assert [one.dnd for one in settings.site.extensions] == [True, True]


def test_the_loop_can_wait_for_a_write(tmp_path: Path) -> None:
    async def change() -> None:
        with Settings(tmp_path) as settings:
            settings.import_text(SITE)
            await asyncio.wrap_future(settings.change_extension("103", dnd=True))

    asyncio.run(change())


def test_an_import_beside_the_loop_takes_all_or_nothing(tmp_path: Path) -> None:
    async def change() -> None:
        with Settings(tmp_path) as settings:
            await settings.import_live(SITE)
            before = settings.site
            assert (await settings.import_live(SITE + "queues: 5\n")).refused
            assert settings.site is before
            assert not (await settings.import_live(SITE.replace("name: Anna", "name: Anne"))).refused
            assert [one.name for one in settings.site.extensions] == ["Anne", "Ben"]

    asyncio.run(change())


def test_a_password_that_changes_during_an_import_is_kept(tmp_path: Path) -> None:
    bare = SITE.replace(", sip: {secret: anna-secret-103}", ", sip: {}")

    async def change() -> None:
        with Settings(tmp_path) as settings:
            await settings.import_live(SITE)
            importing = asyncio.create_task(settings.import_live(bare))
            await asyncio.sleep(0)
            anna = settings.site.extension("103")
            assert anna is not None
            assert anna.sip is not None
            newer = ha1("103", settings.realm(), "newer-secret")
            settings.change_extension("103", sip=replace(anna.sip, ha1=newer))
            await importing
            anna = settings.site.extension("103")
            assert anna is not None
            assert anna.sip is not None
            assert anna.sip.ha1 == newer

    asyncio.run(change())


def test_a_watcher_that_changes_the_site_lets_no_older_one_follow(tmp_path: Path) -> None:
    heard: list[str] = []
    with Settings(tmp_path) as settings:
        settings.watch(
            lambda site: (
                site.extension("199") or settings.replace(Site(extensions=(Extension(number="199", name="Z"),)))
            )
        )
        settings.watch(lambda site: heard.append(site.extensions[0].number))
        settings.import_text(SITE)
    assert heard == ["199", "199"]


def test_what_a_full_disk_refused_is_written_when_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Settings(tmp_path) as settings:
        settings.import_text(SITE)
        with monkeypatch.context() as patched:
            patched.setattr(storage, "_sync_folder", lambda _folder: (_ for _ in ()).throw(OSError(28, "No space")))
            settings.change_extension("103", dnd=True)
            with pytest.raises(OSError, match="No space"):
                settings.written().result()
        settings.written().result()
        anna = read_site(tmp_path).extension("103")
        assert anna is not None
        assert anna.dnd

"""The settings of a box: its site and its accounts, in memory and in `settings.json` (TinyDB).

Every change counts at once in memory and is written by one thread behind it; a disk that is full costs no call.
Not responsible for what settings mean (`telephony.site`) or for asking who may change them.
"""

import asyncio
import fcntl
import logging
import os
import secrets
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace
from tinydb import TinyDB
from tinydb.table import Document

from firmware.store.storage import CrashSafeStorage, read_only
from firmware.telephony.site import Extension, Site
from firmware.telephony.site.check import Checked, checked, cross_checked
from firmware.telephony.site.export import plain
from firmware.telephony.site.problem import Problem
from firmware.telephony.site.secrets import taken_over, without_passwords

FILE = "settings.json"
LOCK = "settings.lock"

log = logging.getLogger(__name__)


class InUse(Exception):
    """Another process has the settings; the message says what to do."""


class NotAllowed(Exception):
    """A change that breaks a rule between settings. `problems` are all of them."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems


class Settings:
    """The one writer of a folder's settings. Close it, or use it as a context manager."""

    def __init__(self, folder: Path) -> None:
        """Read the settings of the folder, which is made if need be. Raises InUse, storage.Unreadable, OSError."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = _locked(folder / LOCK)
        try:
            self._storage, self._database = _opened(folder / FILE)
            self._site = _stored_site(self._document("site"))
        except BaseException:
            os.close(self._lock)
            raise
        self._accounts: dict[str, str] = self._document("accounts") or {}
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="settings")
        self._watchers: list[Callable[[Site], None]] = []
        self.failed_writes = 0
        self._behind = False  # the file has not what counts now; the writer's own
        if self._site.sip.realm is None:
            self._change(without_passwords(self._site, f"fxbox-{secrets.token_hex(8)}"))

    @property
    def site(self) -> Site:
        """The site now. Register passwords are digests in it."""
        return self._site

    @property
    def notices(self) -> list[str]:
        """What the user should know about how the file was found."""
        return list(self._storage.notices)

    def watch(self, watcher: Callable[[Site], None]) -> Callable[[], None]:
        """Call `watcher` with the site after each change of it, in the thread of the change. Returns the end of it."""
        self._watchers.append(watcher)

        def stop() -> None:
            if watcher in self._watchers:
                self._watchers.remove(watcher)

        return stop

    def import_text(self, text: str) -> Checked:
        """Take a whole site file, or nothing of it. What it gives no secret for keeps the one that the box has."""
        outcome = checked(text)
        if outcome.site is not None:
            self.replace(outcome.site)
        return outcome

    async def import_live(self, text: str) -> Checked:
        """Like `import_text`, for the loop: what takes long on a large site is done beside it."""
        outcome = await asyncio.to_thread(checked, text)
        while outcome.site is not None:
            before = self._site
            site = await asyncio.to_thread(taken_over, outcome.site, before)
            if self._site is before:  # else somebody has changed a secret meanwhile
                self._change(site)
                break
        return outcome

    def replace(self, site: Site) -> "Future[None]":
        """Make this the site. The future ends when it is on the disk (or with OSError). Raises NotAllowed."""
        if problems := [problem for problem in cross_checked(site) if problem.fatal]:
            raise NotAllowed(problems)
        return self._change(taken_over(site, self._site))

    def change_extension(self, number: str, **changes: Any) -> "Future[None]":
        """Change settings of one extension, such as `dnd=True`. Raises KeyError for an unknown number."""
        extensions = {one.number: one for one in self._site.extensions}
        return self.change_extensions([replace(extensions[number], **changes)])

    def change_extensions(self, changed: Iterable[Extension]) -> "Future[None]":
        """Put these in the place of those with the same numbers: one change, however many they are."""
        extensions = {one.number: one for one in self._site.extensions} | {one.number: one for one in changed}
        return self._change(replace(self._site, extensions=tuple(extensions.values())))

    def written(self) -> "Future[None]":
        """Ends once the file has what counts now, or with OSError: what a full disk has refused is tried again."""
        return self._writer.submit(self._catch_up)

    def realm(self) -> str:
        """Realm of the digests, random since the first start."""
        return self._site.sip.realm or ""

    def portal_ha1(self, extension: str) -> str | None:
        """SHA-256 HA1 of an extension whose portal is on, None for every other name."""
        return portal_ha1(self._site, extension)

    def admin_hash(self, user: str) -> str | None:
        """argon2id hash (PHC string) of an administrator or operator."""
        return self._accounts.get(user)

    def keep_admin_hash(self, user: str, phc: str) -> None:
        """Store the hash of an administrator, new or changed."""
        self._accounts = {**self._accounts, user: phc}
        self._write("accounts", self._accounts)

    def close(self) -> None:
        """Finish all writes and let others have the settings."""
        self._writer.shutdown(wait=True)
        os.close(self._lock)

    def __enter__(self) -> "Settings":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _change(self, site: Site) -> "Future[None]":
        self._site = site
        written = self._writer.submit(self._write_site, site)
        for watcher in tuple(self._watchers):
            watcher(self._site)  # a watcher before may have changed it once more
        return written

    def _write_site(self, site: Site) -> None:
        self._behind = True
        self._write_now("site", plain(site, secrets=True))
        self._behind = False

    def _catch_up(self) -> None:
        if self._behind:
            self._write_site(self._site)

    def _write(self, table: str, content: Any) -> "Future[None]":
        return self._writer.submit(self._write_now, table, content)

    def _write_now(self, table: str, content: Any) -> None:
        try:
            # One key, because TinyDB merges a document into the one that is there.
            self._database.table(table).upsert(Document({"content": content}, doc_id=1))
        except OSError as error:
            self.failed_writes += 1
            log.error("settings could not be written, they hold until the next restart: %s", error)
            raise

    def _document(self, table: str) -> Any:
        document = self._database.table(table).get(doc_id=1)
        return document["content"] if isinstance(document, Document) else None


def read_site(folder: Path) -> Site:
    """The site as it is on the disk, without touching anything: beside a running box too.

    Raises FileNotFoundError when nothing was ever stored there, storage.Unreadable, OSError.
    """
    tables = read_only(folder / FILE)
    return _stored_site(tables["site"]["1"]["content"] if "site" in tables else None)


def portal_ha1(site: Site, extension: str) -> str | None:
    """SHA-256 HA1 of an extension whose user may log in to the portal, None for every other name."""
    found = site.extension(extension)
    if not site.portal.enabled or found is None or not found.portal or not found.sip or not found.sip.ha1:
        return None
    return found.sip.ha1.sha256


def _opened(path: Path) -> tuple[CrashSafeStorage, TinyDB]:
    database = TinyDB(path, storage=CrashSafeStorage)
    storage = database.storage
    assert isinstance(storage, CrashSafeStorage)
    for notice in storage.notices:
        log.warning("%s", notice)
    return storage, database


def _stored_site(content: Any) -> Site:
    return Site() if content is None else msgspec.convert(content, Site)


def _locked(path: Path) -> int:
    """A descriptor that holds the lock until it is closed; the kernel frees it when the process dies."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise InUse(
            f"the settings in {path.parent} are in use: wait for the box that starts or stops there, or stop the box"
        ) from None
    return descriptor

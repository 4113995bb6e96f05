"""Do not disturb: `*74` switches it on, `*074` off, each with a beep (F39).

Not responsible for what becomes of the calls: `firmware.telephony.delivery`.
"""

from firmware.calls.feature import Features, Resources, Session, SettingsStore


class DoNotDisturb:
    """The switch of every extension; the portal's is the same one."""

    def __init__(self, settings: SettingsStore) -> None:
        self._settings = settings

    async def on(self, session: Session) -> None:
        await self._switch(session, True)

    async def off(self, session: Session) -> None:
        await self._switch(session, False)

    async def _switch(self, session: Session, on: bool) -> None:
        await session.answered()
        if session.owner is None:
            await session.say("no-extension")
            return
        self._settings.change_extension(session.owner.number, dnd=on)
        session.call.note("do not disturb", session.owner.number, "on" if on else "off")
        await session.beep()
        await session.say("dnd-on" if on else "dnd-off")

    def reminds(self, number: str) -> bool:
        """The dial tone stutters while it is on (product.md 2.12)."""
        extension = self._settings.site.extension(number)
        return extension is not None and extension.dnd


def install(resources: Resources) -> Features:
    dnd = DoNotDisturb(resources.settings)
    return Features(codes={"dnd-on": dnd.on, "dnd-off": dnd.off}, reminders=(dnd.reminds,))

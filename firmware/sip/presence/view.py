"""What a telephone's lamps may show, and what they show now (F10, product.md 2.1 and 2.12, security.md 3.5).

Extensions, parking slots, rooms; the codes of do-not-disturb and of the forwards stand for the watcher's own.
Not responsible for who is told when (`presence.py`), nor for the form of it (`documents.py`).
"""

from collections.abc import Iterable, Mapping

from firmware.calls.call import Call
from firmware.calls.exchange import Exchange
from firmware.calls.lamps import Waiting
from firmware.sip.presence.documents import DIALOG_INFO, SUMMARY, Light, dialog_info, summary
from firmware.sip.presence.subscription import MESSAGES, Subscription
from firmware.telephony.numbering import Plan, ToExtension, ToFeature, ToService
from firmware.telephony.site import Extension

OWN_MAILBOX = ("voicemail", "my-voicemail")  # codes that telephones name as the mailbox to watch
FORWARDS = {"forward-always-on": "always", "forward-busy-on": "busy", "forward-no-answer-on": "no_answer"}
PLACES = ("slot", "room")

Shown = Light | Waiting


class View:
    """The lamps as they are at one moment."""

    def __init__(self, exchange: Exchange) -> None:
        self._plan, self._lamps = exchange.plan, exchange.lamps
        self._lights = lights(exchange.calls.values(), exchange.occupancy.now())

    def shown(self, one: Subscription) -> Shown | None:
        """What the lamp shows; None: there is nothing to show any more."""
        if status(self._plan, one.extension, one.package, one.entity) != 200:
            return None
        if one.package == MESSAGES:
            return self._lamps.messages(one.extension)
        match self._plan.resolve(one.entity):
            case ToExtension(extension):
                return self._lights.get(extension.number, Light.OFF)
            case ToService(_kind, number):
                return Light.ON if self._lamps.place(number) else Light.OFF
            case ToFeature(code):
                return Light.ON if _own(self._plan.extensions[one.extension], code.id) else Light.OFF
        return None


def _own(watcher: Extension, code: str) -> bool:
    return watcher.dnd if code == "dnd-on" else getattr(watcher.forward, FORWARDS[code]) is not None


def lights(calls: Iterable[Call], occupied: Mapping[str, int]) -> dict[str, Light]:
    """Extensions with a call: ringing while they are in none but such as ring for them."""
    ringing: dict[str, int] = {}
    for call in calls:
        legs = call.ringing.legs if call.ringing is not None and call.ringing.open else ()
        for extension in {leg.party.extension for leg in legs if leg.party.extension}:
            ringing[extension] = ringing.get(extension, 0) + 1
    return {
        extension: Light.RINGING if ringing.get(extension, 0) >= count else Light.ON
        for extension, count in occupied.items()
    }


def status(plan: Plan, extension: str, package: str, entity: str) -> int:
    """200 if the extension may watch this; 403 if not, 404 if there is no such thing."""
    watcher, target = plan.extensions.get(extension), plan.resolve(entity)
    if watcher is None:
        return 403
    if package == MESSAGES:
        own = isinstance(target, ToFeature) and target.code.id in OWN_MAILBOX and not target.argument
        return 200 if own or entity == extension else 403
    match target:
        case ToExtension(watched):
            return 200 if _may_watch(watcher, watched) else 403
        case ToService(kind):
            return 200 if kind in PLACES else 404
        case ToFeature(code, "") if code.id == "dnd-on" or code.id in FORWARDS:
            return 200
    return 404


def _may_watch(watcher: Extension, watched: Extension) -> bool:
    if watcher.watch == "department":
        return watcher.number == watched.number or (
            watcher.department is not None and watcher.department == watched.department
        )
    return watcher.watch == "all"


def document(one: Subscription, shown: Shown, version: int) -> tuple[str, str]:
    """Type and text of what a NOTIFY says."""
    if isinstance(shown, Waiting):
        return SUMMARY, summary(one.local_uri, shown)
    return DIALOG_INFO, dialog_info(one.local_uri, version, shown)

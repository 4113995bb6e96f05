"""Which codes exist for one telephone: those that lead somewhere and that its extension may use. Pure."""

from collections.abc import Collection, Iterable

from firmware.telephony.codes import Code, When
from firmware.telephony.site import Extension, Site

HELP = "help"


def offered(codes: Iterable[Code], there: Collection[str], extension: Extension, site: Site) -> tuple[Code, ...]:
    """Codes to be dialled, then those to be pressed in a call. `there`: ids that lead somewhere."""
    able = [code for code in codes if code.id in there and code.id != HELP and _is_for(code.id, extension, site)]
    return tuple(code for when in (When.IDLE, When.CALL) for code in able if code.when is when)


def _is_for(id_: str, extension: Extension, site: Site) -> bool:
    """Whether the code does something for this extension."""
    match id_.partition("-")[0], id_:
        case "spy", _:
            return extension.monitor.mode in (id_.removeprefix("spy-"), "all")
        case "blacklist", _:
            return extension.may_block
        case "greeting", _:
            return site.may_greet(extension) and bool(site.greeting_places)
        case "agent", "agent-login" | "agent-logout":
            return any(extension.number in queue.dynamic_agents for queue in site.queues)
        case "agent", _:
            return any(extension.number in (*queue.agents, *queue.dynamic_agents) for queue in site.queues)
        case _, "my-voicemail":
            return extension.voicemail is not None and extension.voicemail.enabled
        case _, "pickup-group":
            return extension.department is not None
        case _:
            return True

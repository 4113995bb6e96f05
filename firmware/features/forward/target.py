"""Where an extension may forward its calls to (product.md 2.10), pure.

Asked when the forward is set. When a call comes, `firmware.telephony.delivery` decides anew: permissions change.
"""

from firmware.telephony.numbering import Plan, ToExtension, ToOutside, ToService
from firmware.telephony.outbound import may_use
from firmware.telephony.refusal import INVALID, Refusal
from firmware.telephony.site import Extension

REFUSED = Refusal("fwd-refused", "cannot take calls")
SELF = Refusal("fwd-refused", "is the extension itself")
LOOP = Refusal("fwd-refused", "forwards back: a loop")
FORBIDDEN = Refusal("not-allowed", "may not be called by this extension")


def refusal(number: str, owner: Extension, plan: Plan) -> Refusal | None:
    """Why `owner` cannot forward to `number`, None when it can."""
    match plan.resolve(number):
        case None:
            return INVALID
        case ToExtension(extension):
            if extension.number == owner.number:
                return SELF
            return LOOP if _leads_back(extension, owner, plan) else None
        case ToOutside(options):
            return None if any(may_use(rule, owner) for rule, _ in options) else FORBIDDEN
        case ToService(kind) if kind != "slot":
            return None
        case _:  # an emergency number, a parking slot, a code
            return REFUSED


def _leads_back(target: Extension | None, owner: Extension, plan: Plan) -> bool:
    """Whether the chain of unconditional forwards that begins at `target` ends at `owner`."""
    seen: set[str] = set()
    while target is not None and target.number not in seen:
        if target.number == owner.number:
            return True
        seen.add(target.number)
        target = plan.extensions.get(target.forward.always or "")
    return False

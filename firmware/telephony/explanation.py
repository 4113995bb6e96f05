"""A decision in words for people: what the portal and `fxbox explain` show.

Not responsible for deciding: `routing.py`.
"""

from firmware.contract.replies import Explanation, TraceStep
from firmware.telephony.decision import Decision, in_words


def explanation(decision: Decision) -> Explanation:
    """Outcome and steps, ready to be sent."""
    steps = tuple(TraceStep(step.mark, f"{step.rule}: {step.text}", step.setting) for step in decision.trace)
    return Explanation(in_words(decision.action), steps)

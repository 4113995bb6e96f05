"""A whole site file: from its text to the site, or to everything that is wrong with it.

Not responsible for reading files (`firmware.store`) or for the rules themselves (`rules/`).
"""

from dataclasses import dataclass

from firmware.telephony.site import text as site_text
from firmware.telephony.site.activity import not_active
from firmware.telephony.site.problem import Problem
from firmware.telephony.site.root import Site
from firmware.telephony.site.rules import accounts, codes, numbers, references, values
from firmware.telephony.site.validate import validated

RULES = (values, numbers, codes, references, accounts)


@dataclass(frozen=True, slots=True)
class Checked:
    """`site` is None when the file is refused. `not_active` names what waits for its feature."""

    site: Site | None
    problems: tuple[Problem, ...] = ()
    not_active: tuple[str, ...] = ()

    @property
    def refused(self) -> bool:
        return self.site is None


def checked(text: str) -> Checked:
    """Read, validate and cross-check the text of a site file. Never raises for what stands in it."""
    try:
        plain = site_text.read(text)
    except site_text.NotReadable as error:
        return Checked(None, (Problem((), str(error)),))
    outcome = validated(plain)
    if not isinstance(outcome, Site):
        return Checked(None, tuple(outcome))
    problems = tuple(cross_checked(outcome))
    refused = any(problem.fatal for problem in problems)
    return Checked(None if refused else outcome, problems, tuple(not_active(plain)))


def cross_checked(site: Site) -> list[Problem]:
    """All problems and warnings between the settings of a site."""
    return [problem for rule in RULES for problem in rule.problems(site)]

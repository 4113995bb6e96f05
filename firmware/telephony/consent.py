"""Where every party of a call has to know that it is recorded, before it is (product.md 2.13, 8.7). Pure.

A guide for the default, no legal advice: `recording.announce` decides in the end. A country that is not listed is
treated like those where all must know.
"""

from firmware.telephony.site import Recording

ONE_PARTY = {
    "GB": "Regulation of Investigatory Powers Act 2000, s. 1-3: one's own calls for oneself, not for others",
}
"""Countries where the knowledge of the one who records is enough for recordings of one's own, with the source."""
ALL_PARTIES = {
    "DE": "Strafgesetzbuch, section 201",
    "FR": "Code pénal, article 226-1",
    "US": "one party by 18 U.S.C. 2511 (2)(d), but all in a dozen states, such as Cal. Penal Code section 632",
}


def announced(setting: Recording, country: str) -> bool:
    """Whether the parties are told."""
    return setting.announce == "always" or (setting.announce == "country" and country not in ONE_PARTY)

"""The site file: the whole configuration of one box as immutable values, each setting defined once.

Type, default, range, unit, label and help of a setting stand at its definition; validation, JSON Schema, docs/site.md
and forms derive from there. Not responsible for keeping it (`firmware.store.settings`).
"""

from firmware.telephony.site.alarms import Alarms, Webhook
from firmware.telephony.site.extension import (
    LONGEST_FOLLOW_ME_S,
    Extension,
    ExtensionSip,
    FollowMe,
    FollowMeStep,
    Forward,
    Ha1,
    Record,
    Voicemail,
)
from firmware.telephony.site.root import Site
from firmware.telephony.site.routes import EmergencyCalls, Hours, Inbound, Outbound
from firmware.telephony.site.services import Fax, Menu, Pickup, Queue, RingGroup, Room
from firmware.telephony.site.system import (
    Limits,
    Mail,
    Numbering,
    Place,
    Portal,
    Recording,
    Retention,
    Sip,
    SourceException,
    SourceLimits,
)
from firmware.telephony.site.trunk import FxoTrunk, SipTrunk, Trunk

__all__ = [
    "LONGEST_FOLLOW_ME_S",
    "Alarms",
    "EmergencyCalls",
    "Extension",
    "ExtensionSip",
    "Fax",
    "FollowMe",
    "FollowMeStep",
    "Forward",
    "FxoTrunk",
    "Ha1",
    "Hours",
    "Inbound",
    "Limits",
    "Mail",
    "Menu",
    "Numbering",
    "Outbound",
    "Pickup",
    "Place",
    "Portal",
    "Queue",
    "Record",
    "Recording",
    "Retention",
    "RingGroup",
    "Room",
    "Sip",
    "SipTrunk",
    "Site",
    "SourceException",
    "SourceLimits",
    "Trunk",
    "Voicemail",
    "Webhook",
]

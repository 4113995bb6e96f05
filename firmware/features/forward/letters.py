"""The letter that tells an extension's owner of a new forward to the outside (security.md 4).

Whoever sits down at somebody's telephone can set one. Not responsible for sending: `firmware.net.outbox`.
"""

from firmware.calls.feature import Post
from firmware.telephony.site import Extension, Site

_LETTER = {
    "en": ("Calls are forwarded outside", "Calls of extension {number} are now forwarded to {target}."),
    "de": ("Anrufe werden nach außen umgeleitet", "Anrufe der Nebenstelle {number} gehen jetzt an {target}."),
    "fr": ("Renvoi vers l'extérieur", "Les appels du poste {number} sont désormais renvoyés vers {target}."),
    "es": ("Desvío al exterior", "Las llamadas de la extensión {number} se desvían ahora a {target}."),
    "it": ("Deviazione verso l'esterno", "Le chiamate dell'interno {number} sono ora deviate a {target}."),
    "ru": ("Переадресация на внешний номер", "Вызовы номера {number} теперь переадресуются на {target}."),
}


def tell_owner(post: Post, site: Site, owner: Extension, target: str) -> None:
    """Post it, if there is an address and a mail server."""
    if owner.voicemail is None or owner.voicemail.email is None or not post.ready:
        return
    subject, text = _LETTER[owner.language or site.site.language]
    post.post(owner.voicemail.email, subject, text.format(number=owner.number, target=target))

"""The letter that tells of an emergency call. Not responsible for sending: `firmware.net.outbox`."""

from collections.abc import Iterator

from firmware.calls.emergency import EmergencyCall
from firmware.calls.feature import Post
from firmware.telephony.site import Site

_LETTER = {
    "en": ("Emergency call by {who}", "{when}: {who} has called {number}."),
    "de": ("Notruf von {who}", "{when}: {who} hat {number} gewählt."),
    "fr": ("Appel d'urgence de {who}", "{when} : {who} a appelé le {number}."),
    "es": ("Llamada de emergencia de {who}", "{when}: {who} ha llamado al {number}."),
    "it": ("Chiamata di emergenza da {who}", "{when}: {who} ha chiamato il {number}."),
    "ru": ("Экстренный вызов: {who}", "{when}: {who} — вызов номера {number}."),
}


def tell(post: Post, site: Site, notified: tuple[str, ...], placed: EmergencyCall) -> None:
    """Post it to the addresses among those who are notified, and to those of the extensions among them."""
    if not post.ready:
        return
    when = placed.at.astimezone(site.site.zone)
    who = f"{placed.caller} {placed.name}".strip()
    for address, language in dict(_addresses(site, notified)).items():
        subject, text = _LETTER[language]
        post.post(
            address, subject.format(who=who), text.format(when=f"{when:%Y-%m-%d %H:%M}", who=who, number=placed.number)
        )


def _addresses(site: Site, notified: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Each with the language of its reader."""
    for one in notified:
        extension = site.extension(one)
        if "@" in one:
            yield one, site.site.language
        elif extension is not None and extension.voicemail is not None and extension.voicemail.email is not None:
            yield extension.voicemail.email, extension.language or site.site.language

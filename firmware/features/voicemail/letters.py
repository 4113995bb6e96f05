"""Letters about messages: the WAV to the owner of the mailbox, in the language of the extension; the first password.

Not responsible for sending: `firmware.net.outbox`.
"""

from datetime import datetime

from firmware.calls.feature import Post
from firmware.features.voicemail.boxes import Boxes
from firmware.features.voicemail.message import Message
from firmware.net.mail import Letter
from firmware.telephony.site import Extension, Site

TAG = "voicemail"
_MESSAGE = {
    "en": ("Voice message from {who}", "{when}: {who} left you a message of {seconds} s. It is attached."),
    "de": ("Sprachnachricht von {who}", "{when}: {who} hat eine Nachricht von {seconds} s hinterlassen (Anhang)."),
    "fr": ("Message vocal de {who}", "{when} : {who} vous a laissé un message de {seconds} s, en pièce jointe."),
    "es": ("Mensaje de voz de {who}", "{when}: {who} le dejó un mensaje de {seconds} s. Va adjunto."),
    "it": ("Messaggio vocale da {who}", "{when}: {who} ha lasciato un messaggio di {seconds} s, allegato."),
    "ru": ("Голосовое сообщение от {who}", "{when}: {who} — сообщение, {seconds} сек. Оно во вложении."),
}
_UNKNOWN = {
    "en": "an unknown caller", "de": "Unbekannt", "fr": "un appelant inconnu", "es": "un desconocido",
    "it": "un chiamante sconosciuto", "ru": "неизвестного абонента",
}  # fmt: skip
_PASSWORD = {
    "en": ("Your voicemail password", "Extension {number}: {pin}. Change it by *61, then 0 and 5."),
    "de": ("Ihre Geheimzahl für Sprachnachrichten", "Nebenstelle {number}: {pin}. Ändern mit *61, dann 0 und 5."),
    "fr": ("Votre mot de passe vocal", "Poste {number} : {pin}. Pour le changer : *61, puis 0 et 5."),
    "es": ("Su clave del buzón de voz", "Extensión {number}: {pin}. Para cambiarla: *61, luego 0 y 5."),
    "it": ("La password della segreteria", "Interno {number}: {pin}. Per cambiarla: *61, poi 0 e 5."),
    "ru": ("Пароль голосовой почты", "Номер {number}: {pin}. Изменить: *61, затем 0 и 5."),
}


class Letters:
    """What mailboxes write to their owners."""

    def __init__(self, post: Post, boxes: Boxes) -> None:
        self._post, self._boxes = post, boxes

    def message(self, site: Site, message: Message) -> None:
        """Send the message to its owner, who may have given an address."""
        owner = site.extension(message.mailbox)
        if owner is None or owner.voicemail is None or owner.voicemail.email is None or not self._post.ready:
            return
        language = owner.language or site.site.language
        subject, text = _MESSAGE[language]
        words = {
            "who": f"{message.name} {message.number}".strip() or _UNKNOWN[language],
            "when": _local(message.at, site),
            "seconds": round(message.length_s),
        }
        self._post.post(
            owner.voicemail.email, subject.format(**words), text.format(**words),
            attachment=str(self._boxes.sound_of(message)), name=f"{message.mailbox}-{message.id}.wav",
            tag=f"{TAG}/{message.mailbox}/{message.id}",
        )  # fmt: skip

    def password(self, site: Site, owner: Extension) -> None:
        """Tell the owner the password that the box has chosen."""
        if owner.voicemail is not None and owner.voicemail.email is not None and self._post.ready:
            subject, text = _PASSWORD[owner.language or site.site.language]
            self._post.post(owner.voicemail.email, subject, text.format(number=owner.number, pin=owner.voicemail.pin))

    def sent(self, site: Site, letter: Letter) -> None:
        """The mail server has it: the owner may want the message removed here."""
        kind, _, rest = letter.tag.partition("/")
        mailbox, _, id = rest.partition("/")
        owner, message = site.extension(mailbox), self._boxes.find(mailbox, id)
        wanted = owner is not None and owner.voicemail is not None and owner.voicemail.delete_after_email
        if kind == TAG and message is not None and wanted:
            self._boxes.remove(message)


def _local(at: datetime, site: Site) -> str:
    return f"{at.astimezone(site.site.zone):%Y-%m-%d %H:%M}"

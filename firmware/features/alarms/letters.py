"""The letter about an alarm. Not responsible for sending: `firmware.net.outbox`."""

from datetime import datetime

from firmware.calls.feature import Post
from firmware.telephony.site import Site

_LETTER = {  # subject, the first line, what follows when it has come several times
    "en": ("Alarm: {text}", "{when}: the box {box} raised an alarm:", "{times} times since the last letter"),
    "de": ("Alarm: {text}", "{when}: Die Anlage {box} meldet:", "{times} Mal seit dem letzten Brief"),
    "fr": ("Alarme : {text}", "{when} : le système {box} signale :", "{times} fois depuis la dernière lettre"),
    "es": ("Alarma: {text}", "{when}: el sistema {box} avisa:", "{times} veces desde la última carta"),
    "it": ("Allarme: {text}", "{when}: il sistema {box} segnala:", "{times} volte dall'ultima lettera"),
    "ru": ("Тревога: {text}", "{when}: станция {box} сообщает:", "{times} раз после прошлого письма"),
}


def write(post: Post, site: Site, text: str, at: datetime, times: int) -> None:
    """Post it to everybody whom the site names, if there is a mail server."""
    if not post.ready:
        return
    subject, first, again = _LETTER[site.site.language]
    when = f"{at.astimezone(site.site.zone):%Y-%m-%d %H:%M}"
    lines = [first.format(when=when, box=site.site.name), text]
    if times > 1:
        lines.append(again.format(times=times))
    for address in site.alarms.email:
        post.post(address, subject.format(text=text), "\n".join(lines))

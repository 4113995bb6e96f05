"""One visit of a mailbox: which folder is open, which message is at hand, what is to be removed at the end. Pure but
for the boxes that it asks. Not responsible for talking: `menu.py`.
"""

from firmware.features.voicemail.boxes import Boxes
from firmware.features.voicemail.message import Folder, Message, waiting


class Visit:
    """The list of a folder is that of its opening: a message that was heard stays in it until another is opened."""

    def __init__(self, boxes: Boxes, mailbox: str) -> None:
        self.boxes, self.mailbox = boxes, mailbox
        self._bin: set[str] = set()
        now = waiting(boxes.messages(mailbox))
        self.open(Folder.NEW if now.new or not now.old else Folder.OLD)

    def open(self, folder: Folder) -> None:
        self.folder, self.place = folder, -1
        self._listed = [one.id for one in self.boxes.messages(self.mailbox) if one.folder is folder]

    @property
    def size(self) -> int:
        return len(self._listed)

    @property
    def message(self) -> Message | None:
        """The message at hand; before the first was heard that one. None: there is none, or it was just removed."""
        place = max(self.place, 0)
        return self.boxes.find(self.mailbox, self._listed[place]) if place < self.size else None

    def go(self, place: int) -> bool:
        """To the message at this place of the list, past those that were removed meanwhile; False: there is none."""
        step = 1 if place >= self.place else -1
        while 0 <= place < self.size:
            if self.boxes.find(self.mailbox, self._listed[place]) is not None:
                self.place = place
                return True
            place += step
        return False

    def to_be_removed(self, message: Message) -> bool:
        return message.id in self._bin

    def throw_away(self, message: Message) -> bool:
        """Remove the message at the end of the visit, or do not after all. Its lamp goes out at once."""
        if self.to_be_removed(message):
            self._bin.remove(message.id)
            return False
        self._bin.add(message.id)
        self.boxes.mark(message, read=True)
        return True

    def close(self) -> None:
        """Remove what was thrown away."""
        for id in self._bin:
            if (message := self.boxes.find(self.mailbox, id)) is not None:
                self.boxes.remove(message)

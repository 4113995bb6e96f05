"""Three-way (H3): the far ends of two calls of one telephone hear each other, as both hear the telephone.

Not responsible for telephone and far end hearing each other: each call sees to its own two.
"""

from firmware.calls.leg import Leg, LegEvent, PeerChanged
from firmware.calls.wire import Hearing
from firmware.media import Media


class ThreeWay:
    """Lasts until `close`. While one of the two calls has nobody to talk to, the other goes on as usual."""

    def __init__(self, media: Media, first: Leg, second: Leg) -> None:
        self._media, self._legs = media, (first, second)
        self._peers: tuple[Leg, ...] = ()
        self._hearings: tuple[Hearing, ...] = ()
        self._stops = [leg.signals.watch(self._on_event) for leg in self._legs]
        self._refresh()

    def _on_event(self, event: LegEvent) -> None:
        if isinstance(event, PeerChanged):
            self._refresh()

    def _refresh(self) -> None:
        self._part()
        peers = tuple(leg.signals.peer for leg in self._legs if leg.signals.peer is not None)
        if len(peers) == len(self._legs):
            self._peers = peers
            one, other = peers
            self._hearings = (self._hearing(one, other), self._hearing(other, one))
            for peer in peers:
                peer.signals.keep_company(True)

    def _hearing(self, speaker: Leg, hearer: Leg) -> Hearing:
        return Hearing(self._media, speaker, hearer, lambda: not speaker.signals.held_by_far_end)

    def _part(self) -> None:
        for hearing in self._hearings:
            hearing.close()
        for peer in self._peers:
            peer.signals.keep_company(False)
        self._hearings, self._peers = (), ()

    def close(self) -> None:
        for stop in self._stops:
            stop()
        self._part()

"""What the processes of the box say to each other. The only package that the portal knows of the firmware.

`status` the facts, `requests`, `replies` and `events` the messages, `heartbeat` those to the supervisor, `wire` their
form on a socket, `client` and `async_client` the two ways to speak. No process is reached from here by itself.
"""

VERSION = 1
"""Version of the messages. Both ends state it first; a different one is refused."""

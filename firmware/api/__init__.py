"""The core's side of the contract: who is there (log-in, sessions), what they may see, replies, event stream.

Put together in `firmware/core.py`:
    events = Events(life=int(clock.now().timestamp()))          # post every change of a fact here
    door = Doorkeeper(accounts, sessions, passwords, clock)     # `claim()` makes the first administrator
    server = Server(data / SOCKET_NAME, Answers(box, events, sessions, door))
"""

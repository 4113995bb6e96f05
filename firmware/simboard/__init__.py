"""The simulated board as a process: chip models, wires, telephones, the exchange behind the FXO ports, the clock.

It stands for copper: the core reaches it over the same seams (`hal`, PCM back end) and knows nothing of it.
"""

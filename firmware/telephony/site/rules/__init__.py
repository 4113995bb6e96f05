"""Rules between settings, one module a topic. Each takes a site whose single values are right and yields problems.

Not responsible for single values (`validate.py`) or for calling these rules (`check.py`).
"""

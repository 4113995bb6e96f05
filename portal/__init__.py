"""The web portal: pages, event stream, /healthz and /metrics over https. Knows the box by `firmware.contract` only.

It decides nothing about users: it passes the browser's opaque cookie on to the core. It lives on while the core is
down and says so. Pages are the modules of `pages/`; the listing of that folder is the list of pages.
"""

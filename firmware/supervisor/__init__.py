"""The process tree: starts the box's processes, watches their heartbeats, restarts what dies or hangs.

`child` is the pure rule for one process, `process` starts one, `tree` runs them all, `watchdog` keeps the board from
resetting while all is well, `checks/` are the self-checks. Knows nothing of calls.
"""

"""The commands of `fxbox`, one module each; the listing of this folder is the list of commands.

A command module offers `HELP` (one line), `configure(parser)` and `run(args) -> int`; its file name is the command's
name. `args.data` is the folder of the box. Modules are imported only when their command is used, so an import that is
slow in one never delays another.
"""


class Refused(Exception):
    """The command cannot be done; the message says why and what the user can do. Exit status 1."""

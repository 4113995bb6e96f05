"""The pages, one module each; the listing of this folder is the list. A module offers `page`, a Flask blueprint.

Every route carries `@access(...)`; one without stops the start of the portal.
"""

class NoEvent(Exception):
    """The request carries no event; the text says why."""

"""A command that was called in a way that cannot work."""


class UsageError(ValueError):
    """The message says what to change; the exit status is 64."""

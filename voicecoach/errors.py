"""The one exception for what a user gave us and we cannot use."""


class InputError(ValueError):
    """Something that came from outside (a file, a text, an option) cannot be used.

    ``str(error)`` is one sentence that says what is wrong with which file and what to do.
    The command line prints that sentence and exits with code 2, without a traceback.
    """


class TooLong(InputError):
    """A recording that lasts longer than is accepted."""

"""What goes wrong in the local stack, told so that a person can act on it."""


class StackError(Exception):
    """The local stack can't do what was asked; the message is one line that says what to do."""

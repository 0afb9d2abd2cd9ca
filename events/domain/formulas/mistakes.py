"""What is no formula, and where."""


class Mistake(ValueError):  # noqa: N818 - it names what is wrong with the text
    """A text that is not in the grammar. `at` is the first character of what is wrong, counted from 1.

    `expected` says what could stand there, or what is wrong with what does.
    """

    def __init__(self, at: int, expected: str) -> None:
        super().__init__(f"at character {at}: {expected}")
        self.at = at
        self.expected = expected

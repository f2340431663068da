"""A fault at a token: what the parser raises before its place in the text is known."""


class Fault(Exception):
    """The tokens are not a formula.

    Args:
        reason: a reason of `ReadError`.
        message: what was expected, for a person.
        place: the token.
        shows: whether the message should name the token that was found.
    """

    def __init__(self, reason: str, message: str, place: int, *, shows: bool = False):
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.place = place
        self.shows = shows

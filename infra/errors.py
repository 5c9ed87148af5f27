"""The one exception whose text is meant for the person at the terminal."""


class InfraError(Exception):
    """Something the user can mend: the text says what, why and the way out."""

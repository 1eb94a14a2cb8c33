"""How a sentence speaks of a digit."""


def with_article(digit: int) -> str:
    """ "a 4", "an 8"."""
    return f"an {digit}" if digit == 8 else f"a {digit}"

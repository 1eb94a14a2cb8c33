"""Validation of nicknames, and detection of nicknames that look the same."""

import re
import unicodedata

from mnist_core.errors import LabError

MAX_NICKNAME_LENGTH = 24  # characters; the board shows it beside a drawing
PUNCTUATION = " -_.'’"  # allowed besides letters, combining marks and digits
# Invisible letters and marks: names with and without them would look the same.
INVISIBLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")


class NicknameError(LabError):
    """The nickname is invalid, or another person has it."""


def normalize_nickname(nickname: str) -> str:
    """``nickname`` in Unicode form NFKC, with single spaces. Raises NicknameError when it is invalid."""
    name = " ".join(unicodedata.normalize("NFKC", nickname).split())
    if not 1 <= len(name) <= MAX_NICKNAME_LENGTH:
        raise NicknameError(f"A nickname has 1 to {MAX_NICKNAME_LENGTH} characters, got {len(name)}.")
    categories = "".join(" " if character in PUNCTUATION else unicodedata.category(character)[0] for character in name)
    if not set(categories) <= set("LMN ") or INVISIBLE.search(name):
        raise NicknameError("A nickname may hold letters, digits, spaces, and the signs - _ . '")
    if not set(categories) & set("LN") or "MMM" in categories:  # stacked accents cover the text above
        raise NicknameError("A nickname needs a letter or a digit, with at most two accents on each.")
    return name


def comparison_key(nickname: str) -> str:
    """A key that is equal for nicknames that differ only in case. ``nickname``: normalized."""
    return unicodedata.normalize("NFKC", nickname.casefold())

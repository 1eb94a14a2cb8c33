"""What a nickname may be, and which ones look the same."""

import re
import unicodedata

from mnist_core.errors import LabError

LONGEST = 24  # characters; a board shows it beside a drawing
SIGNS = " -_.'’"  # what a nickname may hold besides letters, their marks, and digits
# Letters and marks that show as nothing: two names with and without them would look the same.
UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")


class NicknameError(LabError):
    """A nickname that nobody can have, or that somebody else has."""


def checked(nickname: str) -> str:
    """``nickname`` as it is kept: on one line, with plain spaces. Raises NicknameError when it cannot be one."""
    name = " ".join(unicodedata.normalize("NFKC", nickname).split())
    if not 1 <= len(name) <= LONGEST:
        raise NicknameError(f"A nickname has 1 to {LONGEST} characters, got {len(name)}.")
    kinds = "".join(" " if character in SIGNS else unicodedata.category(character)[0] for character in name)
    if not set(kinds) <= set("LMN ") or UNSEEN.search(name):
        raise NicknameError("A nickname may hold letters, digits, spaces, and the signs - _ . '")
    if not set(kinds) & set("LN") or "MMM" in kinds:  # piled-up accents would cover what stands above
        raise NicknameError("A nickname needs a letter or a digit, with at most two accents on each.")
    return name


def alike(nickname: str) -> str:
    """What all nicknames have in common that differ from this one, a ``checked`` one, only in capital letters."""
    return unicodedata.normalize("NFKC", nickname.casefold())

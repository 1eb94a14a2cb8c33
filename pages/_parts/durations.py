"""How long something takes, in words."""


def in_words(seconds: float) -> str:
    """``seconds`` as people say it: "8 s", "1 min 40 s", "12 min", "2 h 5 min"."""
    whole = max(round(seconds), 0)
    if whole < 60:
        return f"{max(whole, 1)} s" if seconds > 0 else "0 s"
    if whole < 600:
        minutes, rest = divmod(whole, 60)
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    minutes = round(seconds / 60)
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {rest} min" if rest else f"{hours} h"

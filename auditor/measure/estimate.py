"""Intervals for shares of small samples."""

from math import sqrt

_Z = 1.959963984540054  # 95%, two-sided


def wilson(part: int, whole: int, z: float = _Z) -> tuple[float, float] | None:
    """Return the score interval of a share (E. B. Wilson, JASA 22, 1927), with four digits; None of nothing.

    >>> wilson(63, 90)
    (0.5987, 0.7849)
    """
    if not whole:
        return None
    share, spread = part / whole, z * z / whole
    middle = (share + spread / 2) / (1 + spread)
    half = z * sqrt(share * (1 - share) / whole + spread / (4 * whole)) / (1 + spread)
    low, high = round(middle - half, 4), round(middle + half, 4)
    return 0.0 if part == 0 else low, 1.0 if part == whole else high

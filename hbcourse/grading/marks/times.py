"""Times as people and platforms write them: with the year first, and with a time zone."""

import re
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

_TIME = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})(?:[T ]+(?P<time>\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?\s*(?P<zone>\S.*)?", re.ASCII
)
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?", re.IGNORECASE | re.ASCII)
EXAMPLE = "2026-11-05 23:59 +01:00"


def parse(text: str, default: str = "") -> datetime:
    """The time that the text says, in UTC and without its zone, as nbgrader keeps times.

    Parameters
    ----------
    text : str
        Such as ``2026-11-05 23:59 +01:00``, ``2026-11-05T22:59:00Z`` or ``2026-11-05 23:59 Europe/Berlin``.
    default : str
        What stands for a zone where the text has none; without it, such a text is refused.

    Raises
    ------
    ValueError
        Why the text says no time, and how to write it, in one sentence.
    """
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text.strip()[:40]!r} is not a time with the year first; write it so: {EXAMPLE}")
    said = repr(text.strip()[:60])
    if not found["time"]:
        raise ValueError(f"{said} has no hour; write it so: {EXAMPLE}")
    if not (found["zone"] or default):
        raise ValueError(f"{said} has no time zone; write it so: {EXAMPLE}")
    there = zone(found["zone"] or default)
    try:
        local = datetime.fromisoformat(f"{found['day']} {found['time'].zfill(5)}").replace(tzinfo=there)
        in_utc = local.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise ValueError(f"{said} is no time that there is; write it so: {EXAMPLE}") from None
    if local.utcoffset() != local.replace(fold=1).utcoffset():
        raise ValueError(f"{said} is skipped or comes twice, since clocks change then; write it so: {EXAMPLE}")
    return in_utc


def zone(name: str) -> tzinfo:
    """The time zone of this name, such as ``Europe/Berlin`` or ``+01:00``, or :class:`ValueError`."""
    try:
        if name.upper() in ("Z", "UTC", "GMT"):
            return UTC
        if offset := _OFFSET.fullmatch(name):
            sign, hours, minutes = offset.groups()
            return datetime.strptime(f"{sign}{int(hours):02}{minutes or '00'}", "%z").tzinfo or UTC
        return ZoneInfo(name)
    except (ValueError, KeyError, OSError):
        raise ValueError(f"{name[:40]!r} is no time zone; write, for example, Europe/Berlin or +01:00") from None

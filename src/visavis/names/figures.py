"""Figures and dates as a reader writes them: one rule for each kind of unit, through Babel.

The unit of a ``Number`` decides how it is written:

    share ..., probability ...    0.312 -> 31%      a part of a whole
                                  0.9996 -> more than 99%, 0.0004 -> less than 0.1%: none and all are what they say
    change in share ...           0.21  -> +21      percentage points, always with a sign; the template says "points"
    ... per ...                   12.34 -> 12.3     a rate; two decimals under 10
    of 10                         6.42  -> 6.4      a mark; the template gives the scale
    anything else                 1234  -> 1,234    a count where it is whole, else one or two decimals

``change in ...`` before any other unit puts a sign in front as well.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal, format_percent

from visavis.errors import UsageError
from visavis.finding import Number

__all__ = ["PARTS", "day", "edge", "figure", "interval", "week"]

PARTS = frozenset({"", "value", "size", "range", "low", "high", "n", "level", "counted"})
_WEEK = re.compile(r"(\d{4})-W(\d{2})")
_UNIT_SHARES = ("share", "probability")
_NOTHING = 1e-9  # what sums of parts of one leave
_MINUS = "\N{MINUS SIGN}"


def figure(number: Number, part: str, locale: Locale) -> str | None:
    """One part of a number (``value``, ``size``, ``low``, ``high``, ``n``, ``level``); None where it is not known.

    >>> figure(Number(-0.21, "change in share of acts"), "value", Locale("en")).replace(_MINUS, "-")
    '-21'
    """
    if part == "n":
        return None if number.n is None else format_decimal(number.n, locale=locale)
    if part == "level":
        return format_percent(number.level, locale=locale)
    value = {"value": number.value, "size": number.value, "low": number.low, "high": number.high}[part]
    if value is None:
        return None
    return _write(abs(value) if part == "size" else value, number, locale, signed=part != "size")


def edge(number: Number, locale: Locale) -> tuple[str, str] | None:
    """For a share above 0 or below 1 that rounding would make 0% or 100%: "below" or "above" which figure it lies.

    >>> edge(Number(0.9996, "share of pairs"), Locale("en")), edge(Number(1.0, "share of pairs"), Locale("en"))
    (('above', '99%'), None)
    """
    if number.value is None or not number.unit.startswith(_UNIT_SHARES) or not 0 < number.value < 1 - _NOTHING:
        return None
    percent = float(re.sub(r"[^\d.]", "", _write(number.value, number, Locale("en"), signed=False)))
    if percent == 0 and number.value > _NOTHING:
        return "below", format_percent(0.001, "0.0%", locale=locale)
    return ("above", format_percent(0.99, "0%", locale=locale)) if percent == 100 else None


def interval(number: Number, locale: Locale) -> tuple[str, str]:
    """Both ends of a number's interval, without the percent sign that the value already carries."""
    if number.low is None or number.high is None:
        raise UsageError("This number has no interval.")
    low, high = (
        _write(end, number, locale, signed=True).rstrip("%\N{NO-BREAK SPACE}") for end in (number.low, number.high)
    )
    return low, high


def _write(value: float, number: Number, locale: Locale, *, signed: bool) -> str:
    """A figure by the rule of its unit; ``signed`` puts a plus before a positive change."""
    unit = number.unit
    change = unit.startswith("change in ")
    kind = unit.removeprefix("change in ")
    if kind.startswith(_UNIT_SHARES):
        pattern = "#,##0.#" if 0 < abs(value) < 0.01 else "#,##0"
        text = format_decimal(100 * value, format=pattern, locale=locale)
        text = text if change else text + "%"
    else:
        text = format_decimal(value, format=_pattern(value, number), locale=locale)
    if text.lstrip("-\N{MINUS SIGN}").strip("0.,%") == "":
        text = text.lstrip("-\N{MINUS SIGN}")  # minus nothing is nothing
    elif change and signed and value > 0:
        text = "+" + text
    return text.replace("-", _MINUS)


def _pattern(value: float, number: Number) -> str:
    """Decimals: none for a count or from 100 on, one from ten on, two under ten. Both ends follow the value."""
    if isinstance(value, int) and isinstance(number.value, int):
        return "#,##0"
    if number.unit == "of 10":
        return "#,##0.0"
    scale = abs(value if number.value is None else number.value)
    if scale >= 100:
        return "#,##0"
    return "#,##0.0" if scale >= 10 else "#,##0.00"


def day(text: str, locale: Locale) -> str:
    """A day, month or year as a reader writes it: ``2012-08-10``, ``2012-08``, ``2012``.

    Raises:
        UsageError: it is none of the three.

    >>> day("2012-08", Locale("en"))
    'August 2012'
    """
    try:
        if re.fullmatch(r"\d{4}", text):
            return format_skeleton("y", date(int(text), 1, 1), locale=locale)
        if re.fullmatch(r"\d{4}-\d{2}", text):
            return format_skeleton("yMMMM", date.fromisoformat(f"{text}-01"), locale=locale)
        return format_date(date.fromisoformat(text), format="long", locale=locale)
    except ValueError:
        raise UsageError(f"{text!r} is no day, month, week or year such as 2012-08-10, 2012-08 or 2012-W31.") from None


def week(text: str, locale: Locale) -> dict[str, str] | None:
    """Week, year, first and last day of an ISO week such as ``2019-W11``; None for any other period.

    ``month`` is there only where the week lies in one month; then ``first`` and ``last`` are bare numbers.

    >>> week("2019-W11", Locale("en", "GB"))
    {'week': '11', 'year': '2019', 'first': '11', 'last': '17', 'month': 'March'}
    """
    match = _WEEK.fullmatch(text)
    if match is None:
        return None
    try:
        first = date.fromisocalendar(int(match[1]), int(match[2]), 1)
    except ValueError:
        raise UsageError(f"There is no ISO week {text!r}.") from None
    last = first + timedelta(days=6)
    parts = {"week": str(int(match[2])), "year": match[1]}
    if first.month == last.month:
        # Chinese spells its full names of months in words (三月), which no date in figures has beside it.
        month = format_date(first, "MMM" if locale.language == "zh" else "MMMM", locale=locale)
        return parts | {"first": str(first.day), "last": str(last.day), "month": month}
    first_text, last_text = (format_skeleton("MMMMd", end, locale=locale) for end in (first, last))
    return parts | {"first": first_text, "last": last_text}

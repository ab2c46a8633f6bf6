"""Numbers, times, dates, money and units, written out as the words an American speaker says.

Each rule is a pattern and a function; they run in order, the most special first, so that what one
rule has written out holds no digits for the next. `num2words` makes the number words.
"""

import re
from collections.abc import Callable

MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August"]
MONTHS += ["September", "October", "November", "December"]
_NUM = r"\d+(?:,\d{3})*(?:\.\d+)?"
_BIG = {"k": "thousand", "m": "million", "bn": "billion", "b": "billion"}
_CURRENCIES = {
    "$": ("dollar", "dollars", "cent", "cents"),
    "£": ("pound", "pounds", "penny", "pence"),
    "€": ("euro", "euros", "cent", "cents"),
    "¥": ("yen", "yen", "", ""),
    "₹": ("rupee", "rupees", "paisa", "paise"),
}
_UNITS = {
    "km": "kilometer",
    "cm": "centimeter",
    "mm": "millimeter",
    "kg": "kilogram",
    "mg": "milligram",
    "lb": "pound",
    "lbs": "pound",
    "oz": "ounce",
    "ft": "foot",
    "ml": "milliliter",
    "km/h": "kilometer an hour",
    "mph": "mile an hour",
    "hrs": "hour",
    "hr": "hour",
    "min": "minute",
    "mins": "minute",
    "sec": "second",
    "Hz": "hertz",
    "kHz": "kilohertz",
    "GB": "gigabyte",
    "MB": "megabyte",
}
_IRREGULAR = {"foot": "feet", "hertz": "hertz", "kilohertz": "kilohertz"}
_PARTS = {2: "half", 3: "third", 4: "quarter"}
_DENOMINATORS = frozenset([*range(2, 11), 12, 16, 20])
_LONGEST = 15
"""Digits of a number that is still read as one number; a longer one is read digit by digit."""


def spell_numbers(text: str) -> str:
    """Writes everything with digits as words: ``"$5"`` becomes ``"five dollars"``.

    Words, punctuation and symbols without digits come back unchanged.
    """
    if not any(char.isdigit() for char in text):
        return text
    for pattern, say in _RULES:
        text = pattern.sub(say, text)
    return text


def cardinal(digits: str) -> str:
    """``"1,205"`` to ``"one thousand two hundred five"``; digit by digit after a leading zero."""
    digits = digits.replace(",", "")
    if len(digits) > _LONGEST or (len(digits) > 1 and digits[0] == "0"):
        return _digit_by_digit(digits)
    return _words(int(digits))


def _words(number: int, to: str = "cardinal") -> str:
    from num2words import num2words  # loads every language it knows; not needed for most texts

    # num2words writes "two hundred and five, ..." with hyphens; Americans leave out the "and".
    words = re.sub(r"[,-]", " ", num2words(number, to=to)).split()
    return " ".join(word for word in words if word != "and")


def _ordinal(digits: str) -> str:
    return cardinal(digits) if len(digits) > _LONGEST else _words(int(digits), "ordinal")


def _digit_by_digit(digits: str) -> str:
    return " ".join(_words(int(digit)) for digit in digits)


def _number(text: str) -> str:
    whole, _, decimals = text.partition(".")
    words = cardinal(whole)
    return f"{words} point {_digit_by_digit(decimals)}" if decimals else words


def _year(digits: str) -> str:
    number = int(digits)
    if 2000 <= number <= 2009 or number < 1000:
        return _words(number)
    high, low = divmod(number, 100)
    if low == 0:
        return _words(number) if high % 10 == 0 else f"{_words(high)} hundred"
    return f"{_words(high)} {'oh ' if low < 10 else ''}{_words(low)}"


def _time(match: re.Match[str]) -> str:
    hour, minute, half = int(match[1]), int(match[2]), match[3]
    if hour > 24 or minute > 59:
        return match[0]
    if minute == 0:
        middle = "" if half else " o'clock"
    else:
        middle = f" {'oh ' if minute < 10 else ''}{_words(minute)}"
    return f"{_words(hour)}{middle}{_half_day(half)}"


def _half_day(half: str | None) -> str:
    return f" {half.upper()}.M. " if half else ""


def _date(year: str, month: int, day: int) -> str | None:
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    if len(year) == 2:
        year = ("20" if int(year) < 50 else "19") + year
    return f"{MONTHS[month - 1]} {_words(day, 'ordinal')} {_year(year)}"


def _money(match: re.Match[str]) -> str:
    one, many, small_one, small_many = _CURRENCIES[match[1]]
    amount, big = match[2], match[3]
    if big:
        return f"{_number(amount)} {_BIG.get(big.lower(), big)} {many}"
    whole, _, cents = amount.partition(".")
    if not cents or not small_one or len(cents) != 2:
        return f"{_number(amount)} {one if amount == '1' else many}"
    parts = []
    if int(whole.replace(",", "")) or not int(cents):
        parts.append(f"{cardinal(whole)} {one if whole == '1' else many}")
    if int(cents):
        parts.append(f"{_words(int(cents))} {small_one if int(cents) == 1 else small_many}")
    return " and ".join(parts)


def _unit(match: re.Match[str]) -> str:
    amount, (unit, *rest) = match[1], _UNITS[match[2]].split(" ", 1)
    if amount != "1":
        unit = _IRREGULAR.get(unit, unit + "s")
    return " ".join([_number(amount), unit, *rest])


def _degrees(match: re.Match[str]) -> str:
    scale = {"C": " Celsius", "F": " Fahrenheit"}.get(match[2] or "", "")
    return f"{_number(match[1])} {'degree' if match[1] == '1' else 'degrees'}{scale}"


def _fraction(match: re.Match[str]) -> str:
    above, below = int(match[2]), int(match[3])
    if below not in _DENOMINATORS or not 0 < above < below:  # "9/11", "24/7"
        return f"{match[1] or ''} {_words(above)} {_words(below)}"
    unit = _PARTS.get(below) or _words(below, "ordinal")
    if above > 1:
        unit = "halves" if unit == "half" else unit + "s"
    lead = f"{_words(int(match[1]))} and " if match[1] else ""
    return f"{lead}{'a' if lead and above == 1 else _words(above)} {unit}"


def _decade(match: re.Match[str]) -> str:
    words = _year(match[1]) if len(match[1]) == 4 else _words(int(match[1]))
    return words[:-1] + "ies" if words.endswith("y") else words + "s"


def _plain(match: re.Match[str]) -> str:
    digits = match[0]
    if re.fullmatch(r"1[1-9]\d\d|20\d\d", digits):
        return _year(digits)
    return _number(digits)


Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]

_RULES: list[Rule] = [
    (re.compile(r"(?<![\w.])\.(?=\d)"), lambda m: "0."),
    (re.compile(r"(?<=\d)'(?=\d)"), lambda m: " "),
    (
        re.compile(r"\b(\d{1,2}):(\d{2})(?!\d)(?:\s?([AaPp])\.?[Mm]\b\.?)?"),
        _time,
    ),
    (
        re.compile(r"\b(\d{1,2})\s?([AaPp])\.?[Mm]\b\.?"),
        lambda m: _words(int(m[1])) + _half_day(m[2]),
    ),
    (
        re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b"),
        lambda m: _date(m[1], int(m[2]), int(m[3])) or m[0],
    ),
    (
        re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})\b"),
        lambda m: _date(m[3], int(m[1]), int(m[2])) or m[0],
    ),
    (
        re.compile(rf"\b({'|'.join(MONTHS)}) (\d{{1,2}})(?:st|nd|rd|th)?\b(?![:.,]\d)"),
        lambda m: f"{m[1]} {_words(int(m[2]), 'ordinal')}",
    ),
    (
        re.compile(r"(?<![\w-])(?:\d{3}-)?\d{3}-\d{4}(?![\w-])"),
        lambda m: _digit_by_digit(re.sub(r"\D", "", m[0])),
    ),
    (re.compile(r"(?<=\d)\s?[-–]\s?(?=\d)"), lambda m: " to "),
    (re.compile(r"(?<![\w.])[-–](?=\d)"), lambda m: "minus "),
    (
        re.compile(
            rf"([{''.join(_CURRENCIES)}])\s?({_NUM})"
            r"(?:\s?(thousand|million|billion|trillion|bn|[kKmMbB])\b)?"
        ),
        _money,
    ),
    (re.compile(rf"\b({_NUM})\s?%"), lambda m: f"{_number(m[1])} percent"),
    (re.compile(rf"\b({_NUM})\s?°(?:\s?([CF])\b)?"), _degrees),
    (
        re.compile(rf"\b({_NUM})\s?({'|'.join(sorted(_UNITS, key=len, reverse=True))})\b(?!/)"),
        _unit,
    ),
    (
        re.compile(r"\b(\d{1,3}(?:,\d{3})+|\d+)(st|nd|rd|th)\b"),
        lambda m: _ordinal(m[1].replace(",", "")),
    ),
    (re.compile(r"(?<![\w])'?(\d{2}|1\d{3}|20\d{2})s\b"), _decade),
    (re.compile(r"\b(?:(\d{1,3}) )?(\d{1,2})/(\d{1,2})\b(?!/)"), _fraction),
    (re.compile(r"(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])"), lambda m: " "),
    (re.compile(_NUM), _plain),
]

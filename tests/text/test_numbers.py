import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicecoach.text.numbers import cardinal, spell_numbers


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("0", "zero"),
        ("105", "one hundred five"),
        ("2,500", "two thousand five hundred"),
        ("3.14", "three point one four"),
        (".5", "zero point five"),
        ("-5", "minus five"),
        ("007", "zero zero seven"),
        ("1999", "nineteen ninety nine"),
        ("1905", "nineteen oh five"),
        ("1900", "nineteen hundred"),
        ("2005", "two thousand five"),
        ("2024", "twenty twenty four"),
        ("1960s", "nineteen sixties"),
        ("'90s", "nineties"),
        ("21st", "twenty first"),
        ("1,000th", "one thousandth"),
        ("May 5", "May fifth"),
        ("10/12/2019", "October twelfth twenty nineteen"),
        ("2019-10-12", "October twelfth twenty nineteen"),
        ("9:05", "nine oh five"),
        ("9:00", "nine o'clock"),
        ("$5", "five dollars"),
        ("$1", "one dollar"),
        ("$5.50", "five dollars and fifty cents"),
        ("$0.01", "one cent"),
        ("$3.2 billion", "three point two billion dollars"),
        ("£2", "two pounds"),
        ("¥500", "five hundred yen"),
        ("100%", "one hundred percent"),
        ("20°C", "twenty degrees Celsius"),
        ("10 km", "ten kilometers"),
        ("6 ft", "six feet"),
        ("60 mph", "sixty miles an hour"),
        ("1/2", "one half"),
        ("3 1/2", "three and a half"),
        ("2/3", "two thirds"),
        ("24/7", "twenty four seven"),
        ("2-3 days", "two to three days"),
        ("555-1234", "five five five one two three four"),
        ("A4", "A four"),
    ],
)
def test_written_and_spoken(written, spoken) -> None:
    assert " ".join(spell_numbers(written).split()) == spoken


def test_text_without_digits_is_unchanged() -> None:
    assert spell_numbers("It costs $ or %, doesn't it?") == "It costs $ or %, doesn't it?"


def test_impossible_dates_and_times_are_read_as_numbers() -> None:
    assert "thirteen" in spell_numbers("13/45/2020")
    assert "ninety nine" in spell_numbers("99:99")


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=10**20).map(str))
def test_every_number_becomes_words_without_digits(digits) -> None:
    words = cardinal(digits)
    assert words
    assert all(word.isalpha() and word.islower() for word in words.split())


@settings(deadline=None)
@given(st.text(alphabet="0123456789 .,:/-$%°stndapmkCF'", max_size=30))
def test_no_digit_is_left(text) -> None:
    assert not any(char.isdigit() for char in spell_numbers(text))

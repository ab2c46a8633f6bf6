import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from voicecoach.cli.report import print_report
from voicecoach.scoring.results import DELETED, PhoneScore, SentenceScore, WordScore

SCORE = SentenceScore(
    "I think this",
    6.2,
    7.1,
    7.3,
    9.9,
    6.4,
    2100.0,
    (
        WordScore("I", 9.5, 9.4, 100, 250, (PhoneScore("AY", 1.9, 100, 250, False, "AY", 0.97),)),
        WordScore(
            "think",
            4.0,
            4.1,
            250,
            600,
            (
                PhoneScore("TH", 0.2, 250, 320, True, "S", 0.91),
                PhoneScore("IH", 1.7, 320, 400, False, "IH", 0.8),
                PhoneScore("NG", 0.4, 400, 500, True, None, 0.2),
                PhoneScore("K", 0.4, 500, 600, True, DELETED, 0.6),
            ),
            "mispronunciation",
        ),
        WordScore("uh", 0.0, 0.0, 600, 700, (), "insertion"),
        WordScore(
            "this", 0.0, 0.0, 700, 700, (PhoneScore("DH", 0, 700, 700, True, "-", 1),), "omission"
        ),
    ),
)


def render(plain: bool = False, width: int = 80, encoding: str = "utf-8", **options: bool) -> str:
    raw = io.BytesIO()
    file = io.TextIOWrapper(
        raw, encoding=encoding, errors="strict" if encoding == "utf-8" else "replace"
    )
    console = Console(file=file, width=width, markup=False, highlight=False, emoji=False, **options)
    print_report(console, SCORE, title="take", plain=plain)
    file.flush()
    return raw.getvalue().decode(encoding)


def test_report_without_colour_marks_flagged_sounds_and_says_what_was_heard() -> None:
    report = render()
    assert "\x1b" not in report
    assert "✗θ→s ɪ ✗ŋ→? ✗k→nothing" in report
    assert "✗left out" in report
    assert "not in the sentence" in report
    assert report.count("✗") == 5
    for value in ("6.4 of 10", "6.2 of 10", "7.1 of 10", "7.3 of 10", "9.9 of 10"):
        assert value in report


def test_colour_only_adds_to_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    coloured = render(force_terminal=True)
    assert "\x1b[" in coloured
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[31m" not in render(force_terminal=True)


def test_plain_report_has_neither_bars_nor_table() -> None:
    report = render(plain=True, width=120)
    assert not set(report) & set("█░✗→|")
    assert "Total: 6.4 of 10." in report
    assert "Word 2, think: 4.1 of 10. Sounds: θ (to change), ɪ, ŋ (to change), k (to change)." in (
        report
    )
    assert '4. "uh" is not in the sentence.' in report


def test_terminal_without_ipa_keeps_marks_and_keywords() -> None:
    report = render(encoding="ascii")
    assert "!" in report
    assert "#" in report
    assert 'as in "thin"' in report


@given(st.integers(20, 200), st.booleans())
def test_no_line_is_wider_than_the_terminal(width: int, plain: bool) -> None:
    assert max(len(line) for line in render(plain, width).splitlines()) <= width


def test_good_take_says_that_nothing_was_flagged() -> None:
    console = Console(file=io.StringIO(), width=80)
    good = SentenceScore("I", 9, 9, 9, 9, 9, 500, SCORE.words[:1])
    print_report(console, good)
    assert "Nothing to change" in console.file.getvalue()

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from voicecoach.cli.feedback_report import print_feedback
from voicecoach.coaching.results import (
    Arrow,
    Change,
    Coaching,
    DurationRange,
    PhoneFeedback,
    Speaker,
    VowelRegion,
)
from voicecoach.scoring.results import DELETED, PhoneScore, SentenceScore, WordScore

CHANGE = Change([[0.0]], [1000.0])
TH = PhoneScore("TH", 0.2, 100, 170, True, "S", 0.91)
IH = PhoneScore("IH", 0.4, 170, 250, True, "IY", 0.8)
NG = PhoneScore("NG", 1.9, 250, 300, False, "NG", 0.9)
K = PhoneScore("K", 0.1, 300, 300, True, DELETED, 0.7)
SCORE = SentenceScore(
    "think", 5, 5, 5, 5, 5, 400, (WordScore("think", 4, 4, 100, 300, (TH, IH, NG, K)),)
)
REGIONS = tuple(
    VowelRegion(phone, f1, f2, ((0.01, 0.0), (0.0, 0.01)))
    for phone, f1, f2 in (
        ("IY", 437, 2761),
        ("IH", 483, 2365),
        ("AA", 936, 1551),
        ("UW", 459, 1105),
    )
)
FEEDBACK = (
    PhoneFeedback(
        0, 0, TH, "think", 0, (Arrow("centre", 6200, 5100), Arrow("duration", 70, 120)), CHANGE
    ),
    PhoneFeedback(
        0, 1, IH, "think", 1, (Arrow("f2", 2600, 2300),), CHANGE, (("middle", 440.0, 2600.0),)
    ),
    PhoneFeedback(0, 3, K, "think", 0, (), None),
)


def coaching(phones=FEEDBACK, n_flagged: int = 5, sure: bool = True) -> Coaching:
    durations = tuple(
        DurationRange(0, k, said, 90, 130) for k, said in enumerate((70.0, 80.0, 100.0, 0.0))
    )
    speaker = Speaker(1.0, 0.02, 1.0, sure)
    return Coaching(
        SCORE, phones, n_flagged, speaker, durations, REGIONS, f1_f2_said=(("AA", 900.0, 1500.0),)
    )


def render(
    shown: Coaching, plain: bool = False, width: int = 90, encoding: str = "utf-8", **options: bool
) -> str:
    raw = io.BytesIO()
    errors = "strict" if encoding == "utf-8" else "replace"
    file = io.TextIOWrapper(raw, encoding=encoding, errors=errors)
    console = Console(file=file, width=width, markup=False, highlight=False, emoji=False, **options)
    print_feedback(console, shown, title="take", plain=plain)
    file.flush()
    return raw.getvalue().decode(encoding)


def row(text: str, start: str) -> list[str]:
    (line,) = (line for line in text.splitlines() if line.strip().startswith(start))
    return line.split()


def test_each_arrow_is_a_row_with_its_numbers_and_what_to_do() -> None:
    text = render(coaching())
    assert "5 sounds were flagged; here are the 3" in text
    assert '1. In "think", sound 1 of 4 should be θ as in "thin": it sounded like s' in text
    assert row(text, "hiss") == [
        "hiss",
        "6200",
        "↓",
        "5100",
        "Hz",
        "tongue",
        "between",
        "your",
        "teeth",
    ]
    assert row(text, "length") == ["length", "70", "↑", "120", "ms", "hold", "it", "longer"]
    assert row(text, "F2 ") == ["F2", "2600", "↓", "2300", "Hz", "tongue", "further", "back"]
    assert "Say it: stop the air with the back of your tongue" in text


def test_the_chart_shows_native_vowels_and_the_way() -> None:
    text = render(coaching())
    chart = [line for line in text.splitlines() if line[5:6] == "|"]
    place = {
        sign: (x, y)
        for y, line in enumerate(chart)
        for x, sign in enumerate(line)
        if x > 5 and sign in "iɑu2*:"
    }
    assert place["i"][0] < place["ɑ"][0] < place["u"][0]
    assert place["ɑ"][1] > place["u"][1]
    assert place["2"][0] < place["*"][0]  # to the right is further back
    assert ":" in place
    consonants = render(coaching(FEEDBACK[:1]))
    assert "Vowels" not in consonants


def test_bars_show_what_was_said_and_the_native_range() -> None:
    text = render(coaching())
    (bar,) = (line for line in text.splitlines() if line.startswith("  1 θ "))
    assert "70 ms" in bar
    assert "90 to 130 ms" in bar
    # 70 ms, nothing up to 90 ms, native up to 130 ms: the longest, 40 columns.
    assert bar.split(" ms ")[1] == "█" * 22 + " " * 6 + "░" * 12 + " 90 to 130 ms"
    (other,) = (line for line in text.splitlines() if line.startswith("    ŋ "))
    assert other.split(" ms ")[1] == "█" * 28 + "▓" * 3 + "░" * 9 + " 90 to 130 ms"


def test_plain_feedback_is_sentences_only() -> None:
    text = render(coaching(), plain=True, width=120)
    assert not set(text) & set("█░▓→↑↓|*")
    assert "Tongue between your teeth: hiss from 6200 to 5100 Hz." in text
    assert "Hold it longer: from 70 to 120 ms." in text
    assert "Sound 2 lasted 80 ms; native speakers at your pace take 90 to 130 ms." in text
    assert "Sound 1 lasted" not in text  # its instruction has said so
    assert "Sound 3 lasted" not in text  # it was not said at all


def test_an_unsure_voice_gets_no_numbers_of_formants() -> None:
    for plain in (True, False):
        text = render(coaching(sure=False), plain)
        assert "perhaps: tongue further back" in text.lower()
        assert "2600" not in text
        assert "too few vowels" in text


def test_nothing_to_say_is_said() -> None:
    assert "No sound was flagged." in render(coaching((), 0))
    text = render(coaching((), 2))
    assert "2 sounds were flagged, but" in text
    assert "Vowels" not in text


def test_a_terminal_without_ipa_gets_letters() -> None:
    text = render(coaching(), encoding="ascii")
    assert "IY" in text
    assert row(text, "hiss")[2] == "-"
    assert "####" in text


def test_colour_only_adds_to_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" in render(coaching(), force_terminal=True)
    assert "\x1b" not in render(coaching())


@given(st.integers(20, 200), st.booleans(), st.booleans())
def test_no_line_is_wider_than_the_terminal(width: int, plain: bool, sure: bool) -> None:
    text = render(coaching(sure=sure), plain, width)
    assert max(len(line) for line in text.splitlines()) <= width

import re
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicecoach.coaching.gestures import ARTICULATIONS, DOWN, OPPOSITES, UP, gesture
from voicecoach.coaching.instructions import audible, caution, describe, instruct, introduce
from voicecoach.coaching.results import (
    UNITS,
    Arrow,
    Change,
    Coaching,
    PhoneFeedback,
    Speaker,
)
from voicecoach.scoring.results import DELETED, PhoneScore, SentenceScore, WordScore
from voicecoach.text.phones import PHONES

SPANS = {"Hz": (300, 6000), "ms": (20, 300), "%": (0, 100), "dB": (-40, 10)}


def feedback(phone: str, *arrows: Arrow, heard: str | None = None) -> PhoneFeedback:
    said = PhoneScore(phone, 0.2, 0, 100, True, heard, 0.9)
    change = None if heard == DELETED else Change([[0.0]], [1000.0])
    return PhoneFeedback(0, 0, said, "word", 1, arrows, change)


def coaching(*phones: PhoneFeedback, n_flagged: int, sure: bool = True) -> Coaching:
    word = WordScore("word", 5, 5, 0, 100, tuple(item.said for item in phones[:1]))
    score = SentenceScore("word", 5, 5, 5, 5, 5, 100, (word,))
    return Coaching(score, phones, n_flagged, Speaker(1.0, 0.02, 1.0, sure))


def texts(phone: str, *arrows: Arrow, heard: str | None = None, sure: bool = True) -> list[str]:
    return [item.text for item in instruct(feedback(phone, *arrows, heard=heard), sure)]


@pytest.mark.parametrize(
    ("phone", "heard", "arrow", "expected"),
    [
        ("IH", "IY", Arrow("f2", 2400, 2000), "tongue further back: F2 2400 -> 2000 Hz"),
        ("IY", None, Arrow("f2", 1650, 1984), "tongue further forward: F2 1650 -> 1980 Hz"),
        ("UW", None, Arrow("f2", 1650, 1100), "round your lips, tongue further back: F2 1650"),
        ("AE", "EH", Arrow("f1", 550, 750), "open your mouth wider: F1 550 -> 750 Hz"),
        ("IY", "IH", Arrow("f1", 520, 400), "tongue higher"),
        ("R", "W", Arrow("f3", 2500, 1800), "curl or bunch your tongue tip back: F3"),
        ("R", "L", Arrow("f3", 2500, 1800), "curl or bunch your tongue tip back, touching nothing"),
        ("AH", "ER", Arrow("f3", 1800, 2500), "tongue tip down, with no r in it"),
        ("TH", "S", Arrow("centre", 6200, 5100), "tongue between your teeth: hiss 6200 -> 5100"),
        ("TH", "T", Arrow("centre", 4000, 5100), "tongue between your teeth, and let the air flow"),
        ("S", "TH", Arrow("centre", 5100, 6200), "tongue behind your teeth, not between them"),
        ("S", "SH", Arrow("centre", 4200, 6200), "tongue further forward, lips spread"),
        ("SH", "S", Arrow("centre", 6200, 4200), "tongue further back, lips rounded"),
        ("V", "W", Arrow("centre", 900, 2500), "lower lip against your upper teeth, lips not"),
        (
            "Z",
            "S",
            Arrow("voicing", 10, 82),
            "voice it, with a buzz in your throat: voice 10",
        ),
        ("S", "Z", Arrow("voicing", 90, 10), "do not voice it: only breath"),
        ("T", "D", Arrow("level", -30, -22), "let it go with a stronger puff of air"),
        ("P", "P", Arrow("closure", 10, 70), "stop the air completely, for longer: closure 10"),
        ("IY", "IH", Arrow("duration", 70, 120), "hold it longer: 70 -> 120 ms"),
        ("AY", "AA", Arrow("f1", 700, 480, "end"), "at the end, tongue higher"),
        ("OW", "AO", Arrow("f2", 1300, 1000, "end"), "at the end, round your lips"),
        ("AY", "EH", Arrow("f1", 550, 800, "start"), "at the start, open your mouth wider"),
    ],
)
def test_an_arrow_is_told_in_body_terms(
    phone: str, heard: str | None, arrow: Arrow, expected: str
) -> None:
    (text,) = texts(phone, arrow, heard=heard)
    assert text.startswith(expected)


def test_a_sentence_has_no_signs() -> None:
    (item,) = instruct(feedback("IY", Arrow("f2", 1650, 1980)))
    assert item.sentence == "Tongue further forward: F2 from 1650 to 1980 Hz."


@pytest.mark.parametrize(
    ("quantity", "before", "small", "large"),
    [
        ("f1", 500, 520, 530),
        ("f2", 2000, 1910, 1890),
        ("duration", 100, 115, 125),
        ("duration", 30, 38, 41),
        ("centre", 6000, 5500, 5300),
        ("voicing", 50, 65, 75),
        ("level", -20, -18, -16),
    ],
)
def test_what_is_too_small_to_hear_is_not_told(
    quantity: str, before: float, small: float, large: float
) -> None:
    assert not audible(Arrow(quantity, before, small))
    assert audible(Arrow(quantity, before, large))
    assert texts("IY", Arrow("f2", 2000, 2050)) == [ARTICULATIONS["IY"]]


def test_of_contradicting_arrows_the_longer_is_told() -> None:
    round_, spread = Arrow("f2", 1600, 1100, strength=1), Arrow("f2", 1600, 2000, strength=2)
    assert texts("UW", round_, spread) == ["tongue a little further forward: F2 1600 -> 2000 Hz"]
    longer, sooner = Arrow("duration", 50, 90, strength=3), Arrow("closure", 60, 20, strength=2)
    assert texts("T", sooner, longer) == ["hold it longer: 50 -> 90 ms"]


def test_both_ends_of_a_diphthong_may_go_opposite_ways() -> None:
    found = texts("AY", Arrow("f1", 600, 800, "start", 2), Arrow("f1", 600, 450, "end", 1))
    assert [text.split(",")[0] for text in found] == ["at the start", "at the end"]


def test_arrows_that_ask_for_one_movement_are_one_instruction() -> None:
    (text,) = texts("UW", Arrow("f2", 1600, 1100, strength=2), Arrow("f3", 2600, 2300))
    assert text == "round your lips, tongue further back: F2 1600 -> 1100 Hz, F3 2600 -> 2300 Hz"


def test_a_sound_left_out_is_to_be_said() -> None:
    (text,) = texts("TH", heard=DELETED)
    assert text.startswith("say it: tongue tip between your teeth")
    assert "reference" in text


def test_without_a_told_arrow_the_difference_or_the_sound_itself_is_described() -> None:
    assert texts("N", heard="NG") == ["tongue tip against the ridge behind your upper teeth"]
    assert texts("Z", heard="S") == ["voice it, with a buzz in your throat"]
    assert texts("S", heard="Z") == ["do not voice it: only breath"]
    assert texts("M", heard=None) == [ARTICULATIONS["M"]]
    # The body cannot be told the formants of a stop.
    assert texts("T", Arrow("f2", 1500, 1900), heard="T") == [ARTICULATIONS["T"]]


def test_place_comes_before_arrows_that_say_nothing_of_it() -> None:
    found = texts("TH", Arrow("duration", 60, 120), heard="S")
    assert found == ["tongue between your teeth", "hold it longer: 60 -> 120 ms"]


def test_an_unsure_voice_gets_directions_without_numbers() -> None:
    arrows = (Arrow("f2", 1650, 1980, strength=2), Arrow("duration", 70, 120))
    unsure = texts("IY", *arrows, sure=False)
    assert unsure == ["perhaps: tongue further forward", "hold it longer: 70 -> 120 ms"]
    told = feedback("IY", *arrows)
    assert caution(coaching(told, n_flagged=1)) is None
    assert "too few vowels" in caution(coaching(told, n_flagged=1, sure=False))
    without = replace(told, arrows=arrows[1:])
    assert caution(coaching(without, n_flagged=1, sure=False)) is None


def test_the_introduction_always_says_how_many_were_flagged() -> None:
    one = feedback("IY", heard="IH")
    assert introduce(coaching(n_flagged=0)) == "No sound was flagged."
    assert introduce(coaching(one, n_flagged=1)) == "1 sound was flagged."
    assert introduce(coaching(one, n_flagged=5)).startswith(
        "5 sounds were flagged; here is the one"
    )
    assert "are the 2" in introduce(coaching(one, one, n_flagged=5))
    assert introduce(coaching(n_flagged=2)).startswith("2 sounds were flagged, but")
    assert "it sounded like ɪ" in describe(coaching(one, n_flagged=1), one)


@st.composite
def arrows(draw: st.DrawFn) -> Arrow:
    quantity = draw(st.sampled_from(sorted(UNITS)))
    values = st.floats(*SPANS[UNITS[quantity]])
    at = draw(st.sampled_from(["start", "middle", "end"]))
    return Arrow(quantity, draw(values), draw(values), at, draw(st.floats(0, 5)))


@given(
    st.sampled_from(PHONES),
    st.sampled_from([*PHONES, None]),
    st.lists(arrows(), max_size=6),
    st.booleans(),
)
def test_every_feedback_gives_instructions_that_do_not_contradict_each_other(
    phone: str, heard: str | None, given_arrows: list[Arrow], sure: bool
) -> None:
    instructions = instruct(feedback(phone, *given_arrows, heard=heard), sure)
    assert instructions
    told = [arrow for item in instructions for arrow in item.arrows]
    assert all(audible(arrow) and arrow in given_arrows for arrow in told)
    for one, other in combinations(told, 2):
        if one.at == other.at or "middle" in (one.at, other.at):
            ways = [
                gesture(phone, a.quantity, UP if a.after > a.before else DOWN, a.at, heard)
                for a in (one, other)
            ]
            pairs = {frozenset((a, b)) for a in ways[0].moves for b in ways[1].moves}
            assert not pairs & OPPOSITES
    assert len({item.text for item in instructions}) == len(instructions)
    for item in instructions:
        assert re.fullmatch(r"[A-Z][^\n>]*\.", item.sentence)
        assert (
            sure
            or not any(a.quantity in ("f1", "f2", "f3") for a in item.arrows)
            or (not re.search(r"\d", item.text))
        )


def test_a_sound_too_short_to_be_measured_is_not_called_left_out() -> None:
    (instruction,) = instruct(replace(feedback("R", heard="L"), change=None))
    assert instruction.text == "curl or bunch your tongue tip back, touching nothing"

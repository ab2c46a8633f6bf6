"""Who trains, who chooses, who only measures."""

from hypothesis import given
from hypothesis import strategies as st

from voicecoach.conversion.speakers import held_sentences, split, units

IDS = st.lists(st.text("abc123_", min_size=1), min_size=1, unique=True)


def test_many_are_divided_by_speaker():
    speakers = [speaker for speaker in "fedcba" for _ in range(2)]
    found = split([f"{s}{i}" for i, s in enumerate(speakers)], speakers, 3, 4)
    assert {speakers[i] for i in found.held} == {"c", "f"}
    assert {speakers[i] for i in found.chooses} == {"d"}
    assert {speakers[i] for i in found.learns} == {"a", "b", "e"}


def test_a_lone_speaker_is_divided_by_sentence():
    utts = [f"arctic_a{number:04}" for number in range(400)]
    found = split(utts, ["a"] * 400, held_every=2, dev_every=10)
    assert 60 < len(found.held) < 100
    assert len(found.chooses) == 32
    assert units(utts, ["a"] * 400) == utts


@given(IDS, st.integers(2, 9), st.integers(2, 9))
def test_every_utterance_has_one_part(utts, held_every, dev_every):
    for speakers in (["a"] * len(utts), [utt[0] for utt in utts]):
        found = split(utts, speakers, held_every, dev_every)
        assert sorted(found.learns + found.chooses + found.held) == list(range(len(utts)))


@given(IDS)
def test_a_sentence_that_is_left_out_moves_no_other(utts):
    assert held_sentences(utts[1:]) == held_sentences(utts) - {utts[0]}

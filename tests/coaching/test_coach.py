"""The packaged coach on sentences that the reference voice says with other sounds."""

import numpy as np
import pytest
import torch

from voicecoach.audio import io
from voicecoach.coaching.coach import Coach, keep_length
from voicecoach.errors import InputError
from voicecoach.practice.demo import SWAPS, TEXT, swap
from voicecoach.scoring.results import DELETED
from voicecoach.synthesis.reference import ReferenceVoice
from voicecoach.text.phones import SONORANTS
from voicecoach.text.transcribe import transcribe

RATE = 16000
R_AS_W = [key for key, phone in SWAPS.items() if phone == "W"]


@pytest.fixture(scope="module")
def coach():
    return Coach.from_pretrained()


@pytest.fixture(scope="module")
def takes():
    """The sentence with swapped sounds, and said well; 16 kHz."""
    voice, sentence = ReferenceVoice(), transcribe(TEXT)
    spoken = (voice.speak(swap(sentence, SWAPS)), voice.speak(sentence))
    return [io.resample(one.waveform, one.sample_rate, RATE) for one in spoken]


@pytest.fixture(scope="module")
def coaching(coach, takes):
    return coach.feedback(takes[0], TEXT, RATE)


def arrows_of(coaching, key):
    (feedback,) = (p for p in coaching.phones if (p.word, p.phone) == key)
    return {arrow.quantity: arrow for arrow in feedback.arrows}


def test_the_swapped_sounds_are_chosen(coaching):
    assert {(p.word, p.phone) for p in coaching.phones} == set(SWAPS)
    assert coaching.n_flagged >= 3
    for feedback in coaching.phones:
        assert feedback.said.phone == "R"
        assert feedback.said.realised == SWAPS[feedback.word, feedback.phone]
        assert feedback.word_text == TEXT.split()[feedback.word]
        assert not feedback.left_out
        assert feedback.change.envelope_db.any()
    scores = [feedback.said.score for feedback in coaching.phones]
    assert scores == sorted(scores)


@pytest.mark.parametrize("key", R_AS_W)
def test_arrows_point_towards_the_r_that_was_meant(coaching, key):
    arrows = arrows_of(coaching, key)
    # American r has the lowest third formant of all sounds, and a higher second one than w.
    assert arrows["f3"].after < 0.95 * arrows["f3"].before
    assert arrows["f2"].after > 1.1 * arrows["f2"].before
    assert all(arrow.strength > 0 for arrow in (arrows["f2"], arrows["f3"]))


def test_a_good_take_gets_no_feedback(coach, takes):
    good = coach.feedback(takes[1], TEXT, RATE)
    assert good.phones == ()
    assert good.n_flagged == 0
    improved = coach.improve(takes[1], good, RATE)
    np.testing.assert_array_equal(improved.waveform, takes[1])


def test_pictures_get_what_they_need(coach, takes, coaching):
    assert coaching.contour is None
    measured = {(one.word, one.phone) for one in coaching.durations}
    words = enumerate(coaching.score.words)
    phones = {(w, p): one.phone for w, word in words for p, one in enumerate(word.phones)}
    assert {key for key, phone in phones.items() if phone in SONORANTS} <= measured
    assert all(one.low_ms < one.high_ms for one in coaching.durations)
    assert {"IY", "AA", "AE", "UW"} <= {region.phone for region in coaching.vowels}
    high = {phone: f2 for phone, _, f2 in coaching.f1_f2_said}
    assert high["IY"] > high["UW"]
    assert 0.8 < coaching.speaker.formant_scale < 1.3
    followed = coach.feedback(takes[0], TEXT, RATE, score=coaching.score, contour=True)
    assert np.isfinite(followed.contour.semitones).any()
    assert followed.score is coaching.score


def test_all_but_the_flagged_sounds_stays_the_same_to_the_bit(coach, takes, coaching):
    wave = takes[0]
    improved = coach.improve(wave, coaching, RATE)
    assert improved.sample_rate == RATE
    assert len(improved.resynthesised_ms) == len(SWAPS)
    changed = [p.said for p in coaching.phones if p.change]
    times_ms = sorted(said.sound_ms for said in changed)
    old = new = 0
    for (start_ms, end_ms), span_ms in zip(times_ms, improved.resynthesised_ms, strict=True):
        before_ms, after_ms = np.interp(span_ms, improved.new_ms, improved.old_ms)
        assert start_ms - 6 < before_ms <= start_ms  # a fade of 5 ms
        assert end_ms <= after_ms < end_ms + 6
        kept = wave[old : round(before_ms * RATE / 1000)]
        np.testing.assert_array_equal(improved.waveform[new : new + len(kept)], kept)
        old, new = round(after_ms * RATE / 1000), round(span_ms[1] * RATE / 1000)
    assert len(wave) - old > 1000
    np.testing.assert_array_equal(improved.waveform[new:], wave[old:])
    assert abs(improved.waveform).max() <= 1


def test_exaggeration_goes_further_and_prosody_changes_more(coach, takes, coaching):
    usual, more = (coach.improve(takes[0], coaching, RATE, exaggerate=e) for e in (1, 2))
    assert not np.array_equal(usual.waveform[: len(more.waveform)], more.waveform)
    whole = coach.improve(takes[0], coaching, RATE, prosody=True)
    length_ms = [sum(b - a for a, b in one.resynthesised_ms) for one in (usual, whole)]
    assert length_ms[1] > 2 * length_ms[0]


def test_the_weights_stay_and_the_same_take_gets_the_same_feedback(coach, takes, coaching):
    state = {name: x.clone() for name, x in coach.network.state_dict().items()}
    again = coach.feedback(takes[0], TEXT, RATE)
    assert [p.arrows for p in again.phones] == [p.arrows for p in coaching.phones]
    assert (again.score, again.speaker) == (coaching.score, coaching.speaker)
    one, two = (coach.improve(takes[0], c, RATE).waveform for c in (coaching, again))
    np.testing.assert_array_equal(one, two)
    assert all(torch.equal(x, state[name]) for name, x in coach.network.state_dict().items())


def test_a_file_is_the_same_as_its_samples(coach, coaching, takes, tmp_path):
    path = tmp_path / "take.wav"
    io.save(path, takes[0], RATE)
    samples = io.load(path, RATE)
    from_file, from_samples = coach.feedback(path, TEXT), coach.feedback(samples, TEXT, RATE)
    assert [p.arrows for p in from_file.phones] == [p.arrows for p in from_samples.phones]
    changes = coach.changes(path, coaching.score)
    said = [p for word in coaching.score.words for p in word.phones if p.realised != DELETED]
    assert len(changes) >= len(said)


@pytest.mark.parametrize("wrong", [0.0, 0.05, 3.1, -1.0, float("nan")])
def test_too_much_or_too_little_is_refused(coach, takes, coaching, wrong):
    with pytest.raises(InputError, match=r"give 0\.1 to 3"):
        coach.improve(takes[0], coaching, RATE, exaggerate=wrong)


def test_what_is_no_coach_is_refused(coach, repo, tmp_path):
    with pytest.raises(InputError, match="nowhere"):
        Coach.from_pretrained(tmp_path / "nowhere", coach.scorer)
    scorer = repo / "voicecoach" / "resources" / "scorer-en"
    with pytest.raises(InputError, match=r"is no coach: config\.yaml lacks coach"):
        Coach.from_pretrained(scorer, coach.scorer)
    with pytest.raises(InputError):
        coach.feedback(np.full(RATE, np.nan, np.float32), TEXT, RATE)


@pytest.mark.parametrize("level", [0.0, 0.1])
def test_where_nothing_was_said_there_is_nothing_to_say(coach, level):
    noise = np.random.default_rng(0).normal(0, level, 2 * RATE).astype(np.float32)
    coaching = coach.feedback(noise, "we call it bear", RATE)
    assert {word.error for word in coaching.score.words} == {"omission"}
    assert (coaching.phones, coaching.durations, coaching.f1_f2_said) == ((), (), ())
    assert not coaching.speaker.sure
    assert np.isfinite([coaching.speaker.formant_scale, coaching.speaker.rate]).all()
    improved = coach.improve(noise, coaching, RATE, prosody=True)
    np.testing.assert_array_equal(improved.waveform, noise)


def test_rate_and_loudness_stay_the_learners(coach, takes, coaching):
    changes = coach.changes(takes[0], coaching.score)
    phones = {k: coaching.score.words[k[0]].phones[k[1]] for k in changes}
    for key, change in changes.items():
        if phones[key].phone in SONORANTS:
            assert change.envelope_db.mean() == pytest.approx(0, abs=1e-6)
        assert change.envelope_db.any()
    kept = keep_length(changes, coaching.score)
    length_ms = {k: np.diff(phone.sound_ms)[0] for k, phone in phones.items()}
    after_ms = sum(length_ms[k] * change.duration_ratio for k, change in kept.items())
    assert after_ms == pytest.approx(sum(length_ms.values()))
    shares = {kept[k].duration_ratio / change.duration_ratio for k, change in changes.items()}
    assert max(shares) == pytest.approx(min(shares))

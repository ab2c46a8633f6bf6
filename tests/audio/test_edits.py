import numpy as np
import pytest

from voicecoach.audio.edits import MARGIN_S, Edit, place
from voicecoach.audio.joints import FRAME_S

RATE = 16_000


def stretches(*edits, n_samples=RATE, n_bands=2, exaggerate=1.0):
    return place(edits, n_samples, RATE, n_bands, exaggerate)


def test_edits_that_touch_are_one_stretch_in_order_of_time() -> None:
    late, early, far = Edit(200, 300), Edit(100, 200, duration_ratio=1.5), Edit(500, 600)
    first, second = stretches(late, far, early)
    assert first.edits == (early, late) and second.edits == (far,)
    np.testing.assert_array_equal(first.old, [1600, 3200, 4800])
    np.testing.assert_array_equal(first.new, [0, 2400, 4000])


def test_little_between_two_edits_is_spoken_unchanged() -> None:
    (stretch,) = stretches(Edit(100, 200, pitch_cents=99), Edit(215, 300, duration_ratio=2))
    np.testing.assert_array_equal(stretch.new, [0, 1600, 1840, 1840 + 2720])
    assert stretch.edits[1].pitch_cents == 0 and stretch.edits[1].envelope_db is None


def test_what_lies_beyond_the_recording_is_cut_off() -> None:
    first, last = stretches(Edit(-50, 100), Edit(900, 1010))
    np.testing.assert_array_equal(first.old, [0, 1600])
    np.testing.assert_array_equal(last.old, [14400, 16000])


def test_exaggeration_is_a_power_of_the_duration_within_limits() -> None:
    def length(ratio, exaggerate):
        edit = Edit(0, 1000, duration_ratio=ratio)
        return stretches(edit, exaggerate=exaggerate)[0].new[-1]

    assert [length(1.2, x) for x in (0, 1, 2)] == [16000, 19200, 23040]
    assert [length(0.01, 1), length(2, 10)] == [4000, 64000]


def test_frames_are_taken_from_where_time_has_come_from() -> None:
    (stretch,) = stretches(Edit(100, 200, duration_ratio=2.0))
    times_s, joints_s = stretch.times_s(RATE)
    spoken_s = np.arange(len(times_s)) * FRAME_S - MARGIN_S
    expected = np.interp(spoken_s, [-0.1, 0.0, 0.2, 0.3], [0.0, 0.1, 0.2, 0.3])
    np.testing.assert_allclose(times_s, expected)
    np.testing.assert_allclose(joints_s, [(0.1, MARGIN_S), (0.2, MARGIN_S + 0.2)])
    assert spoken_s[-1] >= 0.2 + MARGIN_S


def test_rows_are_spread_over_the_stretch_and_held_beyond_it() -> None:
    (stretch,) = stretches(Edit(100, 500, envelope_db=np.array([[0.0, 8.0], [4.0, 8.0]])))
    low, high = stretch.change(RATE, np.array([500.0, 1000.0]), exaggerate=1.5).envelope_db.T
    assert (low[0], low[-1]) == (0.0, 6.0)
    assert (np.diff(low) >= -1e-9).all() and low[len(low) // 2] == pytest.approx(3.0, abs=0.2)
    np.testing.assert_allclose(high, 12.0)


def test_changes_go_over_into_each_other() -> None:
    up, down = (Edit(s, s + 100, np.full((1, 1), db)) for s, db in ((100, 6.0), (200, -6.0)))
    (stretch,) = stretches(up, down, n_bands=1)
    change_db = stretch.change(RATE, np.array([1000.0]), 1.0).envelope_db[:, 0]
    assert change_db[0] == pytest.approx(6.0) and change_db[-1] == pytest.approx(-6.0)
    assert np.abs(np.diff(change_db)).max() <= 4.0  # of 12 dB
    assert np.count_nonzero(np.abs(change_db) < 5.99) <= 20 / 5


def test_pitch_comes_from_and_goes_back_to_the_recording() -> None:
    (stretch,) = stretches(Edit(100, 300, pitch_cents=np.array([100.0, 300.0])))
    cents = stretch.change(RATE, np.zeros(0), 2.0).cents
    assert (cents[:3] == 0).all() and (cents[-2:] == 0).all()
    assert cents.max() == pytest.approx(600, abs=20)


def test_voicing_is_as_asked_and_not_exaggerated() -> None:
    (stretch,) = stretches(Edit(100, 200, voicing=0.5), Edit(200, 300))
    voicing = stretch.change(RATE, np.zeros(0), 3.0).voicing
    assert set(voicing[~np.isnan(voicing)]) == {0.5} and np.isnan(voicing[-1])


@pytest.mark.parametrize(
    ("edits", "message"),
    [
        ([Edit(100, 201), Edit(200, 300)], "200 to 300 ms overlaps"),
        ([Edit(1000, 1100)], "1000 to 1100 ms holds nothing"),
        ([Edit(-100, -10)], "holds nothing"),
        ([Edit(300, 200)], "300 to 200 ms holds nothing"),
        ([Edit(100, 200, duration_ratio=0)], "duration_ratio"),
        ([Edit(100, 200, duration_ratio=np.inf)], "no numbers"),
        ([Edit(100, np.nan)], "no numbers"),
        ([Edit(100, 200, pitch_cents=np.nan)], "no numbers"),
        ([Edit(100, 200, pitch_cents=np.zeros(0))], "pitch_cents"),
        ([Edit(100, 200, pitch_cents=np.zeros((2, 2)))], "pitch_cents"),
        ([Edit(100, 200, voicing=1.1)], "voicing"),
        ([Edit(100, 200, np.zeros((3, 3)))], r"\(3, 3\), not \(n_frames, 2\)"),
        ([Edit(100, 200, np.zeros((0, 2)))], "envelope_db"),
        ([Edit(100, 200, np.full((1, 2), np.nan))], "no numbers"),
    ],
)
def test_impossible_edits_are_refused(edits, message) -> None:
    with pytest.raises(ValueError, match=message):
        stretches(*edits)

import numpy as np
import pytest

from voicecoach.coaching.arrows import change_of_duration, find_arrows
from voicecoach.coaching.parts import BANDS, MOMENT, N_PARTS, band_hz, split
from voicecoach.coaching.results import FORMANTS
from voicecoach.text.phones import CLASS_OF, PHONES, SONORANTS

SPREAD = np.array([0.1, 0.1, 0.05, 0.3])


def parts(f1=500.0, f2=1500.0, f3=2500.0, ms=100.0, voicing=1.0, level=-5.0, peak_hz=5000.0):
    """Parts of a sound that does not change, with a hiss around one frequency."""
    vector = np.zeros(N_PARTS)
    scalars, moments = split(vector)
    scalars[:] = np.log([f1, f2, f3, ms])
    hiss = -20 * np.abs(np.log2(band_hz() / peak_hz))
    moments[:] = [*np.log([f1, f2, f3, 120.0]), voicing, level, *hiss]
    return np.concatenate([scalars, moments.ravel()])


def by_name(arrows):
    return {(arrow.quantity, arrow.at): arrow for arrow in arrows}


def test_a_vowel_gets_its_formants_and_its_duration():
    arrows = find_arrows("IH", parts(), parts(f1=400, f2=2000, ms=80), SPREAD)
    found = by_name(arrows)
    assert set(found) == {(name, "middle") for name in (*FORMANTS, "duration")}
    f2 = found["f2", "middle"]
    assert (f2.before, f2.after) == pytest.approx((1500, 2000))
    assert f2.strength == pytest.approx(np.log(2000 / 1500) / 0.1)
    assert found["f3", "middle"].strength == pytest.approx(0, abs=1e-9)
    duration = found["duration", "middle"]
    assert (duration.before, duration.after, duration.unit) == (
        pytest.approx(100), pytest.approx(80), "ms",
    )  # fmt: skip
    assert arrows[0] is f2


def test_a_diphthong_gets_both_ends():
    before, after = parts(), parts()
    _, moments = split(after)
    moments[4, :2] = np.log([350.0, 2200.0])  # a view: after has changed
    found = by_name(find_arrows("AY", before, after, SPREAD))
    assert {at for name, at in found if name == "f2"} == {"start", "end"}
    assert found["f2", "end"].after == pytest.approx(2200)
    assert found["f2", "start"].after == pytest.approx(1500)
    assert not any(name in ("centre", "voicing") for name, _ in found)


def test_a_fricative_gets_the_centre_of_its_hiss_its_voicing_and_level():
    before = parts(peak_hz=6500, voicing=0.1, level=-12)
    found = by_name(find_arrows("SH", before, parts(peak_hz=3000, voicing=0.8), SPREAD))
    assert {name for name, _ in found} == {"duration", "voicing", "level", "centre"}
    centre, voicing = found["centre", "middle"], found["voicing", "middle"]
    assert centre.after < 0.8 * centre.before
    assert 500 < centre.after < 8000
    assert (voicing.before, voicing.after) == pytest.approx((10, 80))
    assert found["level", "middle"].after == pytest.approx(-5)
    # The voice below 500 Hz is no hiss.
    voiced = before.copy()
    split(voiced)[1][:, len(MOMENT) :][:, band_hz() < 450] = 40.0
    still = by_name(find_arrows("SH", voiced, before, SPREAD))["centre", "middle"]
    assert still.before == pytest.approx(still.after)


def test_voicing_stays_between_none_and_all():
    found = by_name(find_arrows("Z", parts(voicing=-0.3), parts(voicing=1.4), SPREAD))
    assert (found["voicing", "middle"].before, found["voicing", "middle"].after) == (0, 100)


@pytest.mark.parametrize(("ms", "ratio"), [(1000, 2.0), (10, 0.5), (130, 1.3)])
def test_no_duration_changes_more_than_twofold(ms, ratio):
    before, after = parts(), parts(ms=ms)
    assert change_of_duration(before, after) == pytest.approx(ratio)
    arrow = by_name(find_arrows("S", before, after, SPREAD))["duration", "middle"]
    assert arrow.after / arrow.before == pytest.approx(ratio)
    assert arrow.strength == pytest.approx(abs(np.log(ratio)) / 0.3)


@pytest.mark.parametrize("phone", PHONES)
def test_every_phone_gets_what_fits_it_longest_first(phone):
    rng = np.random.default_rng(PHONES.index(phone))
    before, after = (parts() + rng.normal(0, 0.2, N_PARTS) for _ in range(2))
    arrows = find_arrows(phone, before, after, SPREAD)
    names = {arrow.quantity for arrow in arrows}
    assert "duration" in names
    assert (set(FORMANTS) <= names) == (phone in SONORANTS)
    assert ("centre" in names) == (CLASS_OF[phone] in ("stop", "fricative", "affricate"))
    strengths = [arrow.strength for arrow in arrows]
    assert strengths == sorted(strengths, reverse=True)
    assert np.isfinite([(a.before, a.after, a.strength) for a in arrows]).all()
    assert len(MOMENT) + BANDS == split(before)[1].shape[1]

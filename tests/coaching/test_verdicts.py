"""What judges said, as shares, intervals and tables."""

import pytest

from voicecoach.coaching import effect, likeness, verdicts
from voicecoach.coaching.effect import PhoneEffect
from voicecoach.coaching.likeness import Likeness


def heard(speaker="a", flagged=True, bad=False, **clarity):
    usual = dict.fromkeys(effect.VERSIONS, -1.0)
    return PhoneEffect("u", speaker, "R", flagged, bad, usual | clarity)


def alike(speaker="a", kept=0.8, opinion=3.0):
    own = {"recording": 0.9, "resynthesis": 0.9, "deep feedback": kept}
    return Likeness(
        "u",
        speaker,
        own,
        dict.fromkeys(likeness.VERSIONS, 0.6),
        dict.fromkeys(likeness.VERSIONS, opinion),
    )


def test_shares_and_gains_are_against_plain_resynthesis():
    effects = [
        heard("a", **{"deep feedback": -0.5, "recording": -3.0}),
        heard("b", **{"deep feedback": -0.9}),
        heard("b", **{"deep feedback": -1.8}),
        heard("b", flagged=False, bad=True, **{"deep feedback": 0.0}),
    ]
    found = verdicts.summarise(effects, [])["effect"]
    flagged = found["flagged"]
    assert (flagged["n_phones"], flagged["n_speakers"]) == (3, 2)
    versions = flagged["versions"]
    assert versions["deep feedback"]["preferred"]["value"] == pytest.approx(2 / 3)
    assert versions["deep feedback"]["gain"]["value"] == pytest.approx((0.5 + 0.1 - 0.8) / 3)
    assert versions["recording"]["preferred"]["value"] == 0
    assert versions["resynthesis"]["gain"]["value"] == 0
    assert found["bad"]["versions"]["deep feedback"]["gain"]["value"] == pytest.approx(1)


def test_the_voice_is_kept_by_the_way_from_others_to_plain_resynthesis():
    found = verdicts.summarise([], [alike("a", 0.84), alike("b", 0.9)])["likeness"]
    assert found["fraction"]["value"] == pytest.approx((0.24 + 0.3) / 0.6)
    assert found["fraction"]["low"] == pytest.approx(0.8)
    assert found["fraction"]["high"] == pytest.approx(1.0)
    assert found["naturalness"]["deep feedback"] == 3


def test_the_tables_hold_the_numbers():
    text = verdicts.markdown(
        verdicts.summarise([heard(**{"deep feedback": 0.25}), heard("b")], [alike(), alike("b")])
    )
    assert "flagged by the scorer: 2 of 2 speakers" in text
    assert "| deep feedback | 0.50 (0.00 to 1.00) | +0.62 (+0.00 to +1.25) |" in text
    assert "0.67 (0.67 to 0.67)" in text
    assert "scored below 1" not in text

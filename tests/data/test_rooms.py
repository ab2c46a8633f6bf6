import numpy as np
import pytest

from voicecoach.data.rooms import DIRECT_PATH, room_bank

pytest.importorskip("pyroomacoustics", reason="rooms need the train extra")


def decay_s(response: np.ndarray) -> float:
    """Reverberation time by Schroeder's backward integration, from -5 to -25 dB."""
    energy = np.cumsum(response[::-1].astype(float) ** 2)[::-1]
    level_db = 10 * np.log10(energy / energy[0] + 1e-12)
    start, end = (int(np.argmax(level_db < limit)) for limit in (-5, -25))
    return 3 * (end - start) / 16000


def test_the_direct_sound_is_first_and_of_value_one() -> None:
    bank = room_bank(16000, 6, (0.15, 0.6), (0.2, 1.5), 0)
    assert len(bank) == 6
    for response in bank:
        assert response.dtype == np.float32
        assert abs(response[DIRECT_PATH]) == pytest.approx(1.0)
        assert np.abs(response[: DIRECT_PATH - 2]).max() < 0.5  # only the interpolation filter


def test_livelier_rooms_ring_longer() -> None:
    dry = room_bank(16000, 5, (0.15, 0.2), (0.5, 1.0), 1)
    live = room_bank(16000, 5, (0.5, 0.6), (0.5, 1.0), 1)
    dry_s, live_s = (np.mean([decay_s(response) for response in bank]) for bank in (dry, live))
    assert 0.08 < dry_s < 0.25
    assert 0.3 < live_s < 0.8


def test_the_seed_decides_and_the_bank_is_made_once() -> None:
    arguments = (16000, 2, (0.2, 0.3), (0.3, 0.6))
    bank = room_bank(*arguments, 5)
    assert room_bank(*arguments, 5) is bank
    assert len(room_bank(*arguments, 6)[0]) != len(bank[0])

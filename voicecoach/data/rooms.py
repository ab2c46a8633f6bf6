"""Simulated rooms."""

import functools

import numpy as np

from voicecoach.errors import InputError

DIRECT_PATH = 40  # tap of the direct sound: half of the simulator's interpolation filter before it
_MAX_ORDER = 30  # the cost grows with the cube; what is left out is -22 dB of the energy or less
_SMALLEST_M, _LARGEST_M = (2.2, 2.2, 2.3), (7.0, 6.0, 3.2)
_MARGIN_M = 0.3  # between walls and the speaker or the microphone


@functools.lru_cache(maxsize=4)
def room_bank(
    sample_rate: int,
    n_rooms: int,
    rt60_s: tuple[float, float],
    distance_m: tuple[float, float],
    seed: int,
) -> tuple[np.ndarray, ...]:
    """Impulse responses of random box-shaped rooms (image sources, by pyroomacoustics).

    Made once per process. The reverberation time is the one that Sabine's formula gives the
    walls; what the decay of the response shows differs from it by up to a quarter either way.

    Args:
        sample_rate: Hz.
        n_rooms: how many.
        rt60_s: shortest and longest reverberation time (60 dB) in seconds.
        distance_m: nearest and farthest distance between mouth and microphone in metres.
        seed: of the random rooms.

    Returns:
        ``n_rooms`` arrays (n_taps,) float32; tap ``DIRECT_PATH`` is the direct sound, of value
        about 1.

    Raises:
        InputError: pyroomacoustics is not installed.
    """
    try:
        import pyroomacoustics
    except ImportError as error:
        raise InputError(
            "Simulated rooms need pyroomacoustics: pip install 'voicecoach[train]'."
        ) from error
    rng = np.random.default_rng(seed)
    responses = []
    while len(responses) < n_rooms:
        size = rng.uniform(_SMALLEST_M, _LARGEST_M)
        wanted_s = rng.uniform(*rt60_s)
        mouth = rng.uniform(_MARGIN_M, size - _MARGIN_M)
        direction = rng.normal(size=3) * (1.0, 1.0, 0.3)  # a microphone is at table height
        direction /= np.linalg.norm(direction)
        microphone = mouth + direction * rng.uniform(*distance_m)
        if np.any(microphone < _MARGIN_M) or np.any(microphone > size - _MARGIN_M):
            continue
        try:
            absorption, order = pyroomacoustics.inverse_sabine(wanted_s, size)
        except ValueError:
            continue  # so large a room cannot be so dry
        room = pyroomacoustics.ShoeBox(
            size,
            fs=sample_rate,
            materials=pyroomacoustics.Material(absorption),
            max_order=min(order, _MAX_ORDER),
        )
        room.add_source(mouth)
        room.add_microphone(microphone)
        room.compute_rir()
        delay_s = np.linalg.norm(microphone - mouth) / room.c
        filter_delay = pyroomacoustics.constants.get("frac_delay_length") // 2
        direct = filter_delay + round(delay_s * sample_rate)
        response = room.rir[0][0][direct - DIRECT_PATH :]
        response = response[: DIRECT_PATH + round(wanted_s * sample_rate)]
        responses.append((response / np.abs(response[DIRECT_PATH])).astype(np.float32))
    return tuple(responses)

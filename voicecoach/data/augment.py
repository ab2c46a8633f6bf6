"""Disturbs training recordings as kitchens, laptops and telephones do. No step moves a phone."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pydantic import Field, model_validator

from voicecoach.audio import io
from voicecoach.audio.codec import CODECS, through_codec
from voicecoach.audio.filters import band_limit, convolve
from voicecoach.config import Spec
from voicecoach.data.rooms import DIRECT_PATH, room_bank
from voicecoach.errors import InputError

if TYPE_CHECKING:
    import torch
    from torch import Tensor

_MAX_CLIP_S = 15.0  # of a noise or babble clip that is kept in memory
_SILENT = 1e-8  # power, -80 dB: padding of a clip, whose rounding noise must not be amplified

Range = tuple[float, float]
Probability = Field(ge=0.0, le=1.0)


class AugmentSpec(Spec):
    """Which disturbances, how often and how strong; see ``conf/train/augment.yaml``."""

    speed_factors: tuple[float, ...] = Field(min_length=1)

    room_probability: float = Probability
    n_rooms: int = Field(gt=0)
    room_rt60_s: Range
    room_distance_m: Range

    noise_probability: float = Probability
    noise_snr_db: Range

    babble_probability: float = Probability
    babble_voices: tuple[int, int]
    babble_snr_db: Range

    band_probability: float = Probability
    band_low_hz: Range
    band_high_hz: Range

    gain_probability: float = Probability
    gain_db: Range

    codec_probability: float = Probability
    codec_weights: dict[str, float]

    n_frequency_masks: int = Field(ge=0)
    frequency_mask_bands: int = Field(ge=0)
    n_time_masks: int = Field(ge=0)
    time_mask_frames: int = Field(ge=0)
    time_mask_share: float = Field(ge=0.0, le=1.0)

    @model_validator(mode="after")
    def _consistent(self) -> "AugmentSpec":
        for name, value in self:
            if name.endswith(("_s", "_m", "_db", "_hz", "_voices")) and value[0] > value[1]:
                raise ValueError(f"{name} runs from {value[0]:g} down to {value[1]:g}")
        for name in ("room_rt60_s", "room_distance_m", "band_low_hz", "babble_voices"):
            if getattr(self, name)[0] <= 0:
                raise ValueError(f"{name} must be above 0")
        if self.band_low_hz[1] >= self.band_high_hz[0]:
            raise ValueError("band_low_hz reaches into band_high_hz")
        if min(self.speed_factors) <= 0:
            raise ValueError("speed_factors must be above 0")
        unknown = sorted(set(self.codec_weights) - set(CODECS))
        if unknown:
            raise ValueError(f"codec_weights: unknown codec {unknown[0]}")
        weights = self.codec_weights.values()
        if not weights or min(weights) < 0 or sum(weights) <= 0:
            raise ValueError("codec_weights must be positive")
        return self


class Augment:
    """Disturbs one recording at a time: room, noise, babble, band, gain, codec.

    Clips are decoded on first use and then kept (16 bit, the first 15 s each). The rooms are
    simulated when the object is made; make it before worker processes are forked, so that they
    share them. Only the generator handed to each call decides what happens: the same seed gives
    the same result, whatever was disturbed before.

    Args:
        spec: what may happen.
        noise_paths: environmental recordings; none: that disturbance is left out.
        babble_paths: recordings of other people's speech; none: left out.
        sample_rate: Hz, of all waveforms.
        room_seed: seed of the simulated rooms.

    Raises:
        InputError: rooms are wanted and the ``train`` extra is not installed.
    """

    def __init__(
        self,
        spec: AugmentSpec,
        noise_paths: Sequence[str | Path],
        babble_paths: Sequence[str | Path],
        sample_rate: int,
        room_seed: int = 0,
    ) -> None:
        self.spec = spec
        self.sample_rate = sample_rate
        self._noise = _Clips(noise_paths, sample_rate)
        self._babble = _Clips(babble_paths, sample_rate)
        self._rooms: tuple[np.ndarray, ...] = ()
        if spec.room_probability > 0:
            self._rooms = room_bank(
                sample_rate, spec.n_rooms, spec.room_rt60_s, spec.room_distance_m, room_seed
            )

    def __call__(self, waveform: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Returns a disturbed copy.

        Args:
            waveform: (n_samples,) float32 in [-1, 1].
            rng: decides everything.

        Returns:
            (n_samples,) float32 in [-1, 1]; each sound is where it was.

        Raises:
            InputError: a noise or babble clip cannot be read.
        """
        spec, rate = self.spec, self.sample_rate
        wet = np.array(waveform, dtype=np.float32)
        if self._rooms and rng.random() < spec.room_probability:
            wet = in_room(wet, self._rooms[rng.integers(len(self._rooms))])
        if self._noise and rng.random() < spec.noise_probability:
            noise = self._noise.excerpt(len(wet), rng)
            wet = add_noise(wet, noise, rng.uniform(*spec.noise_snr_db), rate)
        if self._babble and rng.random() < spec.babble_probability:
            babble = self._voices(len(wet), rng)
            wet = add_noise(wet, babble, rng.uniform(*spec.babble_snr_db), rate)
        if rng.random() < spec.band_probability:
            low_hz, high_hz = (
                np.exp(rng.uniform(*np.log(edges)))
                for edges in (spec.band_low_hz, spec.band_high_hz)
            )
            wet = band_limit(wet, rate, low_hz, high_hz)
        if rng.random() < spec.gain_probability:
            wet = wet * np.float32(10 ** (rng.uniform(*spec.gain_db) / 20))
        wet = _within_range(wet)
        if rng.random() < spec.codec_probability:
            weights = np.array(list(spec.codec_weights.values()))
            codec = rng.choice(list(spec.codec_weights), p=weights / weights.sum())
            wet = through_codec(wet, rate, str(codec), quality=rng.random())
        return wet

    def _voices(self, n_samples: int, rng: np.random.Generator) -> np.ndarray:
        fewest, most = self.spec.babble_voices
        babble = np.zeros(n_samples, dtype=np.float32)
        for _ in range(rng.integers(fewest, most + 1)):
            voice = self._babble.excerpt(n_samples, rng)
            babble += voice / np.sqrt(max(active_power(voice, self.sample_rate), _SILENT))
        return babble


def active_power(waveform: np.ndarray, sample_rate: int) -> float:
    """Mean power of the 20 ms frames that are not pauses; 0.0 for digital silence.

    A frame counts as a pause when it lies more than 20 dB below the 95th percentile of all frames:
    the loud frames say where the speech is, and one click cannot.

    Args:
        waveform: (n_samples,) float.
        sample_rate: Hz.
    """
    length = max(1, min(len(waveform), sample_rate // 50))
    frames = waveform[: len(waveform) // length * length].reshape(-1, length)
    power = np.einsum("ij,ij->i", frames, frames) / length
    if not len(power):
        return 0.0
    active = power[power > 0.01 * np.quantile(power, 0.95)]
    return float(active.mean()) if len(active) else 0.0


def add_noise(
    waveform: np.ndarray, noise: np.ndarray, snr_db: float, sample_rate: int
) -> np.ndarray:
    """Adds noise at a signal-to-noise ratio, both measured by ``active_power``.

    Args:
        waveform: (n_samples,) float.
        noise: (n_samples,) float, of any level.
        snr_db: decibels.
        sample_rate: Hz.

    Returns:
        (n_samples,), not limited to [-1, 1]; unchanged where either is silent (-80 dB).
    """
    signal_power = active_power(waveform, sample_rate)
    noise_power = active_power(noise, sample_rate)
    if signal_power <= _SILENT or noise_power <= _SILENT:
        return waveform
    scale = np.sqrt(signal_power / noise_power / 10 ** (snr_db / 10))
    return waveform + np.float32(scale) * noise


def in_room(waveform: np.ndarray, response: np.ndarray) -> np.ndarray:
    """Puts a recording into a room of ``room_bank``: same length, level and timing.

    Args:
        waveform: (n_samples,) float.
        response: (n_taps,), the direct sound at tap ``rooms.DIRECT_PATH``.
    """
    wet = convolve(waveform, response, skip=DIRECT_PATH)
    power = float(np.mean(np.square(wet)))
    if power <= 0:
        return waveform
    return wet * np.float32(np.sqrt(np.mean(np.square(waveform)) / power))


def change_speed(waveform: np.ndarray, factor: float) -> np.ndarray:
    """Plays faster (factor above 1) or slower, the pitch going with it.

    Args:
        waveform: (n_samples,) float in [-1, 1].
        factor: what was at time t is afterwards at t / factor.

    Returns:
        (round(n_samples / factor),) float32.

    Raises:
        ValueError: the factor is not above 0.
    """
    if not factor > 0:
        raise ValueError(f"speed factor {factor:g} is not above 0")
    return io.resample(waveform, from_rate=factor, to_rate=1.0)


def noise_split(folder: str | Path) -> tuple[list[Path], list[Path]]:
    """Parts ``folder/<class>/<clip>`` into a half to train with and a half to test with.

    Every class is in both halves. Clips that were cut from one recording (names that differ only
    after the last hyphen, as in ESC-50) stay together. The same files give the same halves.

    Returns:
        (train, test), each sorted.

    Raises:
        InputError: the folder has no sub-folders with audio files.
    """
    folder = Path(folder)
    halves: tuple[list[Path], list[Path]] = ([], [])
    for class_folder in sorted(path for path in folder.glob("*") if path.is_dir()):
        sources: dict[str, list[Path]] = defaultdict(list)
        for path in sorted(class_folder.iterdir()):
            if path.suffix.lower() in (".ogg", ".opus", ".wav", ".flac", ".mp3"):
                sources[path.stem.rpartition("-")[0] or path.stem].append(path)
        n_in = [0, 0]
        for clips in sources.values():
            half = int(n_in[1] < n_in[0])
            halves[half].extend(clips)
            n_in[half] += len(clips)
    if not halves[0]:
        raise InputError(f"{folder} has no folders with noise recordings: give one per class.")
    return halves


def spec_augment(
    log_mel: "Tensor",
    generator: "torch.Generator",
    spec: AugmentSpec,
    lengths: "Tensor | None" = None,
) -> "Tensor":
    """Masks bands and frames, the second and third step of SpecAugment (Park et al., 2019).

    Args:
        log_mel: (batch, n_frames, n_mels).
        generator: on the CPU, so that a seed gives the same masks on every device.
        spec: how many masks of which width; a time mask also covers no more than
            ``time_mask_share`` of its recording.
        lengths: (batch,) frames of each recording; None: all frames count.

    Returns:
        (batch, n_frames, n_mels), a copy; masked places hold the mean of their recording.
    """
    import torch

    batch, n_frames, n_mels = log_mel.shape
    device = log_mel.device
    if lengths is None:
        lengths = torch.full((batch,), n_frames)
    lengths = lengths.cpu().to(torch.float32)

    def masked(n_places: int, n_masks: int, width: "Tensor | float", end: "Tensor") -> "Tensor":
        """(batch, n_places): what ``n_masks`` random stretches within [0, end) cover."""
        widths = torch.rand(batch, n_masks, generator=generator) * (width + 1)
        widths = torch.minimum(widths.floor(), end)
        starts = torch.rand(batch, n_masks, generator=generator) * (end - widths + 1)
        starts = starts.floor()[..., None]
        places = torch.arange(n_places)
        covered = (places >= starts) & (places < starts + widths[..., None])
        return covered.any(dim=1).to(device)

    widest = torch.clamp(lengths * spec.time_mask_share, max=spec.time_mask_frames).floor()
    bands = masked(
        n_mels, spec.n_frequency_masks, spec.frequency_mask_bands, torch.tensor([[float(n_mels)]])
    )
    frames = masked(n_frames, spec.n_time_masks, widest[:, None], lengths[:, None])
    real = (torch.arange(n_frames) < lengths[:, None]).to(device)
    total = (log_mel * real[..., None]).sum(dim=(1, 2))
    mean = total / (real.sum(dim=1).clamp(min=1) * n_mels)
    hidden = (frames[:, :, None] | bands[:, None, :]) & real[..., None]
    return torch.where(hidden, mean[:, None, None].to(log_mel.dtype), log_mel)


class _Clips:
    """Recordings that are decoded when first needed, and excerpts of them."""

    def __init__(self, paths: Sequence[str | Path], sample_rate: int) -> None:
        self._paths = [Path(path) for path in paths]
        self._sample_rate = sample_rate
        self._decoded: dict[int, np.ndarray] = {}

    def __len__(self) -> int:
        return len(self._paths)

    def excerpt(self, n_samples: int, rng: np.random.Generator) -> np.ndarray:
        """(n_samples,) float32 from a random clip and place; what is too short is repeated."""
        clip = self._clip(int(rng.integers(len(self))))
        start = rng.integers(max(1, len(clip) - n_samples + 1))
        if len(clip) < n_samples:
            start = rng.integers(len(clip))
            clip = np.resize(clip, start + n_samples)
        return clip[start : start + n_samples] * np.float32(1 / 32767)

    def _clip(self, index: int) -> np.ndarray:
        if index not in self._decoded:
            waveform = io.load(self._paths[index], self._sample_rate)
            waveform = waveform[: round(_MAX_CLIP_S * self._sample_rate)]
            self._decoded[index] = np.round(waveform * 32767).astype(np.int16)
        return self._decoded[index]


def _within_range(waveform: np.ndarray) -> np.ndarray:
    """Scales down what would clip, as the automatic gain of a recorder does."""
    return waveform / max(1.0, float(np.abs(waveform).max(initial=0.0)))

"""What a recording sounds like after a lossy codec, in memory."""

import io

import numpy as np
import soundfile

from voicecoach.audio import io as audio_io
from voicecoach.audio.filters import band_limit

_OPUS_RATES = (8000, 12000, 16000, 24000, 48000)
_MP3_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
_TELEPHONE_HZ = (300.0, 3400.0)

# name: container, coding, the sample rates it takes (None: any)
_CODERS: dict[str, tuple[str, str, tuple[int, ...] | None]] = {
    "opus": ("OGG", "OPUS", _OPUS_RATES),
    "vorbis": ("OGG", "VORBIS", None),
    "mp3": ("MP3", "MPEG_LAYER_III", _MP3_RATES),
    "telephone": ("WAV", "ULAW", (8000,)),
    "gsm": ("WAV", "GSM610", (8000,)),
}
CODECS = tuple(_CODERS)

# libsndfile's compression level at quality 0; MP3 refuses 1.0.
_STRONGEST = {"vorbis": 1.0, "mp3": 0.95}
# libsndfile's Opus level runs evenly from 256 down to 6 kbit/s, transparent over most of it; speech
# is sent at these rates, and equal ratios sound like equal steps.
_OPUS_KBPS = (13.0, 128.0)


def through_codec(
    waveform: np.ndarray, sample_rate: int, codec: str, quality: float = 0.5
) -> np.ndarray:
    """Encodes and decodes a recording; what happened when stays when it happened.

    ``telephone`` is the band from 300 to 3400 Hz at 8 kHz in mu-law (ITU-T G.711), ``gsm`` the same
    band through GSM full rate. Encoder delays are taken out by the decoders (Opus pre-skip, the
    LAME tag of MP3); the tests check that none is left.

    Args:
        waveform: (n_samples,) float, clipped to [-1, 1].
        sample_rate: Hz; where the codec does not take that rate, the next one that it takes.
        codec: one of ``CODECS``.
        quality: 0 to 1; on learners' speech at 16 kHz about 13 to 128 kbit/s for Opus, 22 to 59 for
            MP3, 25 to 69 for Vorbis. ``telephone`` and ``gsm`` have one quality only.

    Returns:
        (n_samples,) float32 in [-1, 1].

    Raises:
        ValueError: an unknown codec, or a quality outside 0 to 1.
    """
    if codec not in _CODERS:
        raise ValueError(f"unknown codec {codec!r}: use one of {', '.join(CODECS)}")
    if not 0.0 <= quality <= 1.0:
        raise ValueError(f"quality {quality:g} is not between 0 and 1")
    waveform = np.clip(np.asarray(waveform, dtype=np.float32), -1.0, 1.0)
    if not len(waveform):
        return waveform
    container, coding, rates = _CODERS[codec]
    rate = _coder_rate(sample_rate, rates)
    source = audio_io.resample(waveform, sample_rate, rate)
    if codec in ("telephone", "gsm"):
        source = np.clip(band_limit(source, rate, *_TELEPHONE_HZ), -1.0, 1.0)
    coded = io.BytesIO()
    soundfile.write(
        coded, source, rate, coding, format=container, compression_level=_level(codec, quality)
    )
    coded.seek(0)
    decoded, _ = soundfile.read(coded, dtype="float32")
    decoded = audio_io.resample(np.clip(decoded, -1.0, 1.0), rate, sample_rate)[: len(waveform)]
    return np.pad(decoded, (0, len(waveform) - len(decoded)))


def _level(codec: str, quality: float) -> float | None:
    """libsndfile's compression level; None where the coding has none."""
    if codec == "opus":
        lowest, highest = _OPUS_KBPS
        return 1.0 - (lowest * (highest / lowest) ** quality - 6.0) / 250.0
    return (1.0 - quality) * _STRONGEST[codec] if codec in _STRONGEST else None


def _coder_rate(sample_rate: int, rates: tuple[int, ...] | None) -> int:
    if rates is None:
        return sample_rate
    return next((rate for rate in rates if rate >= sample_rate), rates[-1])

"""Recordings in and out: the one place that reads, writes and resamples sound."""

import io
import os
import re
import uuid
from pathlib import Path

import numpy as np
import soundfile

from voicecoach.errors import InputError, TooLong

READABLE = "WAV, FLAC, Ogg, Opus, MP3"
_BLOCK = 1 << 18  # samples per channel decoded at a time
_SLACK_BYTES = 64  # a header may count padding
_SLACK_S = 0.1  # the sample count of MP3 without a LAME tag is an estimate
_UNKNOWN_SIZE = 0x7FFF_F000  # and above: "until the end of the stream"
_LARGEST_OGG_PAGE = 65_307  # bytes
_FORMATS = {".wav": "WAV", ".flac": "FLAC"}


def load(
    path: str | os.PathLike[str], sample_rate: int, max_duration_s: float | None = None
) -> np.ndarray:
    """Reads a recording of any rate, channel count and format that soundfile reads.

    Channels are averaged. A file with samples beyond [-1, 1] (possible in float formats) is
    scaled down as a whole, so that nothing is clipped.

    Args:
        path: the file.
        sample_rate: Hz, of what is returned.
        max_duration_s: longest duration accepted in seconds, judged by the header before anything
            is decoded; None accepts all.

    Returns:
        (n_samples,) float32 in [-1, 1].

    Raises:
        InputError: the file is missing, a folder, unreadable, empty, no audio, truncated, without
            samples, with NaN or infinite samples, or (``TooLong``) too long.
    """
    path = Path(path)
    _check_is_file(path)
    try:
        file = soundfile.SoundFile(path)
    except (RuntimeError, TypeError) as error:  # TypeError: a suffix such as .raw says no rate
        raise InputError(
            f"{path} is not a recording that can be read: give a {READABLE} file."
        ) from error
    with file:
        _check_header(path, file, max_duration_s)
        mono = _decode(path, file)
        original_rate = file.samplerate
    if not np.isfinite(mono).all():
        raise InputError(
            f"{path} contains samples that are no numbers (NaN or infinite): export it again."
        )
    peak = float(np.abs(mono).max(initial=0.0))
    if peak > 1.0:
        mono /= peak
    resampled = resample(mono, original_rate, sample_rate)
    if not len(resampled):
        raise InputError(f"{path} contains no samples: record it again.")
    return resampled


def save(
    path: str | os.PathLike[str],
    waveform: np.ndarray,
    sample_rate: int,
    comment: str | None = None,
) -> None:
    """Writes a mono 16-bit WAV or FLAC file, by the suffix; whole or not at all.

    Args:
        path: ends in .wav or .flac; a file of that name is replaced.
        waveform: (n_samples,) float; beyond [-1, 1] it is clipped.
        sample_rate: Hz.
        comment: kept in the file's metadata, as ``read_comment`` reads it.

    Raises:
        InputError: another suffix, or the folder cannot be written (missing, no permission, disk
            full); then nothing is left behind and an older file of that name is untouched.
        ValueError: the waveform is not one-dimensional or has NaN samples.
    """
    path = Path(path)
    if path.suffix.lower() not in _FORMATS:
        raise InputError(f"Cannot write {path}: the name must end in .wav or .flac.")
    waveform = np.asarray(waveform)
    if waveform.ndim != 1 or not np.isfinite(waveform).all():
        raise ValueError("a waveform must be one-dimensional and finite")
    encoded = io.BytesIO()  # libsndfile itself would not report a full disk
    kind = _FORMATS[path.suffix.lower()]
    with soundfile.SoundFile(encoded, "w", sample_rate, 1, "PCM_16", format=kind) as file:
        if comment is not None:
            file.comment = comment
        file.write(np.clip(waveform, -1.0, 1.0))
    temporary = path.with_name(f".{uuid.uuid4().hex}.tmp")
    try:
        try:
            temporary.write_bytes(encoded.getbuffer())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"Cannot write {path}: {reason}; choose another folder.") from error


def read_comment(path: str | os.PathLike[str]) -> str:
    """The comment in a recording's metadata; "" where there is none or the file cannot be read."""
    try:
        with soundfile.SoundFile(path) as file:
            return file.comment
    except (RuntimeError, TypeError, UnicodeDecodeError):
        return ""


def resample(waveform: np.ndarray, from_rate: float, to_rate: float) -> np.ndarray:
    """Changes the sample rate (band-limited, no delay; the SoX resampler).

    Args:
        waveform: (n_samples,) float in [-1, 1].
        from_rate: Hz, of ``waveform``.
        to_rate: Hz, of the result.

    Returns:
        (round(n_samples * to_rate / from_rate),) float32, clipped to [-1, 1]: the steep filter
        overshoots a little at full level.
    """
    waveform = np.asarray(waveform, dtype=np.float32)
    if from_rate == to_rate:
        return waveform
    import soxr  # 0.08 s: not needed for recordings at the right rate

    n_samples = round(len(waveform) * to_rate / from_rate)
    result = np.zeros(n_samples, dtype=np.float32)
    resampled = soxr.resample(waveform, from_rate, to_rate, quality="HQ")[:n_samples]
    result[: len(resampled)] = resampled
    return np.clip(result, -1.0, 1.0, out=result)


class StreamResampler:
    """Changes the sample rate of sound that comes block by block, as `resample` does the whole.

    Args:
        from_rate: Hz, of what is fed.
        to_rate: Hz, of what is returned.
    """

    def __init__(self, from_rate: float, to_rate: float) -> None:
        self._stream = None
        if from_rate != to_rate:
            import soxr

            self._stream = soxr.ResampleStream(from_rate, to_rate, 1, "float32", "HQ")

    def feed(self, block: np.ndarray, last: bool = False) -> np.ndarray:
        """Takes (n_samples,) float32; returns what is ready, all that is left if ``last``."""
        if self._stream is None:
            return block
        return np.clip(self._stream.resample_chunk(block, last=last), -1.0, 1.0)


def _check_is_file(path: Path) -> None:
    if "\0" in str(path):
        raise InputError(f"{str(path)!r} is no file name: it has a null character, take it out.")
    try:
        if path.is_dir():
            raise InputError(f"{path} is a folder: give the recording in it.")
        if path.exists() and not path.is_file():
            raise InputError(f"{path} is no regular file: save the recording to one first.")
        with path.open("rb") as file:
            if not file.read(1):
                raise InputError(f"{path} is empty (0 bytes): record it again.")
    except FileNotFoundError as error:
        raise InputError(f"There is no file {path}: check the name.") from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"Cannot read {path} ({reason}): check its permissions.") from error


def _check_header(path: Path, file: soundfile.SoundFile, max_duration_s: float | None) -> None:
    duration_s = file.frames / file.samplerate
    if max_duration_s is not None and duration_s > max_duration_s:
        raise TooLong(
            f"{path} lasts {duration_s:.0f} s and at most {max_duration_s:g} s are accepted: "
            "cut it into sentences."
        )
    if _declares_more_than_there_is(file.extra_info) or (
        file.format == "OGG" and not _ogg_is_complete(path)
    ):
        raise _cut_short(path)


def _declares_more_than_there_is(header_log: str) -> bool:
    """libsndfile reads what is there of a cut WAV or AIFF file and only notes the difference."""
    for declared, actual in re.findall(
        r"(?:data|SSND|riff) : (\d+) \(should be (\d+)\)", header_log
    ):
        is_stream = int(declared) >= _UNKNOWN_SIZE  # written by a program that could not seek
        if not is_stream and int(declared) - int(actual) > _SLACK_BYTES:
            return True
    return False


def _ogg_is_complete(path: Path) -> bool:
    """Whether the last page of an Ogg file is all there and ends the stream (RFC 3533)."""
    with path.open("rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - _LARGEST_OGG_PAGE))
        tail = file.read()
    page = tail[tail.rfind(b"OggS") :]  # of a page without the mark: the last byte only
    if len(page) < 27:
        return False
    is_last, n_segments = bool(page[5] & 4), page[26]
    return is_last and len(page) >= 27 + n_segments + sum(page[27 : 27 + n_segments])


def _decode(path: Path, file: soundfile.SoundFile) -> np.ndarray:
    """(n_samples,) float32: averaged block by block, since 8 channels at 96 kHz are large."""
    expected = file.frames
    blocks = []
    try:
        while len(block := file.read(_BLOCK, dtype="float32", always_2d=True)):
            blocks.append(block.mean(axis=1) if block.shape[1] > 1 else block[:, 0])
    except RuntimeError as error:
        raise _cut_short(path) from error
    mono = np.concatenate(blocks) if blocks else np.zeros(0, dtype=np.float32)
    if expected - len(mono) > _SLACK_S * file.samplerate:
        raise _cut_short(path)
    if not len(mono):
        raise InputError(f"{path} contains no samples: record it again.")
    return mono


def _cut_short(path: Path) -> InputError:
    return InputError(f"{path} is damaged or cut short: copy it again, or record it again.")

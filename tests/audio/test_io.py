import io as memory
import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from voicecoach.audio import io
from voicecoach.errors import InputError


def tone(sample_rate: int, duration_s: float = 1.0, frequency_hz: float = 440.0) -> np.ndarray:
    time_s = np.arange(round(sample_rate * duration_s)) / sample_rate
    return (0.5 * np.sin(2 * np.pi * frequency_hz * time_s)).astype(np.float32)


def encoded(waveform, sample_rate, container, coding) -> bytes:
    buffer = memory.BytesIO()
    soundfile.write(buffer, waveform, sample_rate, coding, format=container)
    return buffer.getvalue()


FORMATS = {
    "pcm.wav": ("WAV", "PCM_16"),
    "24.wav": ("WAV", "PCM_24"),
    "8.wav": ("WAV", "PCM_U8"),
    "float.wav": ("WAV", "FLOAT"),
    "mulaw.wav": ("WAV", "ULAW"),
    "a.flac": ("FLAC", "PCM_16"),
    "vorbis.ogg": ("OGG", "VORBIS"),
    "opus.ogg": ("OGG", "OPUS"),
    "a.mp3": ("MP3", "MPEG_LAYER_III"),
    "a.aiff": ("AIFF", "PCM_16"),
}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("channels", [1, 2])
def test_load_reads_every_format_and_keeps_time_and_level(tmp_path, name, channels) -> None:
    wave = tone(48000)
    sound = wave if channels == 1 else np.stack([wave, wave], axis=1)
    (tmp_path / name).write_bytes(encoded(sound, 48000, *FORMATS[name]))
    loaded = io.load(tmp_path / name, 16000)
    assert loaded.dtype == np.float32 and loaded.shape == (16000,)
    middle = slice(2000, 14000)  # codecs fade in
    np.testing.assert_allclose(loaded[middle], tone(16000)[middle], atol=0.03)


@pytest.mark.parametrize("sample_rate", [8000, 11025, 22050, 44100, 96000])
def test_load_resamples_eight_channels_of_any_rate(tmp_path, sample_rate) -> None:
    wave = tone(sample_rate)
    channels = np.stack([wave * level for level in np.linspace(0.2, 1.6, 8)], axis=1)
    soundfile.write(tmp_path / "a.wav", channels, sample_rate)
    loaded = io.load(tmp_path / "a.wav", 16000)
    assert loaded.shape == (16000,)
    np.testing.assert_allclose(loaded[500:-500], 0.9 * tone(16000)[500:-500], atol=2e-3)


def test_load_scales_float_samples_beyond_full_scale(tmp_path) -> None:
    soundfile.write(tmp_path / "a.wav", 4 * tone(16000), 16000, subtype="FLOAT")
    np.testing.assert_allclose(io.load(tmp_path / "a.wav", 16000), 2 * tone(16000), atol=1e-4)


def test_load_takes_a_wav_that_was_streamed(tmp_path) -> None:
    raw = bytearray(encoded(tone(16000), 16000, "WAV", "PCM_16"))
    raw[4:8] = raw[40:44] = b"\xff" * 4  # what ffmpeg writes to a pipe
    (tmp_path / "a.wav").write_bytes(raw)
    assert len(io.load(tmp_path / "a.wav", 16000)) == 16000


def bad_file(folder: Path, kind: str) -> Path:
    path = folder / "take.wav"
    if kind == "empty":
        path.write_bytes(b"")
    elif kind == "text":
        path.write_text("This is no sound.")
    elif kind == "random bytes":
        path.write_bytes(np.random.default_rng(0).bytes(5000))
    elif kind == "folder":
        path.mkdir()
    elif kind == "nan":
        soundfile.write(path, np.full(1600, np.nan), 16000, subtype="FLOAT")
    elif kind == "infinite":
        soundfile.write(path, np.full(1600, np.inf), 16000, subtype="FLOAT")
    elif kind == "no samples":
        soundfile.write(path, np.zeros(0), 16000)
    elif kind == "one sample at 96 kHz":
        soundfile.write(path, np.zeros(1), 96000)
    elif kind == "header of no rate":
        path = folder / "take.raw"
        path.write_bytes(b"1234" * 100)
    return path


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("missing", "no file"),
        ("empty", "empty"),
        ("text", "not a recording"),
        ("random bytes", "not a recording"),
        ("folder", "is a folder"),
        ("nan", "NaN"),
        ("infinite", "NaN or infinite"),
        ("no samples", "no samples"),
        ("one sample at 96 kHz", "no samples"),
        ("header of no rate", "not a recording"),
    ],
)
def test_load_refuses_what_is_no_recording(tmp_path, kind, reason) -> None:
    path = bad_file(tmp_path, kind)
    with pytest.raises(InputError, match=reason) as caught:
        io.load(path, 16000)
    message = str(caught.value)
    assert path.name in message and "\n" not in message


def test_load_refuses_a_null_character_in_the_name() -> None:
    with pytest.raises(InputError, match="null character"):
        io.load("a\0b.wav", 16000)


@pytest.mark.skipif(not Path(os.devnull).exists(), reason="no device file to try")
def test_load_refuses_a_device() -> None:
    with pytest.raises(InputError, match="no regular file"):
        io.load(os.devnull, 16000)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("share", [0.95, 0.5, 0.02])
def test_load_refuses_a_truncated_file(tmp_path, name, share) -> None:
    noise = 0.1 * np.random.default_rng(0).normal(size=5 * 16000)
    whole = encoded(noise, 16000, *FORMATS[name])
    (tmp_path / name).write_bytes(whole)
    assert len(io.load(tmp_path / name, 16000)) == 5 * 16000
    (tmp_path / name).write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(InputError, match=r"cut short|not a recording"):
        io.load(tmp_path / name, 16000)


def test_load_judges_the_duration_before_decoding(tmp_path, monkeypatch) -> None:
    soundfile.write(tmp_path / "hour.flac", np.zeros(3600 * 8000, dtype=np.int16), 8000)

    def never(*_args, **_options) -> NoReturn:
        raise AssertionError("decoded a recording that is refused")

    monkeypatch.setattr(soundfile.SoundFile, "read", never)
    with pytest.raises(InputError, match=r"hour\.flac lasts 3600 s and at most 60 s"):
        io.load(tmp_path / "hour.flac", 16000, max_duration_s=60)


def test_load_accepts_exactly_the_longest_duration(tmp_path) -> None:
    soundfile.write(tmp_path / "a.wav", tone(16000), 16000)
    assert len(io.load(tmp_path / "a.wav", 16000, max_duration_s=1.0)) == 16000


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".WAV"])
def test_saved_is_loaded(tmp_path, suffix) -> None:
    path = tmp_path / f"a{suffix}"
    io.save(path, tone(16000), 16000)
    np.testing.assert_allclose(io.load(path, 16000), tone(16000), atol=2**-15)
    assert soundfile.info(path).subtype == "PCM_16"
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_save_clips_rather_than_wraps(tmp_path) -> None:
    io.save(tmp_path / "a.wav", np.array([2.0, -2.0, 0.0]), 16000)
    np.testing.assert_allclose(io.load(tmp_path / "a.wav", 16000), [1, -1, 0], atol=2**-14)


def test_save_refuses_another_suffix_and_missing_folders(tmp_path) -> None:
    with pytest.raises(InputError, match=r"\.wav or \.flac"):
        io.save(tmp_path / "a.mp3", tone(16000), 16000)
    with pytest.raises(InputError, match=r"Cannot write .*nowhere"):
        io.save(tmp_path / "nowhere" / "a.wav", tone(16000), 16000)


def test_save_refuses_nan_and_several_channels(tmp_path) -> None:
    for wrong in (np.array([np.nan]), np.zeros((10, 2))):
        with pytest.raises(ValueError, match="one-dimensional and finite"):
            io.save(tmp_path / "a.wav", wrong, 16000)
    assert not list(tmp_path.iterdir())


def test_save_to_a_folder_of_that_name_leaves_nothing_behind(tmp_path) -> None:
    (tmp_path / "a.wav").mkdir()
    with pytest.raises(InputError, match="Cannot write"):
        io.save(tmp_path / "a.wav", tone(16000), 16000)
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.wav"]


@pytest.mark.skipif(sys.platform == "win32", reason="no file size limit to stand for a full disk")
def test_save_on_a_full_disk_keeps_the_old_file(tmp_path) -> None:
    io.save(tmp_path / "a.wav", tone(16000, 0.01), 16000)
    before = (tmp_path / "a.wav").read_bytes()
    program = (
        "import resource, sys, numpy as np\n"
        "from voicecoach.audio import io\n"
        "from voicecoach.errors import InputError\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "try:\n"
        "    io.save(sys.argv[1], np.zeros(16000), 16000)\n"
        "except InputError as error:\n"
        "    print(error)\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "a.wav")]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stdout.startswith("Cannot write")
    assert (tmp_path / "a.wav").read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.wav"]


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may write anywhere"
)
def test_save_into_an_unwritable_folder(tmp_path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(InputError, match="Permission denied"):
        io.save(tmp_path / "a.wav", tone(16000), 16000)
    assert not list(tmp_path.iterdir())


RATES = st.sampled_from([8000, 11025, 16000, 22050, 24000, 44100, 48000, 96000])


@settings(deadline=None)
@given(RATES, RATES, st.integers(0, 5000))
def test_resample_keeps_the_duration_and_the_range(from_rate, to_rate, n_samples) -> None:
    square = np.where(np.arange(n_samples) // 40 % 2, 1.0, -1.0)
    result = io.resample(square, from_rate, to_rate)
    assert result.dtype == np.float32
    assert len(result) == round(n_samples * to_rate / from_rate)
    assert np.abs(result).max(initial=0) <= 1.0


@settings(deadline=None)
@given(RATES)
def test_resampling_there_and_back_moves_nothing(rate) -> None:
    wave = tone(16000, 0.5)
    back = io.resample(io.resample(wave, 16000, rate), rate, 16000)
    np.testing.assert_allclose(back[400:7600], wave[400:7600], atol=1e-3)


def test_resampling_down_removes_what_would_alias() -> None:
    high = tone(48000, frequency_hz=10000)
    assert np.abs(io.resample(high, 48000, 16000)[200:-200]).max() < 1e-3


@settings(deadline=None)
@given(RATES, RATES, st.lists(st.integers(0, 3000), min_size=1, max_size=6))
def test_resampling_block_by_block_is_resampling_the_whole(from_rate, to_rate, lengths) -> None:
    rng = np.random.default_rng(0)
    blocks = [rng.uniform(-0.5, 0.5, size=length).astype("f4") for length in lengths]
    stream = io.StreamResampler(from_rate, to_rate)
    parts = [stream.feed(block, last=n == len(blocks)) for n, block in enumerate(blocks, 1)]
    whole = io.resample(np.concatenate(blocks), from_rate, to_rate)
    result = np.concatenate(parts)
    assert abs(len(result) - len(whole)) <= 1
    n_both = min(len(result), len(whole))
    np.testing.assert_allclose(result[:n_both], whole[:n_both], atol=1e-4)


@pytest.mark.parametrize("suffix", [".wav", ".flac"])
def test_a_comment_is_kept_and_changes_no_sample(tmp_path, suffix) -> None:
    waveform = np.random.default_rng(0).uniform(-0.5, 0.5, 1600)
    plain, marked = tmp_path / f"plain{suffix}", tmp_path / f"marked{suffix}"
    io.save(plain, waveform, 16000)
    io.save(marked, waveform, 16000, "synthetic voice of Zoë")
    assert io.read_comment(marked) == "synthetic voice of Zoë"
    assert io.read_comment(plain) == ""
    assert np.array_equal(io.load(plain, 16000), io.load(marked, 16000))


def test_what_cannot_be_read_has_no_comment(tmp_path) -> None:
    (tmp_path / "text.wav").write_text("no sound")
    assert io.read_comment(tmp_path / "text.wav") == ""
    assert io.read_comment(tmp_path / "missing.wav") == ""

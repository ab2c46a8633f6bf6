import json
import signal
from pathlib import Path

import numpy as np
import pytest
import soundfile

from voicecoach.audio import io
from voicecoach.data import disturb as disturb_module
from voicecoach.data import kaldi
from voicecoach.data.augment import active_power, noise_split
from voicecoach.data.disturb import Disturbance, Disturber, disturb
from voicecoach.data.utterance import Utterance
from voicecoach.errors import InputError
from voicecoach.text.transcribe import transcribe

TEXT = "we call it bear"
RATE = 16000


def speech(seed: int) -> np.ndarray:
    """2 s of bursts between pauses, quiet enough for noise to be added without clipping."""
    bursts = np.repeat(np.arange(10) % 2, RATE // 5)
    return (0.03 * bursts * np.random.default_rng(seed).normal(size=2 * RATE)).astype("f4")


@pytest.fixture
def data(tmp_path: Path, sentence_labels) -> Path:
    """Four utterances of two speakers, one with scores."""
    (tmp_path / "clean").mkdir()
    sentence = transcribe(TEXT)
    utterances = []
    for index in range(4):
        wav = tmp_path / "clean" / f"{index}.wav"
        io.save(wav, speech(index), RATE)
        labels = None if index else sentence_labels(sentence)
        speaker = f"s{index % 2}"
        utterances.append(
            Utterance(f"u{index}", speaker, wav, TEXT, sentence, labels, age=9, gender="f")
        )
    kaldi.write(tmp_path / "data", utterances)
    return tmp_path / "data"


@pytest.fixture
def noise(tmp_path: Path) -> Path:
    """Two classes of two clips: one with a long silence, one shorter than the speech."""
    rng = np.random.default_rng(9)
    for class_name in ("rain", "dog"):
        (tmp_path / "noise" / class_name).mkdir(parents=True)
        for clip, n_samples in (("1-1-A", 8 * RATE), ("1-2-A", RATE)):
            waveform = 0.1 * rng.normal(size=n_samples)
            waveform[3 * RATE :] = 0
            io.save(tmp_path / "noise" / class_name / f"{clip}.wav", waveform, RATE)
    return tmp_path / "noise"


@pytest.fixture
def rooms(tmp_path: Path) -> Path:
    """Two rooms: the sound comes after 10 and 25 ms, and its echo 50 ms later."""
    (tmp_path / "rooms").mkdir()
    for delay in (160, 400):
        io.save(tmp_path / "rooms" / f"{delay}.flac", response(delay, echo=0.3), RATE)
    return tmp_path / "rooms"


def response(delay: int, echo: float) -> np.ndarray:
    """0.25 s: a rounded peak at ``delay`` samples, an echo 50 ms later, and a faint tail."""
    taps = np.zeros(4000)
    taps[delay + 2 :] = 0.01 * np.random.default_rng(delay).normal(size=3998 - delay)
    taps[delay - 1 : delay + 2] = 0.4, 0.6, 0.2
    taps[delay + 800] = echo
    return taps


def samples(folder: Path) -> dict[str, np.ndarray]:
    return {u.utt: io.load(u.wav, RATE) for u in kaldi.read(folder)}


def lag_ms(before: np.ndarray, after: np.ndarray) -> float:
    """How much later ``after`` is, by the maximum of the cross-correlation."""
    n_fft = 2 * len(before)
    spectrum = np.fft.rfft(after, n_fft) * np.conj(np.fft.rfft(before, n_fft))
    lag = int(np.argmax(np.abs(np.fft.irfft(spectrum, n_fft))))
    return 1000 * (lag - n_fft if lag >= n_fft // 2 else lag) / RATE


def test_everything_but_the_sound_stays(data, noise, tmp_path) -> None:
    (data / "experts-phones.json").write_text('{"u0": [], "gone": []}')
    out = tmp_path / "out"
    assert disturb(data, out, Disturbance("noise", str(noise), 10.0)) == []
    clean, wet = kaldi.read(data), kaldi.read(out)
    for before, after in zip(clean, wet, strict=True):
        assert after.wav == out / "wav" / f"{after.utt}.flac"
        assert soundfile.info(after.wav).samplerate == RATE
        for name in ("utt", "speaker", "text", "sentence", "labels", "age", "gender"):
            assert getattr(after, name) == getattr(before, name)
    assert json.loads((out / "experts-phones.json").read_text()) == {"u0": []}
    assert not list(out.rglob("*.tmp"))


@pytest.mark.parametrize("kind", ["noise", "babble"])
@pytest.mark.parametrize("snr_db", [0.0, 10.0, 20.0])
def test_the_signal_to_noise_ratio_is_reached(data, noise, tmp_path, kind, snr_db) -> None:
    disturb(data, tmp_path / "out", Disturbance(kind, str(noise), snr_db))
    clean = samples(data)
    for utt, wet in samples(tmp_path / "out").items():
        added = wet - clean[utt]
        ratio = active_power(clean[utt], RATE) / active_power(added, RATE)
        assert 10 * np.log10(ratio) == pytest.approx(snr_db, abs=1.0)


def test_only_noises_of_the_test_half_are_drawn(noise) -> None:
    assert Disturbance("noise", str(noise), 10.0).sounds() == noise_split(noise)[1]


@pytest.mark.parametrize("kind", ["noise", "babble", "room"])
def test_seed_and_id_alone_decide(data, noise, rooms, tmp_path, kind) -> None:
    source = str(rooms if kind == "room" else noise)
    snr_db = None if kind == "room" else 5.0
    outs = [tmp_path / name for name in ("one", "two", "part", "other")]
    disturb(data, outs[0], Disturbance(kind, source, snr_db))
    disturb(data, outs[1], Disturbance(kind, source, snr_db), jobs=2)
    kaldi.write(tmp_path / "few", kaldi.read(data)[2:])
    disturb(tmp_path / "few", outs[2], Disturbance(kind, source, snr_db))
    disturb(data, outs[3], Disturbance(kind, source, snr_db, seed=1))
    one, two, part, other = map(samples, outs)
    for utt in one:
        np.testing.assert_array_equal(one[utt], two[utt])
    assert list(part) == ["u2", "u3"]
    for utt in part:
        np.testing.assert_array_equal(one[utt], part[utt])
    assert any(not np.array_equal(one[utt], other[utt]) for utt in one)


def test_ratios_share_their_noise(data, noise) -> None:
    waveform = speech(0)
    added = []
    for snr_db in (5.0, 25.0):
        way = Disturbance("noise", str(noise), snr_db)
        added.append(Disturber(way, way.sounds())(waveform, "u0") - waveform)
    np.testing.assert_allclose(added[0], 10 * added[1], atol=1e-6)


def test_room_keeps_times_and_level(data, rooms, tmp_path) -> None:
    disturb(data, tmp_path / "out", Disturbance("room", str(rooms)))
    clean = samples(data)
    for utt, wet in samples(tmp_path / "out").items():
        assert wet.shape == clean[utt].shape
        assert abs(lag_ms(clean[utt], wet)) <= 2.0
        assert np.std(wet) == pytest.approx(np.std(clean[utt]), rel=0.01)
        assert np.corrcoef(clean[utt], wet)[0, 1] < 0.95


def test_direct_sound_counts_also_where_its_echo_is_louder(tmp_path) -> None:
    path = tmp_path / "room.wav"
    io.save(path, response(400, echo=0.9), RATE)
    click = np.zeros(RATE, dtype=np.float32)
    click[5000] = 0.5
    wet = Disturber(Disturbance("room", str(tmp_path)), [path])(click, "u0")
    assert np.argmax(wet) == 5800  # the echo
    assert np.argmax(wet[:5500]) == 5000


def test_measured_rooms_move_nothing(shared_data) -> None:
    way = Disturbance("room", str(shared_data / "rir"))
    disturber = Disturber(way, way.sounds())
    waveform = speech(0)
    for utt in map(str, range(10)):
        assert abs(lag_ms(waveform, disturber(waveform, utt))) <= 2.0


@pytest.mark.parametrize("codec", ["opus", "vorbis", "mp3", "telephone", "gsm"])
def test_codecs_keep_times(data, tmp_path, codec) -> None:
    disturb(data, tmp_path / "out", Disturbance("codec", codec))
    clean = samples(data)
    for utt, wet in samples(tmp_path / "out").items():
        assert abs(lag_ms(clean[utt], wet)) <= 1.0
        assert not np.array_equal(clean[utt], wet)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("codec", "aac"), "aac"),
        (("codec", "opus", 10.0), "leave it out"),
        (("room", "rooms", 10.0), "leave it out"),
        (("noise", "noise"), "add one"),
        (("babble", "noise"), "add one"),
        (("noise", "noise", float("nan")), "no number"),
        (("noise", "noise", float("inf")), "no number"),
    ],
)
def test_contradictions_are_refused(arguments, word) -> None:
    with pytest.raises(InputError, match=word):
        Disturbance(*arguments)


@pytest.mark.parametrize("kind", ["noise", "babble", "room"])
def test_folder_without_sounds_is_refused_before_anything_is_written(data, tmp_path, kind) -> None:
    snr_db = None if kind == "room" else 10.0
    with pytest.raises(InputError, match="nowhere"):
        disturb(data, tmp_path / "out", Disturbance(kind, str(tmp_path / "nowhere"), snr_db))
    assert not (tmp_path / "out").exists()


def test_finished_files_are_kept_and_missing_ones_made(data, tmp_path) -> None:
    out, way = tmp_path / "out", Disturbance("codec", "gsm")
    disturb(data, out, way)
    marked, missing = out / "wav" / "u0.flac", out / "wav" / "u1.flac"
    whole = missing.read_bytes()
    io.save(marked, np.zeros(RATE), RATE)
    missing.unlink()
    (out / "wav.scp").unlink()
    steps = []
    disturb(data, out, way, progress=lambda done, total: steps.append((done, total)))
    assert steps == [(3, 4), (4, 4)]
    assert not samples(out)["u0"].any()
    assert missing.read_bytes() == whole


def test_interrupt_waits_for_the_file_and_the_rest_is_made_later(
    data, tmp_path, monkeypatch
) -> None:
    way, through_codec = Disturbance("codec", "opus"), disturb_module.through_codec

    def interrupted(*arguments, **more):
        signal.raise_signal(signal.SIGINT)
        return through_codec(*arguments, **more)

    monkeypatch.setattr(disturb_module, "through_codec", interrupted)
    with pytest.raises(KeyboardInterrupt):
        disturb(data, tmp_path / "out", way)
    assert [path.name for path in (tmp_path / "out" / "wav").iterdir()] == ["u0.flac"]
    monkeypatch.undo()
    disturb(data, tmp_path / "out", way)
    disturb(data, tmp_path / "whole", way)
    whole = samples(tmp_path / "whole")
    for utt, wet in samples(tmp_path / "out").items():
        np.testing.assert_array_equal(wet, whole[utt])


def test_other_settings_are_not_mixed(data, noise, rooms, tmp_path) -> None:
    out = tmp_path / "out"
    disturb(data, out, Disturbance("noise", str(noise), 10.0))
    for other, name in (
        (Disturbance("noise", str(noise), 20.0), "snr_db"),
        (Disturbance("noise", str(noise), 10.0, seed=1), "seed"),
        (Disturbance("babble", str(noise), 10.0), "kind"),
        (Disturbance("room", str(rooms)), "source"),
    ):
        with pytest.raises(InputError, match=f"{name}.*choose another --out"):
            disturb(data, out, other)
    kaldi.write(tmp_path / "other", kaldi.read(data))
    with pytest.raises(InputError, match=r"\(data\)"):
        disturb(tmp_path / "other", out, Disturbance("noise", str(noise), 10.0))
    io.save(noise / "rain" / "1-2-A.wav", speech(0), RATE)
    with pytest.raises(InputError, match="sounds_sha256"):
        disturb(data, out, Disturbance("noise", str(noise), 10.0))


@pytest.mark.parametrize("text", ["{", "[]"])
def test_settings_that_cannot_be_read_are_refused(data, tmp_path, text) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "disturb.json").write_text(text)
    with pytest.raises(InputError, match="choose another --out"):
        disturb(data, tmp_path / "out", Disturbance("codec", "gsm"))


def test_folders_of_something_else_are_not_touched(data, tmp_path) -> None:
    for out in (data, tmp_path / "clean"):
        before = sorted(out.iterdir())
        with pytest.raises(InputError, match="choose another --out"):
            disturb(data, out, Disturbance("codec", "gsm"))
        assert sorted(out.iterdir()) == before


def test_bad_files_are_left_out_and_made_once_they_are_mended(data, noise, tmp_path) -> None:
    out, way = tmp_path / "out", Disturbance("noise", str(noise), 10.0)
    io.save(tmp_path / "clean" / "1.wav", np.zeros(RATE), RATE)
    (tmp_path / "clean" / "2.wav").write_text("not a recording")
    failures = disturb(data, out, way)
    assert [failure.utt for failure in failures] == ["u1", "u2"]
    assert "silent" in failures[0].reason and "2.wav" in failures[1].reason
    assert list(samples(out)) == ["u0", "u3"]
    for index in (1, 2):
        io.save(tmp_path / "clean" / f"{index}.wav", speech(index), RATE)
    assert disturb(data, out, way) == []
    assert list(samples(out)) == ["u0", "u1", "u2", "u3"]


def test_id_with_a_slash_is_refused(data, tmp_path) -> None:
    for name in ("wav.scp", "text"):
        first = (data / name).read_text().splitlines()[0].split("\t")
        (data / name).write_text(f"../u0\t{first[1]}\n")
    for name in ("utt2spk", "text-phone", "scores.json"):
        (data / name).unlink()
    with pytest.raises(InputError, match=r"\.\./u0"):
        disturb(data, tmp_path / "out", Disturbance("codec", "gsm"))
    assert not (tmp_path / "u0.flac").exists()


def test_silent_room_is_named(data, tmp_path) -> None:
    (tmp_path / "rooms").mkdir()
    io.save(tmp_path / "rooms" / "dead.wav", np.zeros(100), RATE)
    failures = disturb(data, tmp_path / "out", Disturbance("room", str(tmp_path / "rooms")))
    assert len(failures) == 4 and "dead.wav" in failures[0].reason
    assert not (tmp_path / "out" / "wav.scp").exists()

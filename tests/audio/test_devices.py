"""Microphones and loudspeakers, for real: through a sound server without hardware."""

import os
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest

from voicecoach.audio import devices, loopback
from voicecoach.audio.io import resample
from voicecoach.audio.player import play
from voicecoach.audio.recorder import Recorder, record
from voicecoach.errors import InputError

RATE = 16_000


def test_what_is_said_is_what_is_recorded(sound_server, sound_backend, melody, likeness) -> None:
    with Recorder(RATE, backend=sound_backend) as recorder:
        assert recorder.backend == sound_backend
        heard = sound_server.say_into(recorder, melody)
    assert recorder.lost is None
    assert recorder.gaps == 0
    assert heard.dtype == np.float32
    assert likeness(melody, heard) > 0.99
    before = heard[: RATE // 4]
    assert np.abs(before).max() < 1e-3  # it was open before anything was said


def test_what_is_played_comes_out_of_the_loudspeaker(
    sound_server, sound_backend, melody, likeness
) -> None:
    with sound_server.listening() as heard:
        play(melody, RATE, backend=sound_backend)
        assert likeness(melody, heard()) > 0.99


def test_playing_is_cut_short(sound_server, sound_backend, melody) -> None:
    stop = threading.Event()

    def cut() -> None:
        sound_server.wait_until_playing()
        stop.set()

    thread = threading.Thread(target=cut)
    with sound_server.listening() as heard:
        thread.start()
        play(np.tile(melody, 60), RATE, backend=sound_backend, stop=stop)
        thread.join()
        recorded = heard(1.5)  # a busy server still plays what it had
        assert len(recorded) < 30 * RATE
        assert np.abs(recorded[-RATE // 8 :]).max() < 0.001


def test_a_stop_that_never_comes_and_one_that_came_before(
    sound_server, sound_backend, melody, likeness
) -> None:
    stop = threading.Event()
    with sound_server.listening() as heard:
        play(melody, RATE, backend=sound_backend, stop=stop)
        assert likeness(melody, heard()) > 0.99
    stop.set()
    with sound_server.listening() as heard:
        play(melody, RATE, backend=sound_backend, stop=stop)
        assert np.abs(heard()).max() < 0.001


def test_a_loudspeaker_that_takes_sound_ahead_of_time(
    early_sound_server, sound_backend, melody, likeness
) -> None:
    with early_sound_server.listening() as heard:
        play(melody, RATE, backend=sound_backend)
        assert likeness(melody[RATE // 3 :], heard()) > 0.99


@pytest.mark.parametrize("rate", [8_000, 44_100])
def test_other_rates(sound_server, sound_backend, melody, likeness, rate) -> None:
    with Recorder(rate, backend=sound_backend) as recorder:
        heard = sound_server.say_into(recorder, melody)
    assert likeness(melody, resample(heard, rate, RATE)) > 0.99


def test_a_device_that_takes_one_rate_and_two_channels(
    sound_server, portaudio, melody, likeness, monkeypatch
) -> None:
    def only_44100(original):
        def make(**settings):
            if (settings["samplerate"], settings["channels"]) != (44_100, 2):
                raise portaudio.PortAudioError("Error opening stream: Invalid sample rate")
            return original(**settings)

        return make

    for name in ("InputStream", "OutputStream"):
        monkeypatch.setattr(portaudio, name, only_44100(getattr(portaudio, name)))
    with Recorder(RATE, backend="portaudio") as recorder:
        heard = sound_server.say_into(recorder, melody)
    assert likeness(melody, heard) > 0.99
    with sound_server.listening() as heard:
        play(melody, RATE, backend="portaudio")
        assert likeness(melody, heard()) > 0.99


def test_where_portaudio_cannot_open_the_next_backend_does(
    sound_server, portaudio, melody, likeness, monkeypatch
) -> None:
    def busy(**_settings):
        raise portaudio.PortAudioError("Error opening stream: Device unavailable")

    monkeypatch.setattr(portaudio, "InputStream", busy)
    monkeypatch.setattr(portaudio, "OutputStream", busy)
    with Recorder(RATE) as recorder:
        assert recorder.backend == "pulse"
    with sound_server.listening() as heard:
        play(melody, RATE)
        assert likeness(melody, heard()) > 0.99
    with pytest.raises(InputError, match="Device unavailable"):
        record(RATE, backend="portaudio")


def test_blocks_are_left_and_taken_up_again(
    sound_server, sound_backend, melody, likeness, monkeypatch
) -> None:
    with Recorder(RATE, backend=sound_backend) as recorder:
        once = recorder.blocks

        def again():
            while (block := next(once(), None)) is not None:
                yield block

        monkeypatch.setattr(recorder, "blocks", again)
        assert likeness(melody, sound_server.say_into(recorder, melody)) > 0.99


def test_blocks_have_the_length_that_was_asked_for(sound_server, sound_backend) -> None:
    with Recorder(8_000, backend=sound_backend, block_ms=32) as recorder:
        lengths = []
        for block in recorder.blocks():
            lengths.append(len(block))
            if len(lengths) == 20:
                recorder.stop()
        assert list(recorder.blocks()) == []
    assert len(lengths) >= 20
    assert set(lengths[:-1]) == {256}
    assert 0 < lengths[-1] <= 256


def test_blocks_of_a_recorder_that_is_not_open() -> None:
    with pytest.raises(RuntimeError, match="with"):
        next(Recorder(RATE).blocks())


def test_so_many_seconds(sound_server, sound_backend) -> None:
    recording = record(RATE, 0.73, backend=sound_backend)
    assert recording.waveform.shape == (round(0.73 * RATE),)
    assert recording.lost is None


@pytest.mark.parametrize("presses", [1, 2])
def test_what_was_recorded_before_ctrl_c_is_kept(sound_server, sound_backend, presses) -> None:
    n_blocks = 0

    def press(_block: np.ndarray) -> bool:
        nonlocal n_blocks
        n_blocks += 1
        if n_blocks == 10:
            for _ in range(presses):
                os.kill(os.getpid(), signal.SIGINT)
        return False

    before = signal.getsignal(signal.SIGINT)
    recording = record(RATE, backend=sound_backend, on_block=press)
    assert len(recording.waveform) >= 10 * 800
    assert recording.lost is None
    assert signal.getsignal(signal.SIGINT) is before


def test_the_third_ctrl_c_is_as_usual() -> None:
    from voicecoach.audio.recorder import signals_call

    calls = []
    with signals_call(lambda: calls.append(1)):
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert len(calls) == 2


def test_recording_in_a_thread(sound_server, sound_backend) -> None:
    results = []
    thread = threading.Thread(
        target=lambda: results.append(record(RATE, 0.2, backend=sound_backend))
    )
    thread.start()
    thread.join()
    assert len(results[0].waveform) == RATE // 5


def test_what_was_recorded_before_the_microphone_went_away_is_kept(
    mortal_sound_server, sound_backend
) -> None:
    n_blocks = 0

    def pull(_block: np.ndarray) -> bool:
        nonlocal n_blocks
        n_blocks += 1
        if n_blocks == 10:
            mortal_sound_server.stop()
        return False

    recording = record(RATE, backend=sound_backend, on_block=pull)
    assert len(recording.waveform) >= 10 * 800
    assert recording.lost


def test_a_loudspeaker_that_goes_away(mortal_sound_server, sound_backend) -> None:
    def pull() -> None:
        mortal_sound_server.wait_until_playing()
        mortal_sound_server.stop()

    thread = threading.Thread(target=pull)
    thread.start()
    with pytest.raises(InputError, match="loudspeaker"):
        play(np.zeros(60 * RATE), RATE, backend=sound_backend)
    thread.join()


def test_devices_are_listed_and_found(sound_server, sound_backend) -> None:
    for kind in ("input", "output"):
        found, reasons = devices.devices(kind, sound_backend)
        assert reasons == []
        assert {device.kind for device in found} == {kind}
        assert [device.is_default for device in found].index(True) == 0
        assert devices.choose(kind, backend=sound_backend) == found[0]
        for device in found:
            assert devices.choose(kind, device.device_id, sound_backend) == device


def test_a_part_of_a_name_is_enough_if_only_one_has_it(sound_server) -> None:
    assert devices.choose("input", "LOUD", "pulse").device_id == "loudspeaker.monitor"
    with pytest.raises(InputError, match=r"microphone\.monitor, loudspeaker\.monitor"):
        devices.choose("input", "monitor", "pulse")


def test_another_device_than_the_default(sound_server, melody, likeness) -> None:
    with Recorder(RATE, "loudspeaker.monitor", "pulse") as recorder:
        play(melody, RATE, "loudspeaker", "pulse")
        blocks = [next(recorder.blocks()) for _ in range(20)]
        while np.abs(blocks[-1]).max() > 0.001:
            blocks.append(next(recorder.blocks()))
    assert likeness(melody, np.concatenate(blocks)) > 0.99


def test_a_name_of_alsa_that_is_not_listed(sound_server, sound_backend) -> None:
    if sound_backend == "alsa":
        assert len(record(RATE, 0.1, "plug:pulse", "alsa").waveform) == RATE // 10


def test_a_device_that_is_not_there(sound_server, sound_backend) -> None:
    for use in (lambda **k: record(RATE, **k), lambda **k: play(np.zeros(10), RATE, **k)):
        with pytest.raises(InputError, match=r"'hearing trumpet' .*voicecoach devices"):
            use(device="hearing trumpet", backend=sound_backend)
        with pytest.raises(InputError, match="cannot be used"):
            use(device="  ", backend=sound_backend)


@pytest.mark.usefixtures("no_sound")
@pytest.mark.parametrize(
    ("backend", "package"),
    [
        ("portaudio", "libportaudio2"),
        ("pulse", "pulseaudio-utils"),
        ("alsa", "alsa-utils"),
        (None, r"libportaudio2.*pulseaudio-utils.*alsa-utils"),
    ],
)
def test_what_is_missing_is_named(backend, package) -> None:
    with pytest.raises(InputError, match=f"no working microphone.*{package}"):
        record(RATE, backend=backend)
    with pytest.raises(InputError, match=f"no working loudspeaker.*{package}"):
        play(np.zeros(10), RATE, backend=backend)
    found, reasons = devices.devices("input", backend)
    assert found == []
    assert len(reasons) == (3 if backend is None else 1)


def test_a_backend_that_is_not_there() -> None:
    with pytest.raises(InputError, match="portaudio, pulse, alsa"):
        record(RATE, backend="jack")


@pytest.mark.parametrize("waveform", [np.zeros((2, 2)), np.array([0.0, np.nan])])
def test_what_is_no_waveform_is_not_played(waveform) -> None:
    with pytest.raises(ValueError, match="waveform"):
        play(waveform, RATE)


def test_nothing_is_played_and_that_is_well(sound_server, sound_backend) -> None:
    play(np.zeros(0), RATE, backend=sound_backend)


def test_loopback_hears_the_loudspeaker(sound_server, sound_backend, monkeypatch) -> None:
    assert loopback.loopback(backend=sound_backend).correlation < 0.2
    monkeypatch.setenv("PULSE_SOURCE", "loudspeaker.monitor")
    echo = loopback.loopback(backend=sound_backend)
    assert echo.correlation > 0.99
    assert 0 < echo.latency_ms < 1500


def test_find() -> None:
    sound = loopback.chirp()
    recorded = np.random.default_rng(0).normal(scale=0.01, size=20_000)
    assert loopback.find(sound, recorded)[0] < 0.2
    recorded[1234 : 1234 + len(sound)] -= 0.1 * sound  # a loudspeaker may be wired the wrong way
    correlation, at = loopback.find(sound, recorded)
    assert at == 1234
    assert correlation > 0.8
    assert loopback.find(sound, np.zeros(20_000)) == (0.0, 0)
    assert loopback.find(sound, recorded[:100]) == (0.0, 0)


def test_importing_looks_for_no_device() -> None:
    code = (
        "import sys, voicecoach.audio.recorder, voicecoach.audio.player\n"
        "print('sounddevice' in sys.modules, 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False False"

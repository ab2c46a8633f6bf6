"""What many tests share."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import settings

# One thread: the models are tiny, and results do not depend on the machine.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# A shell that starts the tests in the background has Ctrl-C ignored, which programs inherit.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

# No test is timed: machines differ.
settings.register_profile("voicecoach", deadline=None)
settings.load_profile("voicecoach")

REPO = Path(__file__).parent.parent
SHARED_DATA = REPO.parent / "shared" / "data"


@pytest.fixture(autouse=True)
def data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Practice history of a test goes here, and never to that of the person who runs the tests."""
    folder = tmp_path_factory.mktemp("voicecoach-data")
    monkeypatch.setenv("VOICECOACH_DATA", str(folder))
    return folder


@pytest.fixture(scope="session")
def repo() -> Path:
    """Root of the checkout."""
    return REPO


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real speech beside the checkout; the test is skipped where there is none."""
    if not SHARED_DATA.is_dir():
        pytest.skip("needs the real recordings of ../shared/data, which are not part of the repo")
    return SHARED_DATA


@pytest.fixture(scope="session")
def sentence_labels():
    """Makes the best scores for a sentence."""

    def _make(sentence):
        from voicecoach.data.utterance import Labels, WordLabels

        words = tuple(WordLabels(10, 10, 10, (2.0,) * len(word.phones)) for word in sentence)
        return Labels(10, 10, 10, 10, 10, words)

    return _make


PHONES = ("W", "IY0", "K", "AO1", "L", "CH")


def make_record(index: int, rng: np.random.Generator) -> dict:
    """Two words; predictions are the reference with noise."""
    truth = rng.choice([0.2, 1.0, 1.6, 2.0], p=[0.15, 0.15, 0.2, 0.5], size=len(PHONES))
    heard = np.clip(truth + rng.normal(scale=0.4, size=len(PHONES)), 0.0, 2.0)
    scores = rng.uniform(4, 10, size=8).round()

    def words(phone_scores: np.ndarray, noise: float, **more: list) -> list[dict]:
        return [
            {
                "text": text,
                "accuracy": scores[k] + noise * rng.normal(),
                "stress": 10.0,
                "total": scores[k] + noise * rng.normal(),
                "phones": list(PHONES[part]),
                "phones-accuracy": phone_scores[part].tolist(),
                **{name: values[part] for name, values in more.items()},
            }
            for k, (text, part) in enumerate((("WE", slice(0, 2)), ("CALLCH", slice(2, 6))))
        ]

    def sentence(noise: float) -> dict:
        fields = ("accuracy", "fluency", "prosodic", "completeness", "total")
        return {f: scores[3 + k] + noise * rng.normal() for k, f in enumerate(fields)}

    return {
        "utt": f"u{index}",
        "text": "WE CALLCH",
        **sentence(0.5),
        "words": words(heard, 1.0, flagged=(heard < 0.6).tolist()),
        "reference": {"text": "WE CALLCH", **sentence(0.0), "words": words(truth, 0.0)},
        "speaker": f"s{index % 8}",
        "age": 8 if index % 8 < 4 else 30,
        "gender": "m" if index % 2 else "f",
        "experts": None,
    }


@pytest.fixture
def records() -> list[dict]:
    """Forty utterances of eight speakers, half of them children."""
    rng = np.random.default_rng(0)
    return [make_record(index, rng) for index in range(40)]


SOUND_HZ = 16_000
_BEFORE_BLOCKS = 6  # 0.3 s of a recorder's blocks, before anything is spoken into it
_AFTER_BLOCKS = 12
_MOST_BLOCKS = 1200  # a minute: by then the sound has been lost


class SoundServer:
    """A private PulseAudio daemon, with a microphone and a loudspeaker that are no hardware.

    What is played into the null sink "microphone" is what the default microphone hears; what is
    played on the default loudspeaker, the null sink "loudspeaker", is what its monitor hears.
    """

    def __init__(self, ahead: bool = False) -> None:
        """``ahead``: as hardware does, take sound early, and again if more comes meanwhile."""
        self.folder = Path(tempfile.mkdtemp(prefix="vc-"))  # a socket's path must be short
        (self.folder / "asound.conf").write_text(
            "pcm.pulse { type pulse }\nctl.pulse { type pulse }\n"
            "pcm.!default { type pulse }\nctl.!default { type pulse }\n"
        )
        alsa = "/usr/share/alsa/alsa.conf"
        self.env = {
            "HOME": str(self.folder),
            "XDG_RUNTIME_DIR": str(self.folder),
            "XDG_CONFIG_HOME": str(self.folder),
            "PULSE_RUNTIME_PATH": str(self.folder),
            "PULSE_STATE_PATH": str(self.folder),
            "PULSE_SERVER": f"unix:{self.folder}/native",
            "ALSA_CONFIG_PATH": f"{alsa}:{self.folder}/asound.conf",
        }
        null_sink = (
            f"module-null-sink rate=48000 format=float32le norewinds={not ahead:d} sink_name"
        )
        self._processes = [
            self._start(
                *("pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--disable-shm=yes"),
                *("--exit-idle-time=-1", "--realtime=no", "--high-priority=no"),
                f"--load=module-native-protocol-unix socket={self.folder}/native auth-anonymous=1",
                f"--load={null_sink}=microphone",
                f"--load={null_sink}=loudspeaker",
            )
        ]
        while self._pactl("info").returncode:  # the test's own time limit ends this
            assert self._processes[0].poll() is None, (self.folder / "log").read_text()
        self._pactl("set-default-source", "microphone.monitor")
        self._pactl("set-default-sink", "loudspeaker")
        for name in () if ahead else ("microphone", "loudspeaker"):
            # A null sink that nobody hears sleeps for two seconds at a time.
            self._processes.append(
                self._start("pacat", "--record", "--latency-msec=20", f"--device={name}.monitor")
            )

    def say(self, waveform: np.ndarray) -> subprocess.Popen[bytes]:
        """Begins to play (n_samples,) float at 16 kHz into the microphone; ends with the sound."""
        with tempfile.TemporaryFile() as file:
            file.write(waveform.astype("<f4").tobytes())
            file.seek(0)
            return self._start(
                *("pacat", "--playback", "--raw", "--format=float32le", "--channels=1"),
                *(f"--rate={SOUND_HZ}", "--device=microphone", "--latency-msec=500"),
                stdin=file,
            )

    def say_into(self, recorder: Any, waveform: np.ndarray) -> np.ndarray:
        """Plays into the microphone while a ``Recorder`` records; what the recorder heard."""
        heard: list[np.ndarray] = []
        speaker, n_after = None, 0
        for block in recorder.blocks():
            heard.append(block)
            assert len(heard) < _MOST_BLOCKS
            if len(heard) == _BEFORE_BLOCKS:
                speaker = self.say(waveform)
            elif speaker is not None and speaker.poll() is not None:
                assert speaker.returncode == 0
                n_after += 1
                if n_after == _AFTER_BLOCKS:
                    recorder.stop()
        return np.concatenate(heard)

    @contextmanager
    def listening(self) -> Iterator[Callable[..., np.ndarray]]:
        """Records what comes out of the loudspeaker; the function ends that, after so many seconds
        more, and gives the sound.

        (n_samples,) float32 at 16 kHz.
        """
        recorder = self._start(
            *("pacat", "--record", "--raw", "--format=float32le", "--channels=1"),
            *(f"--rate={SOUND_HZ}", "--device=loudspeaker.monitor", "--latency-msec=50"),
            stdout=subprocess.PIPE,
        )
        assert recorder.stdout is not None
        a_moment = 4 * SOUND_HZ // 4
        data = [recorder.stdout.read(a_moment)]

        def fetch() -> None:
            data.append(recorder.stdout.read())

        fetcher = threading.Thread(target=fetch, daemon=True)
        fetcher.start()

        def heard(then_s: float = 0.25) -> np.ndarray:
            # What is on its way is still heard: the monitor is asked for it once more.
            again = self._start(
                *("pacat", "--record", "--raw", "--format=float32le", "--channels=1"),
                *(f"--rate={SOUND_HZ}", "--device=loudspeaker.monitor", "--latency-msec=50"),
                stdout=subprocess.PIPE,
            )
            assert again.stdout is not None
            again.stdout.read(4 * round(then_s * SOUND_HZ))
            for process in (recorder, again):
                process.terminate()
                process.wait()
            fetcher.join()
            again.stdout.close()
            return np.frombuffer(b"".join(data), dtype="<f4")

        try:
            yield heard
        finally:
            recorder.kill()
            recorder.wait()
            fetcher.join()
            recorder.stdout.close()

    def wait_until_playing(self) -> None:
        """Returns when something is connected to the loudspeaker."""
        while not self._pactl("list", "short", "sink-inputs").stdout.strip():
            assert self._processes[0].poll() is None

    def stop(self) -> None:
        """Ends the daemon: its devices are gone."""
        for process in reversed(self._processes):
            process.kill()
            process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self, *command: str, **streams: Any) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("ab") as log:
            streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, **streams}
            return subprocess.Popen(command, env=os.environ | self.env, stderr=log, **streams)

    def _pactl(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(["pactl", *arguments], env=os.environ | self.env, capture_output=True)


def _reopen_portaudio() -> None:
    """PortAudio looks for devices when it is loaded, and never again."""
    try:
        import sounddevice
    except OSError:
        return
    sounddevice._terminate()
    sounddevice._initialize()


@contextmanager
def _sound_server(ahead: bool = False) -> Iterator[SoundServer]:
    if sys.platform != "linux":
        pytest.skip("needs PulseAudio on Linux")
    for program, package in {"pulseaudio": "pulseaudio", "pacat": "pulseaudio-utils"}.items():
        if shutil.which(program) is None:
            pytest.skip(f"needs a sound server of its own (Debian: apt install {package})")
    server = SoundServer(ahead)
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def _in_use(server: SoundServer) -> Iterator[SoundServer]:
    """This process and what it starts use the server."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in server.env.items():
            if name != "HOME":
                patch.setenv(name, value)
        _reopen_portaudio()
        yield server
    _reopen_portaudio()


@pytest.fixture(scope="session")
def _session_sound_server() -> Iterator[SoundServer]:
    with _sound_server() as server:
        yield server


@pytest.fixture
def sound_server(_session_sound_server: SoundServer) -> Iterator[SoundServer]:
    """A microphone and a loudspeaker without hardware, the defaults of this process."""
    with _in_use(_session_sound_server) as server:
        yield server


@pytest.fixture
def mortal_sound_server() -> Iterator[SoundServer]:
    """A sound server for one test, which may stop it."""
    with _sound_server() as server, _in_use(server):
        yield server


@pytest.fixture
def early_sound_server() -> Iterator[SoundServer]:
    """A sound server that takes sound ahead of time, as most hardware does.

    Its monitors miss what was played while they were already ahead, some 0.1 s.
    """
    with _sound_server(ahead=True) as server, _in_use(server):
        yield server


@pytest.fixture
def no_sound(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A machine without PortAudio, PulseAudio and ALSA, whatever this one has."""
    modules = tmp_path_factory.mktemp("modules")
    (modules / "sounddevice.py").write_text("raise OSError('PortAudio library not found')\n")
    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.syspath_prepend(modules)
    monkeypatch.setenv("PYTHONPATH", str(modules), prepend=os.pathsep)
    monkeypatch.setenv("PATH", str(modules))


@pytest.fixture
def portaudio() -> ModuleType:
    """sounddevice, where PortAudio is."""
    try:
        import sounddevice
    except OSError:
        pytest.skip("needs PortAudio (Debian: apt install libportaudio2)")
    _need_alsa_to_pulse()
    return sounddevice


def _need_alsa_to_pulse() -> None:
    if not any(Path("/usr/lib").glob("*/alsa-lib/libasound_module_pcm_pulse.so")):
        pytest.skip("needs ALSA's way to PulseAudio (Debian: apt install libasound2-plugins)")


@pytest.fixture(params=["portaudio", "pulse", "alsa"])
def sound_backend(request: pytest.FixtureRequest) -> str:
    """Each backend that can reach the sound server."""
    if request.param == "portaudio":
        request.getfixturevalue("portaudio")
    if request.param == "alsa":
        if shutil.which("arecord") is None:
            pytest.skip("needs arecord and aplay (Debian: apt install alsa-utils)")
        _need_alsa_to_pulse()
    return request.param


@pytest.fixture(scope="session")
def melody() -> np.ndarray:
    """1 s at 16 kHz, below 2 kHz: no two stretches of it are alike."""
    rng = np.random.default_rng(7)
    time_s = np.arange(SOUND_HZ) / SOUND_HZ
    pitch_hz = np.repeat(rng.uniform(150, 400, size=10), len(time_s) // 10)
    phase = 2 * np.pi * np.cumsum(pitch_hz) / SOUND_HZ
    tones = sum(np.sin(k * phase) / k for k in range(1, 5))
    fade = np.clip(np.minimum(time_s, time_s[::-1]) / 0.05, 0, 1)
    return (0.25 * fade * tones).astype(np.float32)


@pytest.fixture(scope="session")
def likeness() -> Callable[[np.ndarray, np.ndarray], float]:
    """The greatest normalised cross-correlation of a sound with a stretch of a recording."""
    from scipy.signal import correlate, resample_poly

    def likeness(sound: np.ndarray, recorded: np.ndarray) -> float:
        # Eight times finer: two sample grids never meet exactly.
        fine = resample_poly(sound.astype(float), 8, 1)
        recorded = resample_poly(recorded.astype(float), 8, 1)
        assert len(recorded) >= len(fine), "less was recorded than was played"
        at = int(np.abs(correlate(recorded, fine, mode="valid")).argmax())
        return float(np.corrcoef(fine, recorded[at : at + len(fine)])[0, 1])

    return likeness


@pytest.fixture(scope="session")
def said() -> np.ndarray:
    """A sentence by the reference voice, (n_samples,) at 16 kHz, without silence around it."""
    from voicecoach.audio.io import resample
    from voicecoach.synthesis.reference import ReferenceVoice

    spoken = ReferenceVoice().speak("The red roses arrived very fast")
    start_s, end_s = spoken.words[0][1] / 1000, spoken.words[-1][2] / 1000
    waveform = resample(spoken.waveform, spoken.sample_rate, SOUND_HZ)
    return waveform[round(start_s * SOUND_HZ) : round(end_s * SOUND_HZ)]


CLIPS = {
    "river": "We saw the red roof near the river, and my brother was there.",
    "garden": "The children were playing in the garden until it began to rain.",
    "lemon": "Would you like some more tea with lemon and a little honey?",
    "morning": "Every morning I read the news and then I walk to the station.",
}


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, str]:
    """Recordings of one speaker, who is not the reference voice, and what they say."""
    from voicecoach.audio import io
    from voicecoach.synthesis import voices

    voice, folder = voices.load("kathleen", "none"), tmp_path_factory.mktemp("clips")
    for name, text in CLIPS.items():
        speech = voice.speak(text)
        edge = np.zeros(speech.sample_rate // 4)
        waveform = np.concatenate([edge, speech.waveform, edge])
        io.save(folder / f"{name}.wav", waveform, speech.sample_rate)
    return {folder / f"{name}.wav": text for name, text in CLIPS.items()}


@pytest.fixture(scope="session")
def _enrolled(clips: dict[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a voice, made once."""
    from datetime import datetime, timezone

    from voicecoach.conversion.converter import Converter
    from voicecoach.conversion.enrolment import Enrolment
    from voicecoach.conversion.profile import Consent, Profile

    when = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VOICECOACH_DATA", str(tmp_path_factory.mktemp("enrolled")))
        profile = Profile.create("ann", Consent(who="Ann", when=when, agreed="I am.", how="test"))
        enrolment = Enrolment(profile, lambda: pytest.fail("no text is given"))
        for path in clips:
            assert enrolment.add_file(path).clip
        profile.voiceprint(Converter.from_pretrained())
    return profile.folder


@pytest.fixture
def enrolled(_enrolled: Path, data_folder: Path) -> Path:
    """The folder of the enrolled voice "ann", for one test."""
    return Path(shutil.copytree(_enrolled, data_folder / "voices" / "ann"))

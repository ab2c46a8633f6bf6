"""How long a learner waits in ``voicecoach practice``, with a virtual microphone and loudspeaker.

    python tests/benchmarks/practice_speed.py

Needs PulseAudio (Debian: apt install pulseaudio pulseaudio-utils libportaudio2) and pexpect. The
targets stand beside the numbers. The monitor of the loudspeaker is itself up to 0.05 s late.
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import pexpect

sys.path.insert(0, str(Path(__file__).parents[1]))

from fixtures.sound import SOUND_HZ, SoundServer

from voicecoach.audio.io import resample
from voicecoach.synthesis.reference import ReferenceVoice

TEXT = "Could you bring me a glass of water, please, and two of those small cups?"
READY = r"\[.*q quit\]"
_TIMES = 5
_AUDIBLE = 0.003


class Ear:
    """Listens to the loudspeaker, and remembers when it last began to sound."""

    def __init__(self, env: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [
                *("pacat", "--record", "--raw", "--format=float32le", "--channels=1"),
                *(f"--rate={SOUND_HZ}", "--device=loudspeaker.monitor", "--latency-msec=10"),
            ],
            env=env,
            stdout=subprocess.PIPE,
        )
        self._began = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()

    def wait(self, since: float) -> float:
        """Seconds from ``since`` to the next sound; `forget` comes before."""
        self._began.wait()
        return self._at - since

    def forget(self) -> None:
        self._began.clear()

    def close(self) -> None:
        self._process.kill()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        while data := self._process.stdout.read(4 * SOUND_HZ // 200):
            if not self._began.is_set() and np.abs(np.frombuffer(data, "<f4")).max() > _AUDIBLE:
                self._at = time.perf_counter()
                self._began.set()


def start(env: dict[str, str], *arguments: str) -> tuple[pexpect.spawn, float]:
    """A started program, and the seconds until the first sentence could be spoken."""
    began = time.perf_counter()
    process = pexpect.spawn(
        sys.executable,
        ["-m", "voicecoach", "practice", *arguments],
        env=env,
        encoding="utf-8",
        timeout=120,
        dimensions=(50, 100),
    )
    process.expect(READY)
    return process, time.perf_counter() - began


def show(what: str, times_s: list[float], target_s: float) -> None:
    median, worst = np.median(times_s), max(times_s)
    print(f"{what}: {median:.2f} s, at most {worst:.2f} s (target {target_s:.1f} s)")


def main() -> None:
    spoken = ReferenceVoice().speak(TEXT)
    speech = resample(spoken.waveform, spoken.sample_rate, SOUND_HZ)
    server = SoundServer()
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, **server.env, "VOICECOACH_DATA": folder}
        starts = []
        for _ in range(_TIMES + 1):
            process, seconds = start(env, "--no-audio")
            starts.append(seconds)
            process.send("q")
            process.wait()
        show("second start, to the first sentence", starts[1:], 3.0)
        process, _ = start(env, "--text", TEXT, "--countdown", "0")
        ear, listens, scores, reports = Ear(env), [], [], []
        for _ in range(_TIMES):
            time.sleep(0.5)
            ear.forget()
            process.send("l")
            listens.append(ear.wait(time.perf_counter()))
            process.expect(READY)
            process.send("\r")
            process.expect("Speak now")
            server.say(speech).wait()
            process.send("\r")
            began = time.perf_counter()
            process.expect("Total ")
            scores.append(time.perf_counter() - began)
            process.expect(READY)
            reports.append(time.perf_counter() - began)
        show("reference speech begins", listens, 0.3)
        length_s = len(speech) / SOUND_HZ
        show(f"scores of a sentence of {length_s:.1f} s, after Enter", scores, 0.5)
        show("and what to change", reports, 0.7)
        process.send("q")
        process.wait()
        ear.close()
    server.stop()


if __name__ == "__main__":
    main()

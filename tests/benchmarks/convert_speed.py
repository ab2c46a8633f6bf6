"""How long it takes to speak, or to make a take native, in an enrolled voice, against the reference
voice that is converted.

python tests/benchmarks/convert_speed.py
"""

import torch
from timing import measure_ms

from voicecoach.audio import io
from voicecoach.conversion.converter import Converter
from voicecoach.synthesis import voices
from voicecoach.synthesis.reference import ReferenceVoice

TEXT = "We saw the red roof near the river, and the bird that sat in the old tree."


def main() -> None:
    torch.set_num_threads(2)
    converter, reference = Converter.from_pretrained(), ReferenceVoice()
    spoken = voices.load("kathleen").speak(" ".join([TEXT] * 6))
    take = io.resample(spoken.waveform, spoken.sample_rate, converter.sample_rate)
    voiceprint = converter.voiceprint([(take, None)])
    take = take[: len(take) // 6]
    native = converter.reference_speech(TEXT)
    calls = {
        "reference voice": lambda: reference.speak(TEXT),
        "personalise its speech": lambda: converter.personalise(native, voiceprint),
        "nativise a take": lambda: converter.nativise(take, TEXT, voiceprint),
    }
    duration_ms, baseline_ms = 1000 * len(native) / converter.sample_rate, None
    for name, call in calls.items():
        took_ms = measure_ms(call)
        baseline_ms = baseline_ms or took_ms
        print(
            f"{name:25} {took_ms:5.0f} ms for {duration_ms / 1000:.1f} s, "
            f"{took_ms / baseline_ms:.2f} of the reference voice's time"
        )


if __name__ == "__main__":
    main()

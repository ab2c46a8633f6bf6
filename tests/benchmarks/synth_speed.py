"""How long voices take for a second of speech, against the reference voice.

python tests/benchmarks/synth_speed.py
"""

import torch
from timing import measure_ms

from voicecoach.synthesis import voices

TEXT = "We saw the red roof near the river, and the bird that sat in the old tree."


def main() -> None:
    torch.set_num_threads(2)
    found = {"reference": voices.load("reference")}
    for name in voices.available()[1:]:
        choices = ("none", "gv", "parametric", "stft")
        found |= {f"{name}, {choice}": voices.load(name, choice) for choice in choices}
    baseline = None
    for name, voice in found.items():
        duration_s = voice.speak(TEXT).duration_ms / 1000
        factor = measure_ms(lambda voice=voice: voice.speak(TEXT)) / 1000 / duration_s
        baseline = baseline or factor
        print(
            f"{name:22} {1 / factor:5.0f} times faster than real time, "
            f"{factor / baseline:.2f} of the reference voice's time"
        )


if __name__ == "__main__":
    main()

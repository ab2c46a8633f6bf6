"""How fast sounds of a recording are changed: python tests/benchmarks/morph_speed.py

Prints the time for three sounds and for every sound of about 4 s, and how many times faster that is
than to analyse and resynthesise the whole recording (the baseline).
"""

from timing import measure_ms

from voicecoach.audio import io, world
from voicecoach.audio.morph import Edit, morph
from voicecoach.synthesis.reference import ReferenceVoice

TEXT = "The red roses arrived very fast, and the old man thought of home"
RATE = 16000


def main() -> None:
    speech = ReferenceVoice().speak(TEXT)
    waveform = io.resample(speech.waveform, speech.sample_rate, RATE)
    changes = {"duration_ratio": 1.2, "pitch_cents": 100.0}
    phones = [(start, end) for _, start, end in speech.phones if end > start]
    three = phones[len(phones) // 6 :: len(phones) // 3][:3]
    whole = measure_ms(lambda: world.synthesise(world.analyse(waveform, RATE)))
    print(f"{len(waveform) / RATE:.1f} s, whole recording by WORLD: {whole:.0f} ms")
    for name, spans in {"three sounds": three, f"all {len(phones)} sounds": phones}.items():
        for what, values in {"resynthesised": {}, "changed": changes}.items():
            edits = [Edit(start, end, **values) for start, end in spans]
            taken = measure_ms(lambda edits=edits: morph(waveform, RATE, edits))
            print(f"{name} {what}: {taken:.0f} ms, {whole / taken:.1f} times faster")


if __name__ == "__main__":
    main()

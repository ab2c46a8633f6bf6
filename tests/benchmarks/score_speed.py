"""How fast the packaged scorer is: python tests/benchmarks/score_speed.py

Prints start-up, the time for one recording of about 4 s, the share of each step, and how many times
faster than real time that is (the baseline: the recording's own length).
"""

import time

import torch
from timing import measure_ms

from voicecoach.audio import io
from voicecoach.scoring import aligner, extras
from voicecoach.scoring.features import log_mel_of
from voicecoach.scoring.judge import SILENCE
from voicecoach.scoring.variants import choose_variants
from voicecoach.synthesis.reference import ReferenceVoice
from voicecoach.text.phones import PHONE_INDEX
from voicecoach.text.transcribe import transcribe

TEXT = "The red roses arrived very fast, and the old man thought of the garden by the sea"


def main() -> None:
    start = time.perf_counter()
    from voicecoach import Scorer

    scorer = Scorer.from_pretrained()
    print(f"start-up after importing torch: {time.perf_counter() - start:.2f} s")
    speech = ReferenceVoice().speak(TEXT)
    waveform = io.resample(speech.waveform, speech.sample_rate, 16000)
    sentence = transcribe(TEXT)
    duration_ms = 1000 * len(waveform) / 16000
    whole = measure_ms(lambda: scorer.score(waveform, TEXT, 16000))
    ratio = duration_ms / whole
    print(f"{duration_ms / 1000:.1f} s recording: {whole:.0f} ms, {ratio:.0f} times real time, "
          f"{torch.get_num_threads()} threads")  # fmt: skip

    log_mel = log_mel_of(waveform, scorer.audio)
    batch = torch.from_numpy(log_mel)[None]
    lengths = torch.tensor([len(log_mel)])
    words = [[PHONE_INDEX[phone] for phone in word.phones] for word in sentence]
    with torch.inference_mode():
        _, logits = scorer.model.listen(batch, lengths)
        log_posteriors = logits[0].log_softmax(-1).numpy()
        segments, _ = aligner.align(log_posteriors, words, SILENCE)
        steps = {
            "log mel": lambda: log_mel_of(waveform, scorer.audio),
            "trunk and phone posteriors": lambda: scorer.model.listen(batch, lengths),
            "search for extra words": lambda: extras.find_extras(log_posteriors, words, SILENCE),
            "alignment": lambda: aligner.align(log_posteriors, words, SILENCE),
            "choice of variants": lambda: choose_variants(
                log_posteriors, sentence, segments, SILENCE
            ),
        }
        for name, step in steps.items():
            milliseconds = measure_ms(step)
            print(f"  {name}: {milliseconds:.1f} ms, {milliseconds / whole:.0%} of the whole")


if __name__ == "__main__":
    main()

"""How long feedback takes, sound included: python tests/benchmarks/feedback_speed.py

Prints the time for one recording of about 4 s with three flagged sounds, the share of each step,
and how many times longer that is than scoring alone (the baseline).
"""

from timing import measure_ms

from voicecoach import Scorer
from voicecoach.coaching.coach import Coach
from voicecoach.practice.demo import SWAPS, TEXT, swap
from voicecoach.synthesis.reference import ReferenceVoice
from voicecoach.text.transcribe import transcribe


def main() -> None:
    sentence = transcribe(TEXT)
    speech = ReferenceVoice().speak(swap(sentence, SWAPS), rate=0.6)
    scorer = Scorer.from_pretrained()
    coach = Coach.from_pretrained(scorer=scorer)
    waveform = scorer.waveform(speech.waveform, speech.sample_rate)
    rate = scorer.audio.sample_rate
    score = scorer.score(waveform, sentence, rate)
    coaching = coach.feedback(waveform, sentence, rate, score)
    alone = measure_ms(lambda: scorer.score(waveform, sentence, rate))
    feedback = measure_ms(lambda: coach.feedback(waveform, sentence, rate, score))
    sound = measure_ms(lambda: coach.improve(waveform, coaching, rate))
    whole = alone + feedback + sound
    print(f"{len(waveform) / rate:.1f} s of speech, {len(coaching.phones)} sounds to change")
    print(f"scoring {alone:.0f} ms, feedback {feedback:.0f} ms, sound {sound:.0f} ms")
    print(f"in all {whole:.0f} ms, {whole / alone:.1f} times scoring alone")


if __name__ == "__main__":
    main()

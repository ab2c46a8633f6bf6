"""Whether a recording can be judged at all, so that no learner gets a low score for a bad take.

What the waveform alone tells is asked first, and no network runs where that refuses. Whether the
speech is the sentence comes out of the pass that scores it. The thresholds were chosen on two folds
of the learners and measured on the other three: see RESULTS.md of egs/speechocean762/score1.
"""

from dataclasses import dataclass

import numpy as np

from voicecoach.audio.level import estimate_snr_db, loud_level_db, measure
from voicecoach.errors import TooLong
from voicecoach.scoring.results import Fit, SentenceScore
from voicecoach.scoring.scorer import MAX_DURATION_S, Audio, Scorer
from voicecoach.text.sentence import Sentence
from voicecoach.text.transcribe import transcribe

SHORTEST_MS_PER_PHONE = 45.0
"""Of the whole recording; the quickest of 2,700 readers needed 66."""
MOST_SPEECH_MS_PER_PHONE = 500.0
MOST_CLIPPED = 0.02
"""Share of the samples at full scale."""
QUIETEST_DB = -60.0
LOWEST_SNR_DB, POOR_SNR_DB = 5.0, 10.0
CUT_LEVEL_DB = -15.0
CUT_PROBABILITY = 0.8
LEAST_SPEECH_MS_PER_PHONE = 20.0
LEAST_GAP = -1.65
LEAST_HEARD = 0.29


@dataclass(frozen=True)
class Problem:
    """Something wrong with a recording.

    ``kind`` is "silence", "clipping", "quiet", "noise", "short", "long", "cut start", "cut end" or
    "other sentence"; the last is also what speech in another language gets, since a recogniser of
    English cannot tell the two apart. ``message`` is a sentence with what was measured, ``advice``
    one that says what to do. Where ``refuses`` is False, it is a remark and the score stands.
    """

    kind: str
    message: str
    advice: str
    refuses: bool = True


@dataclass(frozen=True)
class Verdict:
    """``score`` is None where one of the ``problems`` refuses."""

    score: SentenceScore | None
    problems: tuple[Problem, ...]


def score_checked(
    scorer: Scorer,
    audio: Audio,
    text: str | Sentence,
    sample_rate: int | None = None,
    variants: bool | None = None,
) -> Verdict:
    """Scores a recording if it can be judged, and says why where it cannot.

    Args:
        scorer: computes its network once at most.
        audio: as for ``Scorer.score``.
        text: as for ``Scorer.score``.
        sample_rate: as for ``Scorer.score``.
        variants: as for ``Scorer.score``.

    Raises:
        InputError: the recording cannot be read, or the text cannot be spoken.
    """
    if variants is None:
        variants = isinstance(text, str)
    sentence = transcribe(text) if isinstance(text, str) else text
    n_phones = sum(len(word.phones) for word in sentence)
    try:
        waveform = scorer.waveform(audio, sample_rate)
    except TooLong:
        return Verdict(None, (_too_long(f"It lasts more than {MAX_DURATION_S:.0f} s"),))
    rate = scorer.audio.sample_rate
    problems = check_waveform(waveform, rate, n_phones)
    if any(problem.refuses for problem in problems):
        return Verdict(None, tuple(problems))
    score = scorer.score(waveform, sentence, rate, variants)
    assert score.fit is not None
    problems += check_fit(score.fit, n_phones)
    refused = any(problem.refuses for problem in problems)
    return Verdict(None if refused else score, tuple(problems))


def check_waveform(waveform: np.ndarray, sample_rate: int, n_phones: int) -> list[Problem]:
    """The problems that need no network.

    Args:
        waveform: (n_samples,) float in [-1, 1].
        sample_rate: Hz.
        n_phones: of the sentence.
    """
    level = measure(waveform)
    duration_s = len(waveform) / sample_rate
    if 1000 * duration_s < SHORTEST_MS_PER_PHONE * n_phones:
        return [
            Problem(
                "short",
                f"It is too short: {duration_s:.1f} s for a sentence of {n_phones} sounds.",
                "Read the whole sentence, and stop the recording only after its end.",
            )
        ]
    if level.is_silent:
        return [
            Problem(
                "silence",
                f"It is silent: the loudest sample is {-level.peak_db:.0f} dB below full scale.",
                "Check that the microphone is the right one, turned up and not muted.",
            )
        ]
    problems = []
    clipped = level.n_clipped / len(waveform)
    if level.is_clipped:
        problems.append(
            Problem(
                "clipping",
                f"It is clipped: {clipped:.2%} of its samples are at full scale.",
                "Turn the microphone down, or move away from it.",
                refuses=clipped > MOST_CLIPPED,
            )
        )
    loud_db = loud_level_db(waveform, sample_rate)
    if loud_db < QUIETEST_DB:
        problems.append(
            Problem(
                "quiet",
                f"It is too quiet: its speech is {-loud_db:.0f} dB below full scale.",
                "Turn the microphone up, or move closer to it.",
            )
        )
    snr_db = estimate_snr_db(waveform, sample_rate)
    if snr_db < POOR_SNR_DB:
        problems.append(
            Problem(
                "noise",
                f"It is noisy: the speech is only {snr_db:.0f} dB louder than the background.",
                "Find a quieter place, or move closer to the microphone.",
                refuses=snr_db < LOWEST_SNR_DB,
            )
        )
    return problems


def check_fit(fit: Fit, n_phones: int) -> list[Problem]:
    """The problems that only the network sees; ``n_phones`` is of the sentence."""
    speech_s = fit.speech_ms / 1000
    if fit.speech_ms < LEAST_SPEECH_MS_PER_PHONE * n_phones:
        return [
            Problem(
                "silence",
                f"Too little speech was heard: {speech_s:.1f} s for {n_phones} sounds.",
                "Read the whole sentence aloud, close to the microphone.",
            )
        ]
    if fit.gap < LEAST_GAP and fit.heard < LEAST_HEARD:
        return [
            Problem(
                "other sentence",
                f"It does not sound like this sentence: about {max(0.0, fit.heard):.0%} of the "
                "sounds agree.",
                "Read exactly the sentence that is shown, in English.",
            )
        ]
    problems = []
    if fit.speech_ms > MOST_SPEECH_MS_PER_PHONE * n_phones:
        problems.append(_too_long(f"It holds {speech_s:.1f} s of speech for {n_phones} sounds"))
    return problems


def _too_long(measured: str) -> Problem:
    return Problem(
        "long",
        f"{measured}.",
        "Read the sentence once, and stop the recording after it.",
    )

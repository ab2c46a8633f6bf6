"""What the scorer returns: typed, in the experts' own scales."""

from dataclasses import dataclass

DELETED = "-"
"""``PhoneScore.realised`` of a phone that was left out."""

EXTRA = ("insertion", "repetition")
"""``WordScore.error`` of words that were said but are not in the sentence."""


@dataclass(frozen=True)
class PhoneScore:
    """One phone of the intended sentence.

    ``phone`` is ARPAbet without stress. ``score`` runs from 0 (wrong or missing) over 1 (accented)
    to 2 (correct). ``flagged`` is the decision "worth correcting" at the packaged threshold.
    ``realised`` is the phone heard instead of, or as, the canonical one: an ARPAbet phone,
    ``DELETED``, or None where the model is not sure; ``confidence`` in it runs from 0 to 1.
    ``other_probability`` (0-1) is that of anything but the canonical phone. ``goodness`` is the raw
    goodness of pronunciation (Witt and Young, 2000): the mean log posterior of the canonical phone
    minus that of its best rival, 0 or more where nothing fits better. ``start_ms`` and ``end_ms``
    are where the phone that was asked for fits best, which squeezes a wrong sound; ``heard_ms``
    (start, end) is where the sound lies that was said in its place, None where nobody looked.
    """

    phone: str
    score: float
    start_ms: float
    end_ms: float
    flagged: bool
    realised: str | None
    confidence: float
    other_probability: float = 0.0
    goodness: float = 0.0
    heard_ms: tuple[float, float] | None = None

    @property
    def sound_ms(self) -> tuple[float, float]:
        """Start and end of what was said for this phone, right or wrong."""
        return self.heard_ms or (self.start_ms, self.end_ms)


@dataclass(frozen=True)
class WordScore:
    """One word. ``accuracy``, ``stress`` and ``total`` run from 0 to 10.

    ``error`` is "none", "mispronunciation", "omission", "insertion" or "repetition".
    An insertion or repetition is a word that the sentence does not hold; it has no phones.
    """

    text: str
    accuracy: float
    total: float
    start_ms: float
    end_ms: float
    phones: tuple[PhoneScore, ...]
    error: str = "none"
    stress: float = 10.0


@dataclass(frozen=True)
class Fit:
    """How well the speech fits the sentence, said well or badly.

    ``gap`` is the mean log posterior along the path through the sentence minus that of the best
    class of each frame, over all frames of speech: 0 where every sound is the one expected, about
    -3 where another sentence was said. ``heard`` (0-1) is the share of the sentence's phones that
    somebody who does not know it would hear, in order. ``speech_ms`` is the time with speech in it.
    ``starts_in_speech`` and ``ends_in_speech`` (0-1) are probabilities that the first and the last
    30 ms are speech.
    """

    gap: float
    heard: float
    speech_ms: float
    starts_in_speech: float
    ends_in_speech: float


@dataclass(frozen=True)
class SentenceScore:
    """One recording of one sentence. All scores run from 0 to 10.

    ``words`` have the phones that were asked for; of a text, where a word has several accepted
    pronunciations, those of the one that was said. ``snr_db`` is the estimated signal-to-noise
    ratio of the recording. ``fit`` tells whether it is this sentence at all.
    """

    text: str
    accuracy: float
    fluency: float
    prosody: float
    completeness: float
    total: float
    duration_ms: float
    words: tuple[WordScore, ...]
    snr_db: float = 60.0
    fit: Fit | None = None

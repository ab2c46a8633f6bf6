"""What the coach returns: arrows for the worst sounds, and what pictures need to show them."""

from dataclasses import dataclass, field

import numpy as np

from voicecoach.scoring.results import PhoneScore, SentenceScore, WordScore
from voicecoach.text.sentence import Sentence

FORMANTS = ("f1", "f2", "f3")
UNITS = {
    "f1": "Hz",
    "f2": "Hz",
    "f3": "Hz",
    "duration": "ms",
    "closure": "ms",
    "voicing": "%",
    "level": "dB",
    "centre": "Hz",
}
"""The quantities that an arrow may have. ``duration`` is that of the whole sound, ``closure`` that
of the silence before a stop's burst, ``voicing`` the share of the sound in which the voice sounds,
``level`` the loudness against that of the sentence's vowels, ``centre`` the centre of gravity of
the noise of a consonant."""


@dataclass(frozen=True)
class Arrow:
    """One quantity of a sound, from what was said to what it should be.

    ``quantity`` is one of ``UNITS``; ``before`` and ``after`` are in its unit. ``at`` says where in
    the sound: "middle", or "start" or "end" of a diphthong. ``strength`` is the length of the
    arrow in standard deviations of well-spoken tokens: arrows of a sound come longest first.
    """

    quantity: str
    before: float
    after: float
    at: str = "middle"
    strength: float = 1.0

    @property
    def unit(self) -> str:
        """Hz, ms, % or dB."""
        return UNITS[self.quantity]


@dataclass(frozen=True, eq=False)
class Change:
    """How the sound of a phone is to be changed so that it can be heard, for ``audio.morph``.

    Frames are spread evenly over the phone. ``envelope_db`` (n_frames, n_bands) is added to the
    spectral envelope at ``band_hz`` (n_bands,); ``duration_ratio`` and ``pitch_cents`` say the
    rest; ``voicing`` is the share of the voice afterwards, None where it stays as it is.
    """

    envelope_db: np.ndarray
    band_hz: np.ndarray
    duration_ratio: float = 1.0
    pitch_cents: float = 0.0
    voicing: float | None = None


@dataclass(frozen=True, eq=False)
class PhoneFeedback:
    """What to do about one sound.

    ``word`` counts in ``SentenceScore.words``, ``phone`` in its phones. ``change`` is None for a
    sound that was left out or is too short to be measured, which has no arrows either. ``stress``
    is 0, 1 or 2. ``f1_f2_said`` is (at, F1, F2 in Hz) of a vowel as it was said, ``at`` as in
    ``Arrow``: where its token stands in the vowel chart. Empty for consonants and where it was not
    measured.
    """

    word: int
    phone: int
    said: PhoneScore
    word_text: str
    stress: int
    arrows: tuple[Arrow, ...]
    change: Change | None
    f1_f2_said: tuple[tuple[str, float, float], ...] = ()

    @property
    def left_out(self) -> bool:
        """Whether there is no sound that could be changed."""
        return self.change is None


@dataclass(frozen=True)
class Speaker:
    """What one recording says about the voice.

    ``formant_scale`` is the speaker's formants divided by those of the mean native speaker (below
    1 for long vocal tracts), with its standard error; ``rate`` the mean phone duration divided by
    the native one. ``sure`` is False where the recording has too few vowels to tell the scale.
    """

    formant_scale: float
    formant_scale_error: float
    rate: float
    sure: bool


@dataclass(frozen=True)
class DurationRange:
    """How long a phone lasted, and the range (10 % to 90 %) of native speakers at this rate."""

    word: int
    phone: int
    said_ms: float
    low_ms: float
    high_ms: float


@dataclass(frozen=True)
class VowelRegion:
    """Where native speakers say a vowel, in this learner's Hz: an ellipse in log F2 and log F1.

    ``f1_hz`` and ``f2_hz`` are the centre; ``covariance`` ((var f1, cov), (cov, var f2)) that of
    the natural logarithms.
    """

    phone: str
    f1_hz: float
    f2_hz: float
    covariance: tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True, eq=False)
class Contour:
    """Pitch of a recording: ``semitones`` (n_frames,) against its own median, NaN where there is
    no voice, at ``times_ms`` (n_frames,)."""

    times_ms: np.ndarray
    semitones: np.ndarray


@dataclass(frozen=True, eq=False)
class Reference:
    """The same sentence as the reference voice says it: its pitch, and its ``phones`` (ARPAbet)
    with start and end in ms, as in ``Speech.phones``."""

    contour: Contour
    phones: tuple[tuple[str, float, float], ...]


@dataclass(frozen=True, eq=False)
class Coaching:
    """Feedback on one recording.

    ``phones`` are the one to three worst sounds about which the coach is sure, worst first;
    ``n_flagged`` says how many were flagged in all, left out and unsure ones counted in.
    """

    score: SentenceScore
    phones: tuple[PhoneFeedback, ...]
    n_flagged: int
    speaker: Speaker
    durations: tuple[DurationRange, ...] = ()
    vowels: tuple[VowelRegion, ...] = ()
    contour: Contour | None = None
    f1_f2_said: tuple[tuple[str, float, float], ...] = field(default=())
    """(phone, F1, F2 in Hz) of every other vowel of the recording."""
    sentence: Sentence = ()

    def word_of(self, feedback: PhoneFeedback) -> WordScore:
        """The word that holds the sound."""
        return self.score.words[feedback.word]

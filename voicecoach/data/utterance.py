"""One recording with its text and, where there are any, the experts' scores."""

from dataclasses import dataclass
from pathlib import Path

from voicecoach.text.sentence import Sentence


@dataclass(frozen=True)
class WordLabels:
    """Experts' scores of one word: ``phones`` 0-2 (one per phone), the others 0-10."""

    accuracy: float
    stress: float
    total: float
    phones: tuple[float, ...]


@dataclass(frozen=True)
class Labels:
    """Experts' scores of one utterance, 0-10, with those of its words."""

    accuracy: float
    completeness: float
    fluency: float
    prosody: float
    total: float
    words: tuple[WordLabels, ...]


@dataclass(frozen=True)
class Utterance:
    """One recording. ``labels`` is None where nobody scored it."""

    utt: str
    speaker: str
    wav: Path
    text: str
    sentence: Sentence
    labels: Labels | None = None
    age: int | None = None
    gender: str | None = None

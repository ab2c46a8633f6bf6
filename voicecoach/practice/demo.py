"""The demonstration: a correct take and one with swapped phones, by the reference voice."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from voicecoach.scoring.results import SentenceScore
from voicecoach.text.sentence import Sentence

TEXT = "We saw the red roof near the river"
SWAPS: Mapping[tuple[int, int], str] = {
    (3, 0): "W",  # red -> wed
    (5, 2): "L",  # near -> kneel
    (7, 0): "W",  # river -> "wiver"
}
"""Word and position of each phone that is swapped, and what is said instead: confusions that are
common among learners whose first language does not tell these phones apart."""


@dataclass(frozen=True)
class Comparison:
    """How a report agrees with what was really said; counts of phones.

    ``found`` of ``swapped`` phones were flagged, ``named`` of them with the phone that was
    said instead, and ``false_flags`` of the other ``correct`` phones were flagged too.
    """

    swapped: int
    found: int
    named: int
    correct: int
    false_flags: int


def swap(sentence: Sentence, swaps: Mapping[tuple[int, int], str]) -> Sentence:
    """The sentence with some phones replaced, to be spoken and not to be scored against.

    Args:
        sentence: the transcribed sentence.
        swaps: (word, position in its phones) to the ARPAbet phone said instead.

    Raises:
        IndexError: there is no such word or position.
    """
    words = list(sentence)
    for (word, position), phone in swaps.items():
        phones = list(words[word].phones)
        phones[position] = phone
        words[word] = replace(words[word], phones=tuple(phones), variants=())
    return tuple(words)


def compare(score: SentenceScore, swaps: Mapping[tuple[int, int], str]) -> Comparison:
    """Counts which flags are right; words that the scorer added have no phones and count for none.

    Args:
        score: the report of a take.
        swaps: what was swapped in that take; empty for a correct one.
    """
    words = [word for word in score.words if word.phones]
    found = named = correct = false_flags = 0
    for index, word in enumerate(words):
        for position, phone in enumerate(word.phones):
            said = swaps.get((index, position))
            if said is None:
                correct += 1
                false_flags += phone.flagged
            else:
                found += phone.flagged
                named += phone.flagged and phone.realised == said
    return Comparison(len(swaps), found, named, correct, false_flags)

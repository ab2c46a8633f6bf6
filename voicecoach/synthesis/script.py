"""What a voice is asked to say: words with phones, stress and the punctuation between them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from voicecoach.errors import InputError
from voicecoach.text.g2p import pronounce
from voicecoach.text.normalise import normalise
from voicecoach.text.phones import VOWELS
from voicecoach.text.sentence import Sentence, Word

ENDS = frozenset(".?!")


@dataclass(frozen=True)
class Spoken:
    """A word with the punctuation that follows it, one of ``,.?!;:`` or ""."""

    word: Word
    punctuation: str = ""


def read(sentence: str | Sentence) -> list[Spoken]:
    """The words of a text, or exactly the phones of a `Sentence`.

    The last word always ends a sentence, which voices need for their falling melody. Words without
    phones are left out.

    Raises:
        InputError: there is no English word in it, or a word is written in another script.
    """
    if isinstance(sentence, str):
        tokens = normalise(sentence)
        spoken = []
        for token, pairs in zip(tokens, pronounce(tokens), strict=True):
            phones, stress = zip(*pairs, strict=True)
            spoken.append(Spoken(Word(token.text, phones, stress), token.punctuation))
    else:
        spoken = [Spoken(word) for word in sentence if word.phones]
    if not spoken:
        raise InputError("There is nothing to speak: the sentence holds no phones.")
    if spoken[-1].punctuation in ENDS:
        return spoken
    return [*spoken[:-1], Spoken(spoken[-1].word, ".")]


def chunks(
    spoken: Sequence[Spoken], longest: int, size: Callable[[Spoken], int]
) -> Iterator[list[Spoken]]:
    """Sentences, cut at a comma or, failing that, anywhere once they get longer than a breath.

    Args:
        spoken: words.
        longest: how large a chunk may be; its last word may go beyond.
        size: of a word with its punctuation.
    """
    chunk: list[Spoken] = []
    length = 0
    for item in spoken:
        chunk.append(item)
        length += size(item)
        at_comma = bool(item.punctuation) and length > longest * 2 // 3
        if item.punctuation in ENDS or at_comma or length > longest:
            yield chunk
            chunk, length = [], 0
    if chunk:
        yield chunk


def stress_of(word: Word) -> tuple[int, ...]:
    """A mark per phone; where ``word.stress`` is empty, the first vowel is stressed.

    Raises:
        ValueError: ``stress`` has another length than ``phones``.
    """
    if len(word.stress) == len(word.phones):
        return word.stress
    if word.stress:
        raise ValueError(
            f"The word {word.text!r} has {len(word.phones)} phones but {len(word.stress)} stress "
            "marks."
        )
    first = next((at for at, phone in enumerate(word.phones) if phone in VOWELS), -1)
    return tuple(int(at == first) for at in range(len(word.phones)))

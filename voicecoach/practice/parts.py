"""Words and sounds of a sentence: as a person names them, and where a score has them."""

from voicecoach.errors import InputError
from voicecoach.scoring.results import EXTRA, SentenceScore, WordScore
from voicecoach.text.sentence import Sentence


def read_part(text: str, sentence: Sentence) -> tuple[int, int | None]:
    """The word, and the sound of it if there is one, that a learner asks for.

    Args:
        text: "3" or the word itself for the third word, "3.2" for the second sound of it.
        sentence: that has them.

    Returns:
        Index of the word and of the sound in it, from 0; None for the whole word.

    Raises:
        InputError: there is no such word or sound.
    """
    name, _, number = text.strip().partition(".")
    index = _word_index(name.strip(), sentence)
    if not number:
        return index, None
    word = sentence[index]
    if not (number.strip().isdecimal() and 1 <= int(number) <= len(word.phones)):
        raise InputError(
            f'There is no sound {number.strip()} in "{word.text}": it has {len(word.phones)}.'
        )
    return index, int(number) - 1


def intended_word(score: SentenceScore, index: int) -> int | None:
    """Which word of the sentence a word of the score is; None if it is not in the sentence.

    Args:
        score: of the sentence.
        index: in ``score.words``.
    """
    if score.words[index].error in EXTRA:
        return None
    return sum(word.error not in EXTRA for word in score.words[:index])


def said_word(score: SentenceScore, index: int) -> WordScore:
    """The score of the word at ``index`` of the sentence."""
    return [word for word in score.words if word.error not in EXTRA][index]


def _word_index(name: str, sentence: Sentence) -> int:
    if name.isdecimal():
        if 1 <= int(name) <= len(sentence):
            return int(name) - 1
        raise InputError(f"There is no word {name}: the sentence has {len(sentence)}.")
    for index, word in enumerate(sentence):
        if word.text.lower() == name.lower():
            return index
    raise InputError(f'There is no word "{name}" in the sentence.')

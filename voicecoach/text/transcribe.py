"""Text to a `Sentence`: words with the phones they are meant to sound like."""

from voicecoach.text.g2p import pronounce
from voicecoach.text.normalise import normalise
from voicecoach.text.sentence import Sentence, Word
from voicecoach.text.variants import variants


def transcribe(text: str) -> Sentence:
    """The intended pronunciation of an English text.

    Args:
        text: any English text; numbers, abbreviations, times and money are written out.

    Returns:
        One `Word` per spoken word, in order. ``text`` of a word is what was written, capitals kept,
        punctuation dropped; of a number it is the spoken word ("25" gives "twenty", "five").

    Raises:
        InputError: there is no English word in the text, or one is written in another script.
    """
    tokens = normalise(text)
    words = []
    for token, pronunciation in zip(tokens, pronounce(tokens), strict=True):
        phones = tuple(phone for phone, _ in pronunciation)
        stress = tuple(mark for _, mark in pronunciation)
        accepted = () if token.spelled else variants(token.text, phones, stress)
        words.append(Word(token.text, phones, stress, accepted))
    return tuple(words)

"""Words to phones in their sentence: dictionary, homographs by part of speech, and a model for
words that no dictionary holds."""

from collections.abc import Sequence

from voicecoach.text.lexicon import Pronunciation, front_end, known, lookup, read
from voicecoach.text.normalise import Token, fold
from voicecoach.text.phones import VOWELS, phone_class

# Citation forms of function words, where hibari writes the weak form: the sentence's intended
# pronunciation is the full one, and `variants` accept the weak one. Chosen to agree with the
# lexicon of speechocean762 where that is an American pronunciation.
_FULL_FORMS = {
    "to": "T UW",
    "than": "DH AE N",
    "an": "AE N",
    "am": "AE M",
    "and": "AE N D",
    "on": "AA N",
    "your": "Y AO R",
    "'em": "AH M",
    "'n": "AH N",
}
_MIZ: Pronunciation = (("M", 0), ("IH", 1), ("Z", 0))
# Prefixes whose unstressed vowel CMUdict, and with it the corpus, writes IH and misaki AH.
_IH_PREFIXES = ("be", "de", "re", "pre", "e")
_VOWEL_LETTERS = frozenset("aeiouy")


def pronounce(tokens: Sequence[Token]) -> list[Pronunciation]:
    """The intended pronunciation of each word of a sentence or text.

    Args:
        tokens: from `voicecoach.text.normalise.normalise`, in order; the words around one decide
            between the readings of a homograph ("live", "record") and of "the".

    Returns:
        One pronunciation per token, never empty.
    """
    capitals = len(tokens) > 1 and not any(any(c.islower() for c in t.text) for t in tokens)
    words = [_for_reading(token, capitals) for token in tokens]
    line = " ".join(word + token.punctuation for word, token in zip(words, tokens, strict=True))
    readings = _read_line(line)
    if len(readings) != len(tokens):
        # hibari split a word where we did not: read each word by itself, without its context.
        readings = ["".join(_read_line(word)) for word in words]
    return [
        _finish(token, word, reading)
        for token, word, reading in zip(tokens, words, readings, strict=True)
    ]


def spell(word: str) -> Pronunciation:
    """The names of a word's letters, one after the other ("BBC"); the last one is stressed."""
    letters = [lookup(char.upper()) for char in fold(word) if char.isalpha()]
    phones = [pair for readings in letters for pair in readings[0]]
    last = max((i for i, (phone, _) in enumerate(phones) if phone in VOWELS), default=-1)
    return tuple(
        (phone, 0 if phone not in VOWELS else 1 if i == last else 2)
        for i, (phone, _) in enumerate(phones)
    )


def _for_reading(token: Token, capitals: bool) -> str:
    """How the word is shown to hibari: ASCII; a text in capitals only as if in small letters."""
    word = fold(token.text)
    if token.spelled:
        return word.upper()
    lower = word.lower()
    if lower == "i" or lower.startswith("i'"):
        return "I" + word[1:].lower()
    if word.isupper() and len(word) > 1 and (capitals or known(lower)) and not known(word):
        return lower
    return lower if capitals and len(word) > 1 and known(lower) else word


def _read_line(line: str) -> list[str]:
    """A line to one string of misaki letters per word between spaces."""
    front = front_end()
    readings = [""]
    for token in front.phonemize_tokens(front.tokenize(line)):
        readings[-1] += token.phonemes or ""
        if token.whitespace:
            readings.append("")
    return readings


def _finish(token: Token, word: str, reading: str) -> Pronunciation:
    lower = word.lower()
    if token.spelled:
        return spell(token.text)
    if lower in _FULL_FORMS:
        return tuple((phone, 0) for phone in _FULL_FORMS[lower].split())
    if lower == "miz":
        return _MIZ
    letters = "".join(char for char in reading if char not in ';:,.!?—…"()“”')
    try:
        found = read(letters)
    except ValueError:  # a symbol of another language that the model for unknown words let through
        found = []
    if not found or not (_VOWEL_LETTERS & set(lower) or known(word)):
        return spell(token.text)
    return tuple(_make_syllabic(_reduce_like_cmudict(lower, found)))


def _reduce_like_cmudict(word: str, phones: list[tuple[str, int]]) -> list[tuple[str, int]]:
    for prefix in _IH_PREFIXES:
        at = len(prefix) - 1
        if word.startswith(prefix) and len(phones) > at + 2 and phones[at] == ("AH", 0):
            return [*phones[:at], ("IH", 0), *phones[at + 1 :]]
    return phones


def _make_syllabic(phones: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """AH melts into L after an obstruent ("little") and into N after a fricative ("listen").

    The corpus that the scorer learns from never writes that AH: 49 of 49 words with L and 61 of 63
    words with N do without.
    """
    kept: list[tuple[str, int]] = []
    for at, (phone, stress) in enumerate(phones):
        if (phone, stress) == ("AH", 0) and any(other in VOWELS for other, _ in kept):
            before = phone_class(phones[at - 1][0])
            after, beyond = ([p for p, _ in phones[at + 1 : at + 3]] + ["", ""])[:2]
            melts = (after == "L" and before in ("stop", "fricative", "affricate")) or (
                after == "N" and before == "fricative"
            )
            if melts and beyond not in VOWELS:
                continue
        kept.append((phone, stress))
    return kept

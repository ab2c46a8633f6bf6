"""Pronunciations as people write them: IPA with stress marks, and lists in IPA or ARPAbet."""

import re
import unicodedata
from collections.abc import Sequence

from voicecoach.text.phones import PHONES, VOWELS, from_ipa, read_ipa, to_ipa
from voicecoach.text.sentence import Sentence, Word

Spoken = tuple[tuple[str, ...], tuple[int, ...]]
"""Phones without stress digits, and their stress: parallel to them 1, 2 or 0, or empty: unknown."""

_MARKS = {0: "", 1: "ˈ", 2: "ˌ"}
# Two or more consonants that can open an English syllable.
_ONSETS = frozenset(
    (*opening.split("+"), last)
    for last, openings in {
        "L": "P B K G F S S+P",
        "R": "P B T D K G F TH SH S+P S+T S+K",
        "W": "T D K G S HH S+K",
        "Y": "P B K F V M HH S+P S+K",
        "P": "S",
        "T": "S",
        "K": "S",
        "M": "S",
        "N": "S",
    }.items()
    for opening in openings.split()
)
# A stressed one of these keeps the consonant behind it: "bathroom" is bæθ-rum.
_SHORT_VOWELS = frozenset(["AE", "AH", "EH", "IH", "UH"])
# Around or between words, and saying nothing about them; brackets may hold an optional sound.
_DROPPED = str.maketrans("", "", '/[]()⟨⟩",;!?')
_ARPABET = re.compile(r"([A-Z]+)([012]?)")


def write_ipa(phones: Sequence[str], stress: Sequence[int] = ()) -> str:
    """A word as dictionaries write it: ``"kəˈlɛkt"``.

    Args:
        phones: ARPAbet without stress digits.
        stress: parallel to ``phones``: 1, 2 or 0; without it there are no marks, and every AH is ʌ
            and every ER ɝ.

    Returns:
        IPA from which ``from_ipa`` reads the same phones: where two of them would look like another
        one ("drawing"), there is a dot between them. Words of one syllable have no mark.

    Raises:
        ValueError: a phone is none of ``PHONES``, or ``stress`` has another length.
    """
    if stress and len(stress) != len(phones):
        raise ValueError(f"{len(phones)} phones have {len(stress)} stress marks.")
    stress = stress or (1,) * len(phones)
    vowels = [at for at, phone in enumerate(phones) if phone in VOWELS]
    several = len(vowels) > 1 and len({stress[at] for at in vowels}) > 1
    marks = {_onset(phones, stress, at): _MARKS[stress[at]] for at in vowels} if several else {}
    written = ""
    for at, phone in enumerate(phones):
        sign, before = to_ipa(phone, stress[at]), ""
        if at > 0:
            before = to_ipa(phones[at - 1], stress[at - 1])
        mark = marks.get(at, "")
        if before and not mark and from_ipa(before + sign) != [phones[at - 1], phone]:
            mark = "."
        written += mark + sign
    return written


def write_sentence_ipa(sentence: Sentence) -> str:
    """A sentence with its rhythm: one-syllable words that are stressed in it have a mark too.

    ``"kʊd ju ˈpæs mi ðə ˈsɔlt"``; the phones as `write_ipa` has them.
    """
    return " ".join(map(_write_in_sentence, sentence))


def _write_in_sentence(word: Word) -> str:
    written = write_ipa(word.phones, word.stress)
    vowels = [
        mark for phone, mark in zip(word.phones, word.stress, strict=False) if phone in VOWELS
    ]
    return f"{_MARKS[1]}{written}" if vowels == [1] else written


def read_pronunciations(text: str) -> list[Spoken]:
    """The words of a pronunciation in IPA or ARPAbet, in order.

    In IPA, words stand between spaces (``wi kɔl ɪt``). In ARPAbet, in capitals, phones stand
    between spaces and words between bars (``W IY | K AO1 L | IH T``). Bars do in IPA too. Stress
    marks and digits, length marks, ties, syllable dots, slashes and brackets may be there or not.

    Raises:
        ValueError: something stands for no English phone, or a word has no phones; the message is
            a sentence without its full stop.
    """
    plain = unicodedata.normalize("NFD", text).translate(_DROPPED).replace("‿", " ")
    arpabet = re.search("[A-Z]", plain) is not None
    words = plain.strip(" |").split("|") if arpabet or "|" in plain else plain.split()
    spoken = [_read_arpabet(word) if arpabet else _read_ipa(word) for word in words]
    if not all(phones for phones, _ in spoken):
        raise ValueError(f"a word in {text.strip()!r} has no sounds")
    return spoken


def _onset(phones: Sequence[str], stress: Sequence[int], vowel: int) -> int:
    """Where the syllable of a vowel begins: with the longest possible onset."""
    at = vowel
    while at > 0 and phones[at - 1] not in VOWELS:
        onset = tuple(phones[at - 1 : vowel])
        if not any(phone in VOWELS for phone in phones[: at - 1]):
            return 0
        closes = phones[at - 2] in _SHORT_VOWELS and stress[at - 2] > 0
        if closes or onset == ("NG",) or (len(onset) > 1 and onset not in _ONSETS):
            break
        at -= 1
    return at


def _read_ipa(word: str) -> Spoken:
    try:
        return read_ipa(word.strip())
    except ValueError as error:
        raise ValueError(str(error).rstrip(".")) from None


def _read_arpabet(word: str) -> Spoken:
    phones, digits = [], []
    for written in word.split():
        match = _ARPABET.fullmatch(written)
        if match is None or match[1] not in PHONES:
            raise ValueError(f"{written!r} in {word.strip()!r} is no ARPAbet phone")
        phones.append(match[1])
        digits.append(match[2])
    return tuple(phones), tuple(int(digit or 0) for digit in digits) if any(digits) else ()

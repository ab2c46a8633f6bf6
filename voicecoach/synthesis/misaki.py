"""Phones to the symbols that hibari's model reads (the misaki alphabet)."""

from voicecoach.synthesis.script import stress_of
from voicecoach.text.phones import VOWELS, is_syllabic
from voicecoach.text.sentence import Word

_SYMBOLS = {
    **{"AA": "ɑ", "AE": "æ", "AH": "ʌ", "AO": "ɔ", "AW": "W", "AY": "I", "B": "b", "CH": "ʧ"},
    **{"D": "d", "DH": "ð", "EH": "ɛ", "ER": "ɜɹ", "EY": "A", "F": "f", "G": "ɡ", "HH": "h"},
    **{"IH": "ɪ", "IY": "i", "JH": "ʤ", "K": "k", "L": "l", "M": "m", "N": "n", "NG": "ŋ"},
    **{"OW": "O", "OY": "Y", "P": "p", "R": "ɹ", "S": "s", "SH": "ʃ", "T": "t", "TH": "θ"},
    **{"UH": "ʊ", "UW": "u", "V": "v", "W": "w", "Y": "j", "Z": "z", "ZH": "ʒ"},
}
_REDUCED = {"AH": "ə", "ER": "əɹ"}
_MARKS = {0: "", 1: "ˈ", 2: "ˌ"}


def to_misaki(word: Word) -> list[str]:
    """The symbols of a word, one string per phone, so that a phone's symbols can be timed together.

    A T that Americans flap ("water") becomes the flap, a syllabic consonant ("little") gets the
    short vowel that the model knows it with. Where ``word.stress`` is empty, the first vowel is
    stressed.

    Raises:
        ValueError: a phone is no ARPAbet phone, or ``stress`` has another length than ``phones``.
    """
    phones, stress = word.phones, stress_of(word)
    unknown = [phone for phone in phones if phone not in _SYMBOLS]
    if unknown:
        raise ValueError(f"{unknown[0]!r} in the word {word.text!r} is not an ARPAbet phone.")
    symbols = []
    for at, phone in enumerate(phones):
        if phone in VOWELS:
            plain = _REDUCED.get(phone, _SYMBOLS[phone]) if not stress[at] else _SYMBOLS[phone]
            symbols.append(_MARKS[stress[at]] + plain)
        elif phone == "T" and _is_flap(phones, stress, at):
            symbols.append("T")
        else:
            symbols.append(("ᵊ" if is_syllabic(phones, at) else "") + _SYMBOLS[phone])
    return symbols


def _is_flap(phones: tuple[str, ...], stress: tuple[int, ...], at: int) -> bool:
    if not 0 < at < len(phones) - 1 or (phones[at - 1] not in VOWELS and phones[at - 1] != "R"):
        return False
    after_vowel = phones[at + 1] in VOWELS and not stress[at + 1]
    return after_vowel or (phones[at + 1] == "L" and is_syllabic(phones, at + 1))

"""The 39 ARPAbet phones of American English, their classes and their IPA.

Inside voicecoach a phone is ARPAbet without a stress digit; stress travels beside it. IPA is for
the learner's eyes and for reading dictionaries that are written in it.
"""

import re
from collections.abc import Sequence

_IPA = {
    "AA": "ɑ",
    "AE": "æ",
    "AH": "ʌ",
    "AO": "ɔ",
    "AW": "aʊ",
    "AY": "aɪ",
    "B": "b",
    "CH": "tʃ",
    "D": "d",
    "DH": "ð",
    "EH": "ɛ",
    "ER": "ɝ",
    "EY": "eɪ",
    "F": "f",
    "G": "ɡ",
    "HH": "h",
    "IH": "ɪ",
    "IY": "i",
    "JH": "dʒ",
    "K": "k",
    "L": "l",
    "M": "m",
    "N": "n",
    "NG": "ŋ",
    "OW": "oʊ",
    "OY": "ɔɪ",
    "P": "p",
    "R": "ɹ",
    "S": "s",
    "SH": "ʃ",
    "T": "t",
    "TH": "θ",
    "UH": "ʊ",
    "UW": "u",
    "V": "v",
    "W": "w",
    "Y": "j",
    "Z": "z",
    "ZH": "ʒ",
}

_CLASSES = {
    "vowel": "AA AE AH AO EH ER IH IY UH UW",
    "diphthong": "AW AY EY OW OY",
    "stop": "B D G K P T",
    "fricative": "DH F HH S SH TH V Z ZH",
    "affricate": "CH JH",
    "nasal": "M N NG",
    "liquid": "L R",
    "glide": "W Y",
}

PHONES: tuple[str, ...] = tuple(sorted(_IPA))
PHONE_INDEX = {phone: index for index, phone in enumerate(PHONES)}
"""All 39 phones, in alphabetical order; a phone's index is its class number in a model."""

CLASS_OF = {phone: name for name, phones in _CLASSES.items() for phone in phones.split()}
"""Manner of each phone: vowel, diphthong, stop, fricative, affricate, nasal, liquid or glide."""

VOWELS: frozenset[str] = frozenset(p for p in PHONES if CLASS_OF[p] in ("vowel", "diphthong"))
"""The 15 phones that carry a syllable (ER included)."""

SONORANTS: frozenset[str] = VOWELS | {
    p for p in PHONES if CLASS_OF[p] in ("nasal", "liquid", "glide")
}
"""The phones whose formants can be measured."""

# Unstressed AH and ER have symbols of their own in IPA.
_REDUCED = {"AH": "ə", "ER": "ɚ"}

_LETTERS = {
    **{ipa: (phone,) for phone, ipa in _IPA.items() if len(ipa) == 1},
    **{"ə": ("AH",), "ɐ": ("AH",), "ᵊ": ("AH",), "ɜ": ("ER",), "ᵻ": ("IH",), "ɒ": ("AA",)},
    **{"a": ("AA",), "e": ("EH",), "o": ("OW",), "ʧ": ("CH",), "ʤ": ("JH",), "g": ("G",)},
    **{"ɜɹ": ("ER",), "ɾ": ("T",), "ʔ": ("T",), "x": ("K",)},
}
_BEFORE_R = {"ɪ": "IH", "ɛ": "EH", "e": "EH", "ʊ": "UH"}
_IPA_SYMBOLS = {
    **_LETTERS,
    **{ipa: (phone,) for phone, ipa in _IPA.items()},
    **{"ɚ": ("ER",), "ɝ": ("ER",), "ɜr": ("ER",), "ɜː": ("ER",), "r": ("R",), "əʊ": ("OW",)},
    **{"ɫ": ("L",), "ʍ": ("W",), "l̩": ("AH", "L"), "n̩": ("AH", "N"), "m̩": ("AH", "M")},
    # As other dictionaries of American English write: "bɜːrd", "bɜ˞d", "nɪər", "dei".
    **{"ɜːr": ("ER",), "ɜːɹ": ("ER",), "ɜ˞": ("ER",), "ə˞": ("ER",), "ɨ": ("IH",), "ʉ": ("UW",)},
    **{f"{v}ə{r}": (p, "R") for v, p in _BEFORE_R.items() for r in "ɹr"},
    **{"ei": ("EY",), "ai": ("AY",), "au": ("AW",), "ou": ("OW",), "ɔi": ("OY",)},
}
# In misaki every diphthong and affricate is one letter, so that "ɔɪ" there is two vowels
# ("drawing") and "tʃ" two consonants ("nutshell").
_MISAKI_SYMBOLS = {
    **_LETTERS,
    **{"A": ("EY",), "I": ("AY",), "O": ("OW",), "Q": ("OW",), "W": ("AW",), "Y": ("OY",)},
    **{"T": ("T",)},
}


def _pattern(symbols: dict[str, tuple[str, ...]]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(s) for s in sorted(symbols, key=len, reverse=True)))


_IPA_RE = _pattern(_IPA_SYMBOLS)
_MISAKI_RE = _pattern(_MISAKI_SYMBOLS)
_SCHWA_R = re.compile("[əᵊ][ɹr]")
_STRESS_MARKS = {"ˈ": 1, "ˌ": 2}
# Signs that say nothing about which phone it is: length, syllable dots, nasality, breath, spaces,
# and the small marks below or above for voiced, dental, centred, unreleased, not syllabic.
_SILENT = frozenset("ːˑ. ʰ'-\u0303\u0308\u031a\u032a\u032c\u032f")
_TIES = str.maketrans("", "", "\u0361\u035c")
# Vowel letters that are never stressed.
_WEAK_LETTERS = frozenset(["ə", "ɐ", "ᵊ", "ɚ", "ə˞", "əɹ", "ər", "ᵊɹ", "ᵊr"])


def is_vowel(phone: str) -> bool:
    """True for vowels and diphthongs; ``phone`` may carry a stress digit."""
    return strip_stress(phone) in VOWELS


def phone_class(phone: str) -> str:
    """The class of a phone: vowel, diphthong, stop, fricative, affricate, nasal, liquid or glide.

    Raises:
        ValueError: ``phone`` is none of ``PHONES``.
    """
    try:
        return CLASS_OF[strip_stress(phone)]
    except KeyError:
        raise ValueError(f"{phone!r} is not an ARPAbet phone.") from None


def is_syllabic(phones: Sequence[str], at: int) -> bool:
    """True where an L, N or M carries a syllable of its own: "little", "listen".

    It does after a stop, fricative or affricate where no vowel, liquid or glide follows, so that it
    can belong neither to the coda before nor to an onset behind.
    """
    if phones[at] not in ("L", "N", "M") or at == 0 or phones[at - 1] in VOWELS:
        return False
    before = phone_class(phones[at - 1])
    opens = at + 1 < len(phones) and (
        phones[at + 1] in VOWELS or phone_class(phones[at + 1]) in ("liquid", "glide")
    )
    return (
        before in ("stop", "fricative", "affricate")
        and not opens
        and any(phone in VOWELS for phone in phones[:at])
    )


def strip_stress(phone: str) -> str:
    """``"AH0"`` to ``"AH"``; a phone without a digit comes back as it is."""
    return phone.rstrip("012")


def to_ipa(phone: str, stress: int = 0) -> str:
    """One phone as a learner sees it, without a stress mark.

    Args:
        phone: one of ``PHONES``, without a stress digit.
        stress: 1 primary, 2 secondary, 0 none. Only AH (ʌ or ə) and ER (ɝ or ɚ) depend on it.

    Raises:
        ValueError: ``phone`` is none of ``PHONES``.
    """
    if phone not in _IPA:
        raise ValueError(f"{phone!r} is not an ARPAbet phone.")
    return _REDUCED[phone] if stress == 0 and phone in _REDUCED else _IPA[phone]


def from_ipa(text: str) -> list[str]:
    """IPA to phones without stress.

    Flaps become T, schwas AH, and a schwa with r becomes ER (AH R before a stressed vowel, where
    the r opens that syllable: "around").

    Raises:
        ValueError: ``text`` holds a character that stands for no English phone.
    """
    return list(read_ipa(text)[0])


def read_ipa(text: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """One word in IPA to its phones and their stress.

    Args:
        text: such as ``"ˈwɔːtər"``; the marks ˈ and ˌ stand before their syllable or vowel.

    Returns:
        The phones without stress digits, as ``from_ipa`` gives them, and parallel to them 1, 2 or
        0 (none, or a consonant). Without marks the only full vowel is stressed (ə and ɚ are not
        full); where there are several, nothing is known of the stress and it is empty.

    Raises:
        ValueError: ``text`` holds a character that stands for no English phone.
    """
    read = _read(text.translate(_TIES), _IPA_RE, _IPA_SYMBOLS)
    phones = tuple(phone for phone, _, _ in read)
    stress = tuple(mark for _, mark, _ in read)
    if not any(stress):
        full = [phone in VOWELS and sign not in _WEAK_LETTERS for phone, _, sign in read]
        stress = tuple(map(int, full)) if sum(full) <= 1 else ()
    return phones, stress


def from_misaki(text: str) -> list[tuple[str, int]]:
    """The alphabet of the misaki and Kokoro lexicons (hibari writes it) to phones with stress.

    Args:
        text: such as ``"wˈɔTəɹ"``; one letter per diphthong (A I O W Y), T for the flap, stress
            marks right before their vowel.

    Returns:
        Pairs of a phone and its stress (0, 1 or 2; 0 for consonants).

    Raises:
        ValueError: ``text`` holds a character that stands for no English phone.
    """
    return [(phone, stress) for phone, stress, _ in _read(text, _MISAKI_RE, _MISAKI_SYMBOLS)]


def _read(
    text: str, pattern: re.Pattern[str], symbols: dict[str, tuple[str, ...]]
) -> list[tuple[str, int, str]]:
    """Each phone with its stress and the letters it was written with."""
    phones: list[tuple[str, int, str]] = []
    stress, at = 0, 0
    while at < len(text):
        if text[at] in _STRESS_MARKS:
            stress = _STRESS_MARKS[text[at]]
            at += 1
            continue
        if _SCHWA_R.match(text, at):
            r_opens_syllable = stress == 0 and text[at + 2 : at + 3] in _STRESS_MARKS
            found, width = (("AH", "R") if r_opens_syllable else ("ER",)), 2
        elif match := pattern.match(text, at):
            found, width = symbols[match.group()], len(match.group())
        elif text[at] in _SILENT:
            at += 1
            continue
        else:
            raise ValueError(f"{text[at]!r} in {text!r} stands for no English phone.")
        for phone in found:
            # A mark before a consonant waits for the vowel of that syllable.
            phones.append((phone, stress if phone in VOWELS else 0, text[at : at + width]))
            if phone in VOWELS:
                stress = 0
        at += width
    return phones

"""Pronunciations that are no error: weak forms, flaps, syllables, dictionary alternatives."""

from voicecoach.text.lexicon import pronunciations
from voicecoach.text.phones import VOWELS, is_syllabic

MOST_VARIANTS = 10
"""Variants kept per word: the aligner tries each of them."""

# Reduced forms of function words in connected American speech, after the lists of weak forms in
# Roach, "English Phonetics and Phonology" (1983), and Wells, "Accents of English" (1982).
_WEAK_FORMS = {
    "a": "AH, EY",
    "am": "AH M, M",
    "an": "AH N, N",
    "and": "AH N D, AH N, AE N, N",
    "are": "ER, AA R",
    "as": "AH Z",
    "at": "AH T",
    "be": "B IY, B IH",
    "because": "B IH K AH Z, B IH K AO Z, K AH Z",
    "been": "B IH N, B AH N",
    "but": "B AH T",
    "by": "B AY, B AH",
    "can": "K AH N, K N, K IH N",
    "could": "K AH D",
    "do": "D AH, D UH",
    "does": "D AH Z",
    "for": "F ER, F AO R",
    "from": "F R AH M, F ER M",
    "had": "HH AH D, AH D, D",
    "has": "HH AH Z, AH Z, Z",
    "have": "HH AH V, AH V, V",
    "he": "IY, HH IH",
    "her": "ER, HH ER",
    "him": "IH M, AH M",
    "his": "IH Z",
    "i": "AA",
    "if": "AH F",
    "in": "AH N, N",
    "into": "IH N T AH",
    "is": "AH Z, Z, S",
    "it": "AH T, IH D",
    "just": "JH AH S, JH IH S T, JH AH S T",
    "me": "M IY, M IH",
    "must": "M AH S T, M AH S",
    "my": "M AY, M AH",
    "not": "N AH T",
    "of": "AH V, AH",
    "on": "AO N, AH N",
    "or": "ER, AO R",
    "our": "AA R, AW ER",
    "saint": "S AH N T, S AH N",
    "shall": "SH AH L",
    "she": "SH IH",
    "should": "SH AH D",
    "so": "S AH",
    "some": "S AH M, S M",
    "than": "DH AH N, DH EH N",
    "that": "DH AH T, DH AE D",
    "the": "DH AH, DH IY, DH IH",
    "their": "DH ER, DH EH R",
    "them": "DH AH M, AH M",
    "there": "DH ER, DH EH R",
    "they": "DH EH",
    "to": "T AH, T IH, T UH, D AH",
    "today": "T AH D EY, T UW D EY",
    "until": "AH N T IH L",
    "up": "AH P",
    "us": "AH S",
    "was": "W AH Z, W AA Z",
    "we": "W IY, W IH",
    "were": "W ER",
    "what": "W AH T, W AH D, HH W AH T",
    "when": "W EH N, W IH N, HH W EH N",
    "will": "W AH L, AH L, L",
    "with": "W IH TH, W IH DH",
    "would": "W AH D, AH D, D",
    "you": "Y AH, Y IH",
    "your": "Y ER, Y UH R, Y AO R",
}
# Vowels that follow a flap where nothing is known about stress.
_WEAK_VOWELS = frozenset(["AH", "ER", "IH", "IY"])


def variants(
    word_text: str, phones: tuple[str, ...], stress: tuple[int, ...] = ()
) -> tuple[tuple[str, ...], ...]:
    """Other accepted pronunciations of a word, without the given one.

    Args:
        word_text: the word, in any capitals.
        phones: its intended phones, without stress digits.
        stress: parallel to ``phones`` (1, 2, 0); where it is empty, flaps are sought before weak
            vowels only.

    Returns:
        At most ``MOST_VARIANTS``, the likeliest first, all different, none of them empty.
    """
    lower = word_text.lower()
    found: list[tuple[str, ...]] = [
        tuple(form.split()) for form in _WEAK_FORMS.get(lower, "").split(",") if form.strip()
    ]
    flapped = _flap(phones, stress)
    found += [flapped, _add_schwa(phones), _add_schwa(flapped)]
    if lower.endswith("ing") and phones[-2:] == ("IH", "NG") and len(phones) > 3:
        found += [(*phones[:-1], "N"), (*phones[:-2], "AH", "N")]
    found += pronunciations(word_text)
    found += [_swap_reduced(phones, stress), _merge_low_back(phones)]
    different = dict.fromkeys(form for form in found if form and form != tuple(phones))
    return tuple(different)[:MOST_VARIANTS]


def _flap(phones: tuple[str, ...], stress: tuple[int, ...]) -> tuple[str, ...]:
    """T between a vowel (or R) and an unstressed vowel sounds like D: "water", "little"."""
    flapped = list(phones)
    for at in range(1, len(phones) - 1):
        before, after = phones[at - 1], phones[at + 1]
        if after in VOWELS:
            weak = stress[at + 1] == 0 if stress else after in _WEAK_VOWELS
        else:
            weak = after == "L" and is_syllabic(phones, at + 1)
        if phones[at] == "T" and (before in VOWELS or before == "R") and weak:
            flapped[at] = "D"
    return tuple(flapped)


def _add_schwa(phones: tuple[str, ...]) -> tuple[str, ...]:
    """A syllabic L, N or M with its vowel spoken out: "little" as L IH T AH L."""
    out: list[str] = []
    for at, phone in enumerate(phones):
        if is_syllabic(phones, at):
            out.append("AH")
        out.append(phone)
    return tuple(out)


def _swap_reduced(phones: tuple[str, ...], stress: tuple[int, ...]) -> tuple[str, ...]:
    """Unstressed AH and IH inside a word are one vowel to most speakers: "roses", "animal"."""
    if not stress:
        return phones
    swap = {"AH": "IH", "IH": "AH"}
    last = len(phones) - 1
    return tuple(
        swap.get(phone, phone)
        if not stress[at] and 0 < at < last and phones[at + 1] != "NG"
        else phone
        for at, phone in enumerate(phones)
    )


def _merge_low_back(phones: tuple[str, ...]) -> tuple[str, ...]:
    """AO as AA, except before R: half of American speakers have one vowel in "cot" and "caught"."""
    return tuple(
        "AA" if phone == "AO" and phones[at + 1 : at + 2] != ("R",) else phone
        for at, phone in enumerate(phones)
    )

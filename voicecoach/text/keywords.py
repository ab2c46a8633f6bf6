"""A common word for each phone, for learners who do not read IPA."""

from voicecoach.text.phones import to_ipa

KEYWORDS = {
    "AA": "father", "AE": "cat", "AH": "cup", "AO": "law", "AW": "now", "AY": "my", "B": "bed",
    "CH": "chin", "D": "day", "DH": "this", "EH": "bed", "ER": "bird", "EY": "day", "F": "fan",
    "G": "go", "HH": "hat", "IH": "sit", "IY": "see", "JH": "job", "K": "key", "L": "leg",
    "M": "man", "N": "no", "NG": "sing", "OW": "go", "OY": "boy", "P": "pen", "R": "red",
    "S": "sun", "SH": "she", "T": "tea", "TH": "thin", "UH": "book", "UW": "too", "V": "van",
    "W": "wet", "Y": "yes", "Z": "zoo", "ZH": "vision",
}  # fmt: skip

_REDUCED_KEYWORDS = {"AH": "about", "ER": "butter"}  # the unstressed ə and ɚ


def name_phone(phone: str, stress: int) -> str:
    """A phone as a learner reads it: ``θ as in "thin"``.

    Args:
        phone: one of the 39, without a stress digit.
        stress: 0, 1 or 2, as for ``to_ipa``.
    """
    keyword = KEYWORDS[phone] if stress else _REDUCED_KEYWORDS.get(phone, KEYWORDS[phone])
    return f'{to_ipa(phone, stress)} as in "{keyword}"'

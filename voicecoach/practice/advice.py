"""What to change, in sentences that can be read aloud: no colour, no table, no symbol alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from voicecoach.scoring.results import DELETED, EXTRA, PhoneScore, SentenceScore, WordScore
from voicecoach.text.phones import to_ipa
from voicecoach.text.sentence import Sentence

KEYWORDS = {
    "AA": "father", "AE": "cat", "AH": "cup", "AO": "law", "AW": "now", "AY": "my", "B": "bed",
    "CH": "chin", "D": "day", "DH": "this", "EH": "bed", "ER": "bird", "EY": "day", "F": "fan",
    "G": "go", "HH": "hat", "IH": "sit", "IY": "see", "JH": "job", "K": "key", "L": "leg",
    "M": "man", "N": "no", "NG": "sing", "OW": "go", "OY": "boy", "P": "pen", "R": "red",
    "S": "sun", "SH": "she", "T": "tea", "TH": "thin", "UH": "book", "UW": "too", "V": "van",
    "W": "wet", "Y": "yes", "Z": "zoo", "ZH": "vision",
}  # fmt: skip
"""A common word for each phone, for learners who do not read IPA."""

_REDUCED_KEYWORDS = {"AH": "about", "ER": "butter"}  # the unstressed ə and ɚ


@dataclass(frozen=True)
class Advice:
    """One thing to change. ``word`` counts in ``SentenceScore.words``, ``phone`` in its phones.

    ``phone`` is None where the whole word is meant (left out, added, said twice).
    ``sentence`` says it in plain English.
    """

    word: int
    phone: int | None
    sentence: str


def advise(score: SentenceScore, sentence: Sentence | None = None) -> list[Advice]:
    """One piece of advice for each flagged phone and each word error, in spoken order.

    Args:
        score: what the scorer returned.
        sentence: the transcribed sentence, which knows the stress; without it every AH is
            written ʌ and every ER ɝ.
    """
    advice = []
    for index, (word, stresses) in enumerate(
        zip(score.words, _stresses(score, sentence), strict=True)
    ):
        if word.error == "omission":
            advice.append(Advice(index, None, f'"{word.text}" was left out.'))
        elif word.error == "insertion":
            advice.append(Advice(index, None, f'"{word.text}" is not in the sentence.'))
        elif word.error == "repetition":
            advice.append(Advice(index, None, f'"{word.text}" was said twice.'))
        else:
            for position, phone in enumerate(word.phones):
                if phone.flagged:
                    text = _phone_sentence(word, position, stresses[position])
                    advice.append(Advice(index, position, text))
    return advice


def ipa(score: SentenceScore, sentence: Sentence | None = None) -> list[list[str]]:
    """The intended phones of each word in IPA, parallel to ``score.words`` and their phones."""
    return [
        [to_ipa(phone.phone, stress) for phone, stress in zip(word.phones, stresses, strict=True)]
        for word, stresses in zip(score.words, _stresses(score, sentence), strict=True)
    ]


def _stresses(score: SentenceScore, sentence: Sentence | None) -> list[Sequence[int]]:
    """The stress of each scored phone; 1 where the sentence does not say."""
    intended = iter(sentence or ())
    stresses: list[Sequence[int]] = []
    for word in score.words:
        known = None if word.error in EXTRA else next(intended, None)
        phones = [phone.phone for phone in word.phones]
        another = known is None or known.text.lower() != word.text.lower()
        if another or len(known.stress) != len(known.phones):
            stresses.append([1] * len(phones))
        elif len(phones) == len(known.phones):
            # Where another pronunciation was said, its own vowels are the reduced ones.
            asked = zip(phones, known.phones, known.stress, strict=True)
            stresses.append([stress if phone == own else 0 for phone, own, stress in asked])
        else:
            stresses.append([0] * len(phones))
    return stresses


def _phone_sentence(word: WordScore, position: int, stress: int) -> str:
    phone = word.phones[position]
    where = f'In "{word.text}", sound {position + 1} of {len(word.phones)}'
    return f"{where} should be {_name(phone.phone, stress)}: {_heard(phone)}."


def _heard(phone: PhoneScore) -> str:
    sure = f"confidence {phone.confidence:.0%}"
    if phone.realised is None:
        return "it was not clear what was said instead"
    if phone.realised == DELETED:
        return f"it was left out ({sure})"
    if phone.realised == phone.phone:
        return f"it was recognisable but not quite right ({sure})"
    return f"it sounded like {_name(phone.realised, 1)} ({sure})"


def _name(phone: str, stress: int) -> str:
    keyword = KEYWORDS[phone] if stress else _REDUCED_KEYWORDS.get(phone, KEYWORDS[phone])
    return f'{to_ipa(phone, stress)} as in "{keyword}"'

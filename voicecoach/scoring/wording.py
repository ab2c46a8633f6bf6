"""What the scorer heard, in IPA and in words."""

from collections.abc import Sequence

from voicecoach.scoring.results import DELETED, EXTRA, PhoneScore, SentenceScore, WordScore
from voicecoach.text.keywords import name_phone
from voicecoach.text.phones import to_ipa
from voicecoach.text.sentence import Sentence


def ipa(score: SentenceScore, sentence: Sentence | None = None) -> list[list[str]]:
    """The intended phones of each word in IPA, parallel to ``score.words`` and their phones."""
    return [
        [to_ipa(phone.phone, stress) for phone, stress in zip(word.phones, stresses, strict=True)]
        for word, stresses in zip(score.words, stresses_of(score, sentence), strict=True)
    ]


def stresses_of(score: SentenceScore, sentence: Sentence | None) -> list[Sequence[int]]:
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


def describe_phone(word: WordScore, position: int, stress: int) -> str:
    """One sentence: which sound of which word it is, and what was heard instead."""
    phone = word.phones[position]
    where = f'In "{word.text}", sound {position + 1} of {len(word.phones)}'
    return f"{where} should be {name_phone(phone.phone, stress)}: {_heard(phone)}."


def _heard(phone: PhoneScore) -> str:
    sure = f"confidence {phone.confidence:.0%}"
    if phone.realised is None:
        return "it was not clear what was said instead"
    if phone.realised == DELETED:
        return f"it was left out ({sure})"
    if phone.realised == phone.phone:
        return f"it was recognisable but not quite right ({sure})"
    return f"it sounded like {name_phone(phone.realised, 1)} ({sure})"

from voicecoach.scoring.results import PhoneScore, SentenceScore, WordScore
from voicecoach.scoring.wording import ipa
from voicecoach.text.sentence import Word


def phone(name: str, realised: str | None, flagged: bool = True) -> PhoneScore:
    return PhoneScore(name, 0.2 if flagged else 1.9, 0, 100, flagged, realised, 0.9)


def sentence_score(*words: WordScore) -> SentenceScore:
    return SentenceScore("text", 5, 5, 5, 5, 5, 1000, words)


def word(text: str, *phones: PhoneScore, error: str = "mispronunciation") -> WordScore:
    return WordScore(text, 4, 4, 0, 100, phones, error)


def test_a_sentence_with_other_phones_is_not_believed() -> None:
    score = sentence_score(word("up", phone("AH", "AH")))
    assert ipa(score, (Word("of", ("AH", "V"), (0, 0)),)) == [["ʌ"]]


def test_a_weak_form_is_spelled_as_one() -> None:
    asked = (
        Word("to", ("T", "UW"), (0, 1)),
        Word("cut", ("K", "AH", "T"), (0, 1, 0)),
        Word("and", ("AE", "N", "D"), (1, 0, 0)),
    )
    score = sentence_score(
        word("to", phone("T", "T"), phone("AH", "AH")),
        word("cut", phone("K", "K"), phone("AH", "AH"), phone("T", "T")),
        word("and", phone("AH", "AH"), phone("N", "N")),
    )
    assert ipa(score, asked) == [["t", "ə"], ["k", "ʌ", "t"], ["ə", "n"]]

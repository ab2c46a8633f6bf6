from voicecoach.practice.advice import advise
from voicecoach.scoring.results import DELETED, PhoneScore, SentenceScore, WordScore
from voicecoach.scoring.wording import ipa
from voicecoach.text.sentence import Word


def phone(name: str, realised: str | None, flagged: bool = True) -> PhoneScore:
    return PhoneScore(name, 0.2 if flagged else 1.9, 0, 100, flagged, realised, 0.9)


def sentence_score(*words: WordScore) -> SentenceScore:
    return SentenceScore("text", 5, 5, 5, 5, 5, 1000, words)


def word(text: str, *phones: PhoneScore, error: str = "mispronunciation") -> WordScore:
    return WordScore(text, 4, 4, 0, 100, phones, error)


def test_a_swapped_sound_is_named_with_both_keywords() -> None:
    score = sentence_score(word("think", phone("TH", "S"), phone("IH", "IH", flagged=False)))
    (advice,) = advise(score)
    assert (advice.word, advice.phone) == (0, 0)
    assert advice.sentence == (
        'In "think", sound 1 of 2 should be θ as in "thin": it sounded like s as in "sun" '
        "(confidence 90%)."
    )


def test_each_kind_of_flag_has_its_own_sentence() -> None:
    score = sentence_score(
        word("a", phone("AY", DELETED)),
        word("b", phone("B", "B")),
        word("c", phone("S", None)),
    )
    left_out, accented, unsure = (item.sentence for item in advise(score))
    assert "left out" in left_out
    assert "not quite right" in accented
    assert "not clear" in unsure


def test_word_errors_are_told_once_and_in_order() -> None:
    score = sentence_score(
        word("left", phone("L", DELETED), phone("EH", DELETED), error="omission"),
        word("um", error="insertion"),
        word("the", error="repetition"),
    )
    assert [(item.word, item.phone, item.sentence) for item in advise(score)] == [
        (0, None, '"left" was left out.'),
        (1, None, '"um" is not in the sentence.'),
        (2, None, '"the" was said twice.'),
    ]


def test_nothing_flagged_gives_no_advice() -> None:
    assert advise(sentence_score(word("a", phone("AH", "S", flagged=False), error="none"))) == []


def test_stress_of_the_sentence_decides_between_ʌ_and_ə() -> None:
    about = word("about", phone("AH", "IH"), phone("B", "B", flagged=False), error="none")
    up = word("up", phone("AH", "AH", flagged=False), error="none")
    score = sentence_score(about, word("um", error="insertion"), up)
    sentence = (Word("about", ("AH", "B"), (0, 0)), Word("up", ("AH",), (1,)))
    assert ipa(score, sentence) == [["ə", "b"], [], ["ʌ"]]
    assert 'ə as in "about"' in advise(score, sentence)[0].sentence
    assert ipa(score) == [["ʌ", "b"], [], ["ʌ"]]

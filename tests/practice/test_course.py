import re
import subprocess
import sys
from collections import Counter, defaultdict

import pytest

from voicecoach.errors import InputError
from voicecoach.practice.course import (
    LEVELS,
    load_course,
    minimal_pairs,
    read_phone,
    sentences,
    show_focus,
    with_phone,
)
from voicecoach.text.lexicon import is_guessed
from voicecoach.text.phones import PHONES, VOWELS, is_syllabic, read_ipa
from voicecoach.text.pronunciation import write_ipa
from voicecoach.text.sentence import Sentence
from voicecoach.text.transcribe import transcribe

COURSE = load_course()
SENTENCES, PAIRS = COURSE.sentences, COURSE.pairs
# What no English word has. UH opens no word of the dictionary but loans, ZH hardly any.
NEVER = {
    "initial": {"NG", "UH", "ZH"},
    "medial": set(),
    "final": {"HH", "W", "Y", "AE", "EH", "IH", "UH"},
}
CONTRASTS = {
    "IY/IH", "EH/AE", "AH/AE", "AH/AA", "UH/UW", "OW/AO", "OW/AW", "EY/EH", "ER/EH", "ER/AH",
    "ER/AO", "TH/S", "TH/T", "TH/F", "DH/D", "DH/Z", "L/R", "V/W", "V/B", "F/V", "S/Z", "S/SH",
    "SH/CH", "CH/JH", "JH/Y", "SH/ZH", "P/B", "T/D", "K/G", "N/NG", "N/M", "HH/-",
}  # fmt: skip
TOPICS = {
    "yes/no question", "wh-question", "choice question", "tag question", "weak forms",
    "contractions", "sentence stress", "word stress", "noun or verb", "compounds", "clusters",
    "final consonants", "syllabic consonants", "silent letters", "flaps", "linking", "lists",
    "-s endings", "-ed endings",
}  # fmt: skip


def test_there_is_enough_of_every_level() -> None:
    assert len(SENTENCES) >= 160
    assert len(PAIRS) >= 70
    levels = Counter(item.level for item in SENTENCES)
    assert tuple(levels) == LEVELS  # in order
    assert min(levels.values()) >= 30
    assert set(LEVELS) == {pair.level for pair in PAIRS}


def test_ids_and_texts_are_there_once() -> None:
    for values in (
        [item.id for item in SENTENCES],
        [item.text.lower() for item in SENTENCES],
        [pair.id for pair in PAIRS],
        [text for pair in PAIRS for text in pair.texts],
    ):
        assert [value for value, count in Counter(values).items() if count > 1] == []


def test_sentences_are_short_and_plain_text() -> None:
    for item in SENTENCES:
        assert re.fullmatch(r"[A-Z][A-Za-z',.\- ]+[.?!]( [A-Z][a-z ]+\?)?", item.text), item
        assert 3 <= len(item.sentence) <= 14, item
        # A slow learner says six phones in a second: 48 are eight seconds.
        assert sum(len(word.phones) for word in item.sentence) <= 48, item
        assert item.id.startswith(item.level.lower()), item


def test_every_word_is_in_the_dictionary() -> None:
    texts = [item.text for item in SENTENCES] + [text for pair in PAIRS for text in pair.texts]
    words = {word for text in texts for word in re.findall(r"[A-Za-z']+", text)}
    assert [word for word in sorted(words) if is_guessed(word)] == []


def test_every_phone_is_said_in_every_place_that_it_can_have() -> None:
    said: dict[tuple[str, str], set[str]] = defaultdict(set)
    for item in SENTENCES:
        for word in item.sentence:
            for at, phone in enumerate(word.phones):
                if len(word.phones) > 1:  # "a" and "I" begin and end at once: not counted
                    last = at == len(word.phones) - 1
                    said[phone, "initial" if at == 0 else "final" if last else "medial"].add(
                        item.id
                    )
    for place, never in NEVER.items():
        for phone in PHONES:
            ids = said[phone, place]
            if phone in never:
                assert phone == "ZH" or not ids, (phone, place)
            else:
                assert len(ids) >= 3, (phone, place, ids)
                assert len({id_[:2] for id_ in ids}) >= 2, (phone, place, "one level only")


def test_every_phone_is_said_on_every_level() -> None:
    for phone in PHONES:
        assert {item.level for item in with_phone(phone)} == set(LEVELS), phone


def test_words_of_two_three_and_four_syllables_have_different_stress() -> None:
    patterns = Counter(
        tuple(stress == 1 for phone, stress in zip(word.phones, word.stress, strict=True)
              if phone in VOWELS)
        for item in SENTENCES
        for word in item.sentence
    )  # fmt: skip
    for syllables in (2, 3, 4):
        for stressed in range(min(syllables, 3)):
            pattern = tuple(at == stressed for at in range(syllables))
            assert patterns[pattern] >= 3, pattern


@pytest.mark.parametrize(
    ("id_", "text", "phones", "stressed"),
    [
        ("b1-10", "record", "R EH K ER D", 1),
        ("b1-11", "record", "R IH K AO R D", 3),
        ("a2-53", "present", "P R EH Z N T", 2),
        ("b2-17", "present", "P R IY Z EH N T", 4),
        ("b1-12", "object", "AA B JH AH K T", 0),
        ("b2-18", "objected", "AH B JH EH K T IH D", 3),
        ("b1-13", "permit", "P ER M IH T", 1),
        ("b2-19", "permit", "P ER M IH T", 3),
        ("b1-14", "increase", "IH N K R IY S", 0),
        ("b1-15", "increase", "IH N K R IY S", 4),
        ("b2-15", "contract", "K AA N T R AE K T", 1),
        ("b2-16", "contracted", "K AH N T R AE K T IH D", 5),
        ("b2-20", "estimate", "EH S T AH M AH T", 0),
        ("b2-21", "estimate", "EH S T AH M EY T", 0),
        ("b2-48", "insult", "IH N S AH L T", 0),
        ("c1-41", "insulted", "IH N S AH L T IH D", 3),
        ("c1-29", "conduct", "K AA N D AH K T", 1),
        ("c1-28", "conducts", "K AH N D AH K T S", 4),
        ("c1-38", "contrast", "K AA N T R AE S T", 1),
        ("c1-37", "contrast", "K AH N T R AE S T", 5),
        ("a1-04", "live", "L IH V", 1),
        ("b2-38", "lived", "L IH V D", 1),
        ("b1-26", "read", "R IY D", 1),
        ("a1-34", "closed", "K L OW Z D", 2),
        ("b1-03", "used", "Y UW S T", 1),
    ],
)
def test_words_of_two_readings_are_read_as_they_are_meant(id_, text, phones, stressed) -> None:
    [item] = [item for item in SENTENCES if item.id == id_]
    [word] = [word for word in item.sentence if word.text == text]
    assert word.phones == tuple(phones.split())
    assert word.stress.index(1) == stressed


def test_no_other_sentence_is_for_nouns_and_verbs() -> None:
    assert len(sentences(focus="noun or verb")) == 20


def test_the_focus_of_a_sentence_is_in_it() -> None:
    signs = {
        "wh-question": r"\b([Ww]h|[Hh]ow\b).*\?$",
        "tag question": r", \w+(n't)? \w+\?$",
        "choice question": r"\bor\b.*\?$",
        "yes/no question": r"\?$",
        "contractions": r"\w'\w",
        "-ed endings": r"\wed\b",
        "-s endings": r"\ws\b",
        "lists": r",",
    }
    for item in SENTENCES:
        assert item.focus, item
        phones = {phone for word in item.sentence for phone in word.phones}
        for focus in item.focus:
            if focus in TOPICS:
                assert re.search(signs.get(focus, ""), item.text), (focus, item)
                assert _is_in(focus, item.sentence), (focus, item)
            else:
                assert focus in CONTRASTS, item
                assert set(focus.split("/")) <= phones, item


def _is_in(focus: str, sentence: Sentence) -> bool:
    """False where the words of a sentence show that they do not have what they are for."""
    if focus == "linking":
        return any(after.phones[0] in VOWELS for after in sentence[1:])
    if focus == "flaps":
        return any("T" in word.phones and "D" in sum(word.variants, ()) for word in sentence)
    if focus == "syllabic consonants":
        return any(is_syllabic(w.phones, at) for w in sentence for at in range(len(w.phones)))
    if focus == "word stress":
        return any(sum(phone in VOWELS for phone in word.phones) > 1 for word in sentence)
    return True


def test_every_topic_has_sentences() -> None:
    counts = Counter(focus for item in SENTENCES for focus in item.focus)
    assert {topic: counts[topic] for topic in TOPICS if counts[topic] < 2} == {}


def test_a_pair_differs_in_exactly_the_stated_phones() -> None:
    for pair in PAIRS:
        first, second = pair.words
        assert (first.text, second.text) == (pair.first, pair.second)
        one, other = pair.phones
        assert one != other, pair
        assert set(one + other) <= set(PHONES), pair
        assert any(
            first.phones[:at] + other + first.phones[at + len(one) :] == second.phones
            for at in range(len(first.phones) + 1)
            if first.phones[at : at + len(one)] == one
        ), (first.phones, second.phones)


def test_the_words_of_a_pair_sound_the_same_alone() -> None:
    for pair in PAIRS:
        alone = [transcribe(word)[0].phones for word in (pair.first, pair.second)]
        assert alone == [word.phones for word in pair.words], pair


def test_the_carrier_of_a_pair_is_short_and_sounds_the_same_with_both_words() -> None:
    for pair in PAIRS:
        assert re.fullmatch(r"[A-Z][A-Za-z' ]+___[A-Za-z' ]*[.?!]", pair.carrier), pair
        assert 3 <= len(pair.sentences[0]) <= 10, pair
        for first, second in zip(*pair.sentences, strict=True):
            # "the" before a vowel is another "the".
            assert (first.phones == second.phones) == (first.text == second.text) or (
                first.text.lower() == "the"
            ), pair


def test_the_usual_contrasts_have_pairs() -> None:
    assert {pair.contrast for pair in PAIRS} >= CONTRASTS


def test_ipa_of_the_course_reads_back_as_the_same_phones_and_stress() -> None:
    spoken = [item.sentence for item in SENTENCES] + [s for pair in PAIRS for s in pair.sentences]
    for word in {word for sentence in spoken for word in sentence}:
        written = write_ipa(word.phones, word.stress)
        phones, stress = read_ipa(written)
        assert phones == word.phones, written
        if "ˈ" in written:
            assert stress == word.stress, written


def test_filters() -> None:
    assert {item.level for item in sentences(level="b2")} == {"B2"}
    assert sum((sentences(level) for level in LEVELS), ()) == SENTENCES
    assert sentences(focus="iy/ih") == sentences(focus="ɪ/i") != ()
    assert all("tag question" in item.focus for item in sentences("C1", "Tag question"))
    assert with_phone("TH") == with_phone("θ") == with_phone("th")
    assert {pair.level for pair in minimal_pairs(level="C1")} == {"C1"}
    assert {pair.contrast for pair in minimal_pairs(phone="ZH")} == {"SH/ZH", "Z/ZH"}
    assert minimal_pairs("A1", "L/R", "R") == minimal_pairs("A1", "R/L")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sentences(level="A3"), "A1, A2, B1, B2 or C1"),
        (lambda: sentences(focus="singing"), "weak forms"),
        (lambda: minimal_pairs(contrast="L/Q"), "l/ɹ"),
        (lambda: with_phone("QQ"), "ZH"),
        (lambda: with_phone("θs"), "IPA"),
        (lambda: with_phone(""), "IPA"),
    ],
)
def test_what_the_course_has_not_is_an_input_error(call, message) -> None:
    with pytest.raises(InputError, match=message):
        call()


def test_phones_are_read_from_both_alphabets() -> None:
    assert [read_phone(name) for name in ("dh", "ð", "j", "Y", "tʃ", "ə")] == [
        "DH", "DH", "Y", "Y", "CH", "AH",
    ]  # fmt: skip


def test_contrasts_are_shown_in_ipa() -> None:
    shown = [show_focus(focus) for focus in ("IY/IH", "ER/AO R", "HH/-", "yes/no question")]
    assert shown == ["i/ɪ", "ɝ/ɔɹ", "h/-", "yes/no question"]


def test_the_course_is_read_without_dictionary_or_network() -> None:
    program = (
        "import sys; from voicecoach.practice.course import load_course, minimal_pairs, sentences; "
        "load_course(); sentences('A1', 'linking'); minimal_pairs(phone='R'); "
        "print([name for name in ('torch', 'numpy', 'hibari', 'rich') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "[]\n", done.stderr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicecoach.text.phones import PHONES, VOWELS, from_ipa
from voicecoach.text.pronunciation import read_pronunciations, write_ipa
from voicecoach.text.transcribe import transcribe

phone_lists = st.lists(st.sampled_from(PHONES), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("cat", "kæt"),
        ("the", "ðə"),
        ("around", "əˈɹaʊnd"),
        ("record", "ˈɹɛkɚd"),
        ("collect", "kəˈlɛkt"),
        ("street", "stɹit"),
        ("mistake", "məˈsteɪk"),
        ("bathroom", "ˈbæθˌɹum"),
        ("photographer", "fəˈtɑɡɹəfɚ"),
        ("ambiguity", "ˌæmbəɡˈjuəti"),
        ("singer", "ˈsɪŋɚ"),
        ("drawing", "ˈdɹɔ.ɪŋ"),
        ("nutshell", "ˈnʌtˌʃɛl"),
    ],
)
def test_a_word_is_written_as_in_dictionaries(word, written) -> None:
    [read] = transcribe(word)
    assert write_ipa(read.phones, read.stress) == written


@given(phone_lists, st.data())
def test_what_is_written_reads_back(phones, data) -> None:
    marks = st.sampled_from([0, 1, 2])
    stress = [data.draw(marks) if phone in VOWELS else 0 for phone in phones]
    assert from_ipa(write_ipa(phones, stress)) == phones
    assert from_ipa(write_ipa(phones)) == phones


def test_phones_that_are_written_alike_are_kept_apart() -> None:
    assert write_ipa(["T", "SH"]) == "t.ʃ"
    assert write_ipa(["AH", "R"], [0, 0]) == "ə.ɹ"


def test_stress_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="2 phones"):
        write_ipa(["AH", "P"], [1])


@pytest.mark.parametrize(
    "text",
    [
        "wi kɔl ɪt",
        "/wi kɔl ɪt/",
        "[wiː] [kɔːl] [ɪt]",
        "/ˈwi/ /ˈkɔl/ /ˈɪt/",
        "  wi   kɔl‿ɪt. ",
        "w i | k ɔ l | ɪ t",
        "W IY | K AO L | IH T",
        "|W IY1|K AO1 L|IH0 T|",
        "/ W IY | K AO1 L | IH T /",
    ],
)
def test_many_ways_to_write_the_same(text) -> None:
    assert [phones for phones, _ in read_pronunciations(text)] == [
        ("W", "IY"), ("K", "AO", "L"), ("IH", "T"),
    ]  # fmt: skip


def test_stress_is_read_where_it_is_written() -> None:
    assert read_pronunciations("R IH0 K AO1 R D") == [
        (("R", "IH", "K", "AO", "R", "D"), (0, 0, 0, 1, 0, 0))
    ]
    assert read_pronunciations("R IH K AO R D")[0][1] == ()
    assert read_pronunciations("ɹɪˈkɔɹd")[0][1] == (0, 0, 0, 1, 0, 0)
    assert read_pronunciations("ɹɪkɔɹd")[0][1] == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("wi qat", "'q' in 'qat' stands for no English phone$"),
        ("W IY | K QQ", "'QQ' in 'K QQ' is no ARPAbet phone$"),
        ("W IY3", "'IY3'"),
        ("WIY", "'WIY'"),
        ("wi KAO", "'wi'"),
        ("wi || kɔl", "has no sounds$"),
        ("wi ː", "has no sounds$"),
    ],
)
def test_what_cannot_be_read(text, message) -> None:
    with pytest.raises(ValueError, match=message):
        read_pronunciations(text)

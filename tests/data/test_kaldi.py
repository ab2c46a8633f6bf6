import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicecoach.data import kaldi
from voicecoach.data.utterance import Labels, Utterance, WordLabels
from voicecoach.errors import InputError
from voicecoach.text.phones import PHONES, is_vowel
from voicecoach.text.sentence import Word

LABELS = {"accuracy": 8, "completeness": 10, "fluency": 9, "prosodic": 9, "total": 8}


def entry(*words: tuple[str, list[str], list[float]]) -> dict:
    return {
        "text": " ".join(text for text, _, _ in words),
        **LABELS,
        "words": [
            {
                "text": text,
                "accuracy": 10,
                "stress": 10,
                "total": 10,
                "phones": phones,
                "phones-accuracy": scores,
            }
            for text, phones, scores in words
        ],
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two utterances of one speaker; no recording exists."""
    data = tmp_path / "corpus" / "train"
    data.mkdir(parents=True)
    (data / "wav.scp").write_text("b wavs/b.wav\na\twavs/a.wav\n")
    (data / "text").write_text("a\tWE CALL\nb BEAR\n")
    (data / "utt2spk").write_text("a s1\nb s1\n")
    (data / "spk2age").write_text("s1 6\n")
    (data / "spk2gender").write_text("s1 f\n")
    (data / "text-phone").write_text("a.0\tW_B IY0_E\na.1\tK_B AO1_I L_E\nb.0\tB_B EH0_I R_E\n")
    return data


def test_read_gives_words_with_phones_and_stress(folder: Path) -> None:
    bear, we_call = kaldi.read(folder)
    assert (bear.utt, we_call.utt) == ("b", "a")
    assert [(w.text, w.phones, w.stress) for w in we_call.sentence] == [
        ("WE", ("W", "IY"), (0, 0)),
        ("CALL", ("K", "AO", "L"), (0, 1, 0)),
    ]
    assert (we_call.speaker, we_call.age, we_call.gender, we_call.labels) == ("s1", 6, "f", None)


def test_read_without_pronunciations_asks_the_lexicon(folder: Path) -> None:
    (folder / "text-phone").unlink()
    bear = kaldi.read(folder)[0]
    assert bear.sentence[0].phones == ("B", "EH", "R")


def test_read_takes_labels_and_phones_from_scores(folder: Path) -> None:
    (folder / "text-phone").unlink()
    resource = folder.parent / "resource"
    resource.mkdir()
    scores = {"b": entry(("BEAR", ["B", "AE1", "R"], [2.0, 0.4, 1.8]))}
    (resource / "scores.json").write_text(json.dumps(scores))
    bear, we_call = kaldi.read(folder)
    assert bear.sentence[0].phones == ("B", "AE", "R")
    assert bear.labels is not None
    assert bear.labels.prosody == 9.0
    assert bear.labels.words[0].phones == (2.0, 0.4, 1.8)
    assert we_call.labels is None


def test_missing_speaker_table_makes_every_utterance_a_speaker(folder: Path) -> None:
    (folder / "utt2spk").unlink()
    assert [(u.utt, u.speaker, u.age) for u in kaldi.read(folder)] == [
        ("b", "b", None),
        ("a", "a", None),
    ]


@pytest.mark.parametrize("place", ["current", "folder", "parent", "root"])
def test_paths_are_looked_up_in_order(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    current, root = tmp_path / "here", tmp_path / "elsewhere"
    current.mkdir()
    monkeypatch.chdir(current)
    order = {"root": root, "current": Path(), "folder": folder, "parent": folder.parent}
    for name in list(order)[list(order).index(place) :]:
        wav = order[name] / "wavs" / "a.wav"
        wav.parent.mkdir(parents=True, exist_ok=True)
        wav.touch()
    found = kaldi.read(folder, corpus_root=root)[1].wav
    assert found == order[place] / "wavs" / "a.wav"


def test_a_missing_recording_is_left_to_whoever_opens_it(folder: Path) -> None:
    assert kaldi.read(folder)[0].wav == folder / "wavs" / "b.wav"


def test_windows_line_ends_byte_order_mark_and_empty_lines_are_accepted(folder: Path) -> None:
    (folder / "text").write_bytes("\ufeffa WE CALL\r\n\r\nb BEAR\r\n".encode())
    assert [u.text for u in kaldi.read(folder)] == ["BEAR", "WE CALL"]


@pytest.mark.parametrize("name", ["wav.scp", "text"])
def test_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(InputError, match=f"There is no .*{name}"):
        kaldi.read(folder)


@pytest.mark.parametrize("command", ["touch {} |", "|touch {}", "touch {}|"])
def test_commands_are_refused_and_not_run(folder: Path, tmp_path: Path, command: str) -> None:
    trap = tmp_path / "trap"
    (folder / "wav.scp").write_text(f"a {command.format(trap)}\nb b.wav\n")
    with pytest.raises(InputError, match="a names a command"):
        kaldi.read(folder)
    assert not trap.exists()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("text", "a WE CALL\nb BEAR\na WE\n", "line 3: the id a is there twice"),
        ("text", "a WE CALL\n", "b is in .*wav.scp but not in .*text"),
        ("text", "a WE CALL\nb BEAR\nc IT\n", "c is in .*text but not in .*wav.scp"),
        ("utt2spk", "a s1\n", "b is in .*wav.scp but not in .*utt2spk"),
        ("text", "a WE CALL\nb\n", "line 2: 'b' has no value"),
        ("text", "", "text is empty"),
        ("spk2age", "s1 six\n", "age of s1 is 'six'"),
        ("spk2age", "s1 ²\n", "age of s1"),
        ("segments", "a rec 0 1\n", "segments cuts long recordings"),
        ("text-phone", "a.0 W_B IY_E\nb.0 B_B EH_I R_E\n", "a has 1 words but its text has 2"),
        ("text-phone", "a.0 W IY\na.2 K AO L\n", "words of a are not numbered"),
        ("text-phone", "a.0 W_B XX0_E\na.1 K_S\nb.0 B_S\n", "'XX0_E' in 'WE' is not an ARPAbet"),
        ("text-phone", "a W IY\n", "'a' is not 'utterance.word'"),
        ("scores.json", "[1]", "must map utterance ids"),
        ("scores.json", "{", "not valid UTF-8 JSON"),
        ("scores.json", '{"a": {"words": 3}}', "utterance a has no list 'words'"),
        ("scores.json", '{"a": {"words": []}}', "utterance a has no 'accuracy'"),
    ],
)
def test_contradictions_are_named(folder: Path, name: str, content: str, message: str) -> None:
    (folder / name).write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        kaldi.read(folder)


def test_bytes_that_are_not_utf8_are_refused(folder: Path) -> None:
    (folder / "text").write_bytes(b"a WE CALL\nb caf\xe9\n")
    with pytest.raises(InputError, match="not UTF-8"):
        kaldi.read(folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"phones-accuracy": [2.0, 2.0]}, "3 phones but 2 scores"),
        ({"phones-accuracy": [2.0, 2.0, 2.5]}, "phones-accuracy is 2.5, not a number from 0 to 2"),
        ({"phones-accuracy": [2.0, 2.0, True]}, "is True"),
        ({"accuracy": float("nan")}, "accuracy is nan"),
        ({"phones": ["B", "R"], "phones-accuracy": [2.0, 2.0]}, r"b scores \[2\] phones per word"),
    ],
)
def test_bad_scores_are_named(folder: Path, change: dict, message: str) -> None:
    scores = entry(("BEAR", ["B", "EH0", "R"], [2.0, 0.4, 1.8]))
    scores["words"][0].update(change)
    (folder / "scores.json").write_text(json.dumps({"b": scores}))
    with pytest.raises(InputError, match=message):
        kaldi.read(folder)


def test_text_that_cannot_be_spoken_is_handed_over_or_raised(folder: Path) -> None:
    (folder / "text-phone").unlink()
    (folder / "text").write_text("a 你好\nb BEAR\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"text: a: "):
        kaldi.read(folder)
    bad = {}
    assert [u.utt for u in kaldi.read(folder, on_bad=bad.__setitem__)] == ["b"]
    assert list(bad) == ["a"]
    assert isinstance(bad["a"], InputError)


def test_write_removes_what_an_earlier_version_left(folder: Path, tmp_path: Path) -> None:
    bear = kaldi.read(folder)[0]
    labels = Labels(8, 10, 9, 9, 8, (WordLabels(10, 10, 10, (2, 2, 2)),))
    kaldi.write(tmp_path / "out", [replace(bear, labels=labels)])
    assert (tmp_path / "out" / "scores.json").exists()
    kaldi.write(tmp_path / "out", [replace(bear, age=None)])
    assert not (tmp_path / "out" / "scores.json").exists()
    assert not (tmp_path / "out" / "spk2age").exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"utt": "a b"}, "'a b' cannot be an id"),
        ({"speaker": ""}, "'' cannot be an id"),
        ({"text": "BEAR\nc WE"}, "line break"),
        ({"wav": Path("a\n.wav")}, "line break"),
    ],
)
def test_write_refuses_what_would_not_come_back(
    folder: Path, tmp_path: Path, change: dict, message: str
) -> None:
    bear = kaldi.read(folder)[0]
    with pytest.raises(InputError, match=message):
        kaldi.write(tmp_path / "out", [replace(bear, **change)])


def test_write_refuses_the_same_id_twice_and_nothing_at_all(folder: Path, tmp_path: Path) -> None:
    bear = kaldi.read(folder)[0]
    with pytest.raises(InputError, match="b is there twice"):
        kaldi.write(tmp_path / "out", [bear, bear])
    with pytest.raises(InputError, match="no utterance to write"):
        kaldi.write(tmp_path / "out", [])


def test_write_says_that_a_folder_cannot_be_written(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="Cannot write"):
        kaldi.write(tmp_path / "file" / "out", kaldi.read(folder))


def test_experts_are_cut_down_to_the_utterances(folder: Path, tmp_path: Path) -> None:
    (folder / kaldi.EXPERTS).write_text('{"a": [[[2, 1]]], "b": [[[0, 1]]]}')
    kaldi.copy_experts(folder, tmp_path / "out", {"b"})
    assert json.loads((tmp_path / "out" / kaldi.EXPERTS).read_text()) == {"b": [[[0, 1]]]}


_NAMES = st.text(st.characters(codec="utf-8", categories=("L", "N")), min_size=1, max_size=6)
_PHONES = st.lists(
    st.sampled_from(PHONES).flatmap(
        lambda p: st.tuples(st.just(p), st.integers(0, 2) if is_vowel(p) else st.just(0))
    ),
    min_size=1,
    max_size=4,
)
_SCORES = st.floats(0, 10).map(lambda score: round(score, 2))


@st.composite
def _utterances(draw: st.DrawFn) -> Utterance:
    names = draw(st.lists(st.tuples(_NAMES, _PHONES), min_size=1, max_size=12))
    sentence = tuple(
        Word(text, tuple(p for p, _ in phones), tuple(s for _, s in phones))
        for text, phones in names
    )
    labels = None
    if draw(st.booleans()):
        words = tuple(
            WordLabels(draw(_SCORES), 10.0, draw(_SCORES), (draw(st.floats(0, 2)),) * len(w.phones))
            for w in sentence
        )
        labels = Labels(draw(_SCORES), 10.0, draw(_SCORES), 0.0, draw(_SCORES), words)
    return Utterance(
        utt=draw(_NAMES),
        speaker=draw(st.sampled_from(["s1", "s2"])),
        wav=Path("/nowhere") / f"{draw(_NAMES)}.wav",
        text=" ".join(word.text for word in sentence),
        sentence=sentence,
        labels=labels,
    )


@given(st.lists(_utterances(), min_size=1, max_size=4, unique_by=lambda u: u.utt))
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, utterances: list[Utterance]
) -> None:
    folder = tmp_path_factory.mktemp("data")
    kaldi.write(folder, utterances)

    def bare(u: Utterance) -> tuple:
        words = [(w.text, w.phones, w.stress) for w in u.sentence]
        return u.utt, u.speaker, u.wav, u.text, words, u.labels

    expected = sorted(map(bare, utterances))
    assert sorted(map(bare, kaldi.read(folder))) == expected


def test_tsv_ids_come_from_names_and_are_unique(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "a.wav").touch()
    names = ["x/a.wav", "y/a.wav", "z/a-2.wav", "my take.flac", "a.ogg"]
    lines = ["File\tText", *(f"{name}\tWe call it  bear." for name in names), ""]
    (tmp_path / "list.tsv").write_text("\n".join(lines))
    utterances = kaldi.read_tsv(tmp_path / "list.tsv")
    assert [u.utt for u in utterances] == ["a", "a-3", "a-2", "my_take", "a-4"]
    assert utterances[0].wav == tmp_path / "x" / "a.wav"
    assert utterances[0].text == "We call it bear."
    assert [w.text for w in utterances[0].sentence] == ["We", "call", "it", "bear"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a.wav we call\n", "line 1 is not 'file<TAB>text'"),
        ("a.wav\t \n", "line 1 is not"),
        ("file\ttext\n", "holds no line"),
        ("", "holds no line"),
    ],
)
def test_tsv_without_files_or_texts_is_refused(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "list.tsv").write_text(content)
    with pytest.raises(InputError, match=message):
        kaldi.read_tsv(tmp_path / "list.tsv")


def test_tsv_hands_over_texts_that_cannot_be_spoken(tmp_path: Path) -> None:
    (tmp_path / "list.tsv").write_text("a.wav\t你好\nb.wav\tbear\n", encoding="utf-8")
    bad = {}
    utterances = kaldi.read_tsv(tmp_path / "list.tsv", on_bad=bad.__setitem__)
    assert [u.utt for u in utterances] == ["b"]
    assert list(bad) == ["a"]


@given(st.lists(st.sampled_from(["a", "b", "a-2", "a-3", "a-2-2"]), max_size=12))
def test_unique_names_are_unique_and_keep_the_first(names: list[str]) -> None:
    unique = kaldi._unique(names)
    assert len(set(unique)) == len(names)
    for name in set(names):
        assert unique[names.index(name)] == name

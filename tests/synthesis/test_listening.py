import json
import re
from dataclasses import replace

import pytest

from voicecoach.errors import InputError
from voicecoach.synthesis.listening import write_page


@pytest.fixture
def spoken(tmp_path):
    for system in ("natural", "gv"):
        (tmp_path / "wav" / system).mkdir(parents=True)
    return tmp_path


def data_of(page) -> dict:
    found = re.search(
        r'<script id="data" type="application/json">(.*?)</script>', page.read_text(), re.DOTALL
    )
    return json.loads(found[1])


def test_the_page_knows_sentences_and_systems(spoken, spoken_corpus) -> None:
    page = write_page(spoken, spoken_corpus, n_sentences=3)
    data = data_of(page)
    assert data["systems"] == ["gv", "natural"]
    assert len(data["utterances"]) == 3
    texts = {u.utt: u.text for u in spoken_corpus}
    assert data["texts"] == {utt: texts[utt] for utt in data["utterances"]}
    assert data == data_of(write_page(spoken, spoken_corpus, n_sentences=3))
    seen = {tuple(data_of(write_page(spoken, spoken_corpus, 3, s))["utterances"]) for s in range(8)}
    assert len(seen) > 1
    assert not re.search(r"https?://", page.read_text())


def test_no_text_can_break_the_page(spoken, spoken_corpus) -> None:
    text = 'He said "</script><b>DATA" & left'
    page = write_page(spoken, [replace(spoken_corpus[0], text=text)])
    assert data_of(page)["texts"] == {"a0": text}


def test_nothing_to_listen_to(tmp_path, spoken_corpus) -> None:
    with pytest.raises(InputError, match="run stage 5"):
        write_page(tmp_path, spoken_corpus)

"""What was listened to already is kept."""

import json

from voicecoach.coaching import listening


def test_a_row_that_was_cut_is_done_again(tmp_path):
    path = tmp_path / "effect.fold0.jsonl"
    row = {"utt": "u1", "phones": []}
    path.write_text(json.dumps(row) + '\n{"utt": "u2", "pho')
    assert listening._read(path) == [row]
    assert path.read_text() == json.dumps(row) + "\n"
    assert listening._read(tmp_path / "none.jsonl") == []

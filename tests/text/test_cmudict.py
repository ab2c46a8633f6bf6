import gzip

import pytest

from voicecoach.text.cmudict import alternatives, pack
from voicecoach.text.phones import PHONES


def test_packaged_words_have_two_or_more_different_pronunciations() -> None:
    table = alternatives()
    assert len(table) > 8000
    assert all(len(set(found)) == len(found) >= 2 for found in table.values())
    assert {phone for found in table.values() for phones in found for phone in phones} == set(
        PHONES
    )


def test_known_words() -> None:
    assert set(alternatives()["either"]) == {("IY", "DH", "ER"), ("AY", "DH", "ER")}


def test_pack_keeps_words_with_alternatives_only(tmp_path) -> None:
    source, target = tmp_path / "dict", tmp_path / "packed.gz"
    source.write_text("data D EY T AH\ndata(2) D AE T AH\ncat K AE T\nodd AA D\nodd(2) AA D\n")
    assert pack(source, target) == 1
    [line] = gzip.decompress(target.read_bytes()).decode().splitlines()
    word, first, second = line.split()
    assert (word, len(first), len(second)) == ("data", 4, 4)
    assert first != second
    before = target.read_bytes()
    pack(source, target)
    assert target.read_bytes() == before


def test_pack_refuses_phones_with_stress(tmp_path) -> None:
    (tmp_path / "dict").write_text("cat K AE1 T\n")
    with pytest.raises(KeyError, match="AE1"):
        pack(tmp_path / "dict", tmp_path / "packed.gz")

from pathlib import Path

import pytest

from voicecoach.data import corpora
from voicecoach.errors import InputError


def test_every_module_keeps_the_contract(tmp_path: Path) -> None:
    assert "speechocean762" in corpora.names()
    for name in corpora.names():
        module = corpora.get(name)
        assert callable(module.prepare)
        assert module.matches(tmp_path) is False


def test_unknown_names_and_folders_are_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no corpus 'timit': choose one of .*speechocean762"):
        corpora.get("timit")
    with pytest.raises(InputError, match=r"holds none of the corpora .*speechocean762"):
        corpora.detect(tmp_path)

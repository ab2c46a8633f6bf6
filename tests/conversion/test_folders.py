"""Names of voices, and deleting them."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voicecoach.conversion.folders import delete, folder_of, is_enrolled, names
from voicecoach.data.home import data_folder
from voicecoach.errors import InputError


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../ann",
        "a/b",
        "a\\b",
        "/ann",
        "1a",
        "-a",
        "a b",
        "a.b",
        "CON",
        "a\0",
        "a" * 50,
    ],
)
def test_names_that_would_lead_elsewhere_are_refused(name: str) -> None:
    with pytest.raises(InputError, match="cannot be called"):
        folder_of(name)


@pytest.mark.parametrize("name", ["reference", "kathleen", "Kathleen", "native"])
def test_names_that_mean_something_else_are_refused(name: str) -> None:
    with pytest.raises(InputError, match="something else"):
        folder_of(name)


@pytest.mark.parametrize("name", ["ann", "Zoë", "李明", "li_2", "anna-maria"])
def test_a_voice_has_a_folder_among_the_learners_data(name: str) -> None:
    assert folder_of(name) == data_folder() / "voices" / name


def test_capitals_and_the_way_of_writing_accents_make_no_other_voice() -> None:
    (data_folder() / "voices" / "Zoë").mkdir(parents=True)
    assert folder_of("zoe\u0308") == data_folder() / "voices" / "Zoë"
    assert is_enrolled("ZOË")
    assert not is_enrolled("Zoe")


def test_only_folders_with_a_name_are_voices(enrolled: Path) -> None:
    (enrolled.parent / ".half.tmp").mkdir()
    (enrolled.parent / "file").touch()
    (enrolled.parent / "Abel").mkdir()
    assert names() == ["Abel", "ann"]


def test_deleting_takes_the_whole_folder_and_nothing_else(enrolled: Path) -> None:
    (enrolled.parent / "bob").mkdir()
    (enrolled / "note.txt").write_text("of the owner's")
    delete("ann")
    assert names() == ["bob"]
    with pytest.raises(InputError, match="no enrolled voice 'ann'"):
        delete("ann")


def test_deleting_a_link_leaves_what_it_shows(enrolled: Path, tmp_path: Path) -> None:
    moved = enrolled.rename(tmp_path / "ann")
    enrolled.symlink_to(moved)
    delete("ann")
    assert names() == []
    assert (moved / "profile.json").is_file()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text())
def test_no_name_leads_out_of_the_folder_of_voices(name: str) -> None:
    try:
        folder = folder_of(name)
    except InputError:
        return
    assert folder.parent == data_folder() / "voices"
    assert folder.name == unicodedata.normalize("NFC", name)

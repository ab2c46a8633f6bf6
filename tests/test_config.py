"""The only reader of YAML."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from voicecoach import config
from voicecoach.audio.spec import AudioSpec
from voicecoach.errors import InputError

CONF = Path(__file__).parents[1] / "conf"
VALUES = {
    "sample_rate": 16000,
    "n_fft": 400,
    "win_length": 400,
    "hop_length": 160,
    "n_mels": 80,
    "fmin": 0.0,
    "fmax": 8000.0,
}


class Small(config.Spec):
    """A spec for these tests."""

    name: str
    rate: float
    sizes: tuple[int, ...] = ()


def write(folder: Path, text: str) -> Path:
    path = folder / "spec.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("path", sorted(CONF.glob("audio/*.yaml")), ids=lambda path: path.name)
def test_every_audio_configuration_is_valid(path: Path) -> None:
    assert config.load(path, AudioSpec).n_bins > 1


@given(
    name=st.text(st.characters(exclude_categories=("Cs",)), max_size=20),
    rate=st.floats(allow_nan=False, allow_infinity=False),
    sizes=st.lists(st.integers(-(2**40), 2**40), max_size=4),
)
def test_dump_and_load_give_an_equal_spec(
    tmp_path_factory: pytest.TempPathFactory, name: str, rate: float, sizes: list[int]
) -> None:
    spec = Small(name=name, rate=rate, sizes=tuple(sizes))
    path = tmp_path_factory.getbasetemp() / "roundtrip.yaml"
    config.dump(spec, path)
    assert config.load(path, Small) == spec


def test_a_spec_is_frozen() -> None:
    spec = config.parse(VALUES, AudioSpec, source="test")
    with pytest.raises(ValidationError, match="frozen"):
        spec.sample_rate = 8000


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"Cannot read the configuration .*absent\.yaml"):
        config.load(tmp_path / "absent.yaml", Small)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: a\nrate: [1", "is not valid YAML"),
        ("- 1\n- 2\n", "must hold 'key: value' lines, not a list"),
        ("", "must hold 'key: value' lines, not a NoneType"),
        ("name: a\n", "rate: Field required"),
        ("name: a\nrate: 1\nrat: 2\n", "rat: Extra inputs are not permitted"),
        ("name: a\nrate: fast\n", "rate: Input should be a valid number"),
        ("name: a\nrate: 1\nsizes: [1, x]\n", r"sizes\.1: Input should be a valid integer"),
        ("!!python/object/apply:os.getcwd []\n", "is not valid YAML"),
    ],
)
def test_wrong_files_are_named_with_the_key(tmp_path: Path, text: str, message: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(InputError, match=message) as caught:
        config.load(path, Small)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_bytes(b"\xff\xfe\x00name")
    with pytest.raises(InputError, match="Cannot read the configuration"):
        config.load(path, Small)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"fmax": 9000.0}, "fmax 9000 Hz is above the Nyquist frequency 8000 Hz"),
        ({"fmin": 8000.0}, "fmin 8000 Hz is not below fmax 8000 Hz"),
        ({"win_length": 512}, "win_length 512 is longer than n_fft 400"),
        ({"hop_length": 401}, "hop_length 401 skips samples"),
        ({"n_mels": 0}, "n_mels: Input should be greater than 0"),
    ],
)
def test_contradictions_are_refused_in_a_sentence(change: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        config.parse({**VALUES, **change}, AudioSpec, source="16k.yaml")


def test_a_file_may_hold_only_what_differs_from_its_base(tmp_path: Path) -> None:
    write(tmp_path, "name: a\nrate: 1.0\nsizes: [1, 2]\n")
    (tmp_path / "sub").mkdir()
    delta = write(tmp_path / "sub", "base: ../spec.yaml\nrate: 2.0\n")
    assert config.load(delta, Small) == Small(name="a", rate=2.0, sizes=(1, 2))


def test_bases_that_go_in_circles_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "base: spec.yaml\nrate: 2.0\n")
    with pytest.raises(InputError, match="base of a base"):
        config.load(path, Small)


def test_a_missing_base_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, "base: other.yaml\nrate: 2.0\n")
    with pytest.raises(InputError, match=r"other\.yaml"):
        config.load(path, Small)

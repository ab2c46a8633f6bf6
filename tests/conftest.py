"""What many tests share."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

# One thread: the models are tiny, and results do not depend on the machine.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# A shell that starts the tests in the background has Ctrl-C ignored, which programs inherit.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

# No test is timed: machines differ.
settings.register_profile("voicecoach", deadline=None)
settings.load_profile("voicecoach")

pytest_plugins = ("fixtures.sound", "fixtures.voices")

REPO = Path(__file__).parent.parent
SHARED_DATA = REPO.parent / "shared" / "data"


RECIPES = "test_recipes.py"
SOUND_SERVERS = {"sound_server", "mortal_sound_server", "early_sound_server"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """How ``pytest -n`` shares the tests out.

    The recipes, which take longest, come first, and say themselves which of them belong together.
    Others of a file stay together, so that what it makes once is made by one process alone. Sound
    that is played and recorded comes last, in one process: a busy neighbour would tear holes in it.
    """

    def place(item: pytest.Item) -> int:
        if item.path.name == RECIPES:
            return 0
        return 2 if SOUND_SERVERS & set(getattr(item, "fixturenames", ())) else 1

    items.sort(key=place)
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            group = (item.name, str(item.path), "sound")[place(item)]
            item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """A command sets how many threads torch has, for the whole process. Two processes with two
    threads each wait for one another on two cores."""
    yield
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Practice history of a test goes here, and never to that of the person who runs the tests."""
    folder = tmp_path_factory.mktemp("voicecoach-data")
    monkeypatch.setenv("VOICECOACH_DATA", str(folder))
    return folder


@pytest.fixture(scope="session")
def repo() -> Path:
    """Root of the checkout."""
    return REPO


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real speech beside the checkout; the test is skipped where there is none."""
    if not SHARED_DATA.is_dir():
        pytest.skip("needs the real recordings of ../shared/data, which are not part of the repo")
    return SHARED_DATA


@pytest.fixture(scope="session")
def sentence_labels():
    """Makes the best scores for a sentence."""

    def _make(sentence):
        from voicecoach.data.utterance import Labels, WordLabels

        words = tuple(WordLabels(10, 10, 10, (2.0,) * len(word.phones)) for word in sentence)
        return Labels(10, 10, 10, 10, 10, words)

    return _make


PHONES = ("W", "IY0", "K", "AO1", "L", "CH")


def make_record(index: int, rng: np.random.Generator) -> dict:
    """Two words; predictions are the reference with noise."""
    truth = rng.choice([0.2, 1.0, 1.6, 2.0], p=[0.15, 0.15, 0.2, 0.5], size=len(PHONES))
    heard = np.clip(truth + rng.normal(scale=0.4, size=len(PHONES)), 0.0, 2.0)
    scores = rng.uniform(4, 10, size=8).round()

    def words(phone_scores: np.ndarray, noise: float, **more: list) -> list[dict]:
        return [
            {
                "text": text,
                "accuracy": scores[k] + noise * rng.normal(),
                "stress": 10.0,
                "total": scores[k] + noise * rng.normal(),
                "phones": list(PHONES[part]),
                "phones-accuracy": phone_scores[part].tolist(),
                **{name: values[part] for name, values in more.items()},
            }
            for k, (text, part) in enumerate((("WE", slice(0, 2)), ("CALLCH", slice(2, 6))))
        ]

    def sentence(noise: float) -> dict:
        fields = ("accuracy", "fluency", "prosodic", "completeness", "total")
        return {f: scores[3 + k] + noise * rng.normal() for k, f in enumerate(fields)}

    return {
        "utt": f"u{index}",
        "text": "WE CALLCH",
        **sentence(0.5),
        "words": words(heard, 1.0, flagged=(heard < 0.6).tolist()),
        "reference": {"text": "WE CALLCH", **sentence(0.0), "words": words(truth, 0.0)},
        "speaker": f"s{index % 8}",
        "age": 8 if index % 8 < 4 else 30,
        "gender": "m" if index % 2 else "f",
        "experts": None,
    }


@pytest.fixture
def records() -> list[dict]:
    """Forty utterances of eight speakers, half of them children."""
    rng = np.random.default_rng(0)
    return [make_record(index, rng) for index in range(40)]

"""A page on which people rate systems, or tell them apart, without knowing which is which."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from voicecoach.data.atomic import write_text
from voicecoach.data.utterance import Utterance
from voicecoach.errors import InputError
from voicecoach.synthesis.judging import WAV

PAGE = "index.html"
_TEMPLATE = Path(__file__).with_name("listening.html")


def write_page(
    spoken: str | Path, utterances: Sequence[Utterance], n_sentences: int = 10, seed: int = 0
) -> Path:
    """Writes ``index.html`` beside the sounds; it needs no server and no network.

    A listener chooses between ratings from 1 to 5 (mean opinion scores) and ABX (is X the same as A
    or as B?). Order and sides are drawn anew for each listener; the browser saves the answers as a
    CSV file with the names of the systems.

    Args:
        spoken: holds ``wav/<system>/<utterance>.flac``.
        utterances: the sentences.
        n_sentences: how many of them are asked for.
        seed: of which.

    Returns:
        The path of the page.

    Raises:
        InputError: there are no sounds, or the page cannot be written.
    """
    spoken = Path(spoken)
    systems = sorted(path.name for path in (spoken / WAV).glob("*") if path.is_dir())
    if not systems:
        raise InputError(f"{spoken / WAV} holds no systems: run stage 5.")
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(len(utterances))[:n_sentences]
    some = [utterances[index] for index in sorted(chosen)]
    data = {
        "systems": systems,
        "utterances": [utterance.utt for utterance in some],
        "texts": {utterance.utt: utterance.text for utterance in some},
    }
    # In a script element "</" would end it, whatever the text says.
    text = json.dumps(data, ensure_ascii=False).replace("</", "<\\/")
    page = _TEMPLATE.read_text(encoding="utf-8").replace("DATA", text, 1)
    write_text(spoken / PAGE, page)
    return spoken / PAGE

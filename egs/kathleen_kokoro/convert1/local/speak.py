"""Lets Kokoro-82M read the prompts of a metadata.csv: a second speaker with the same sentences.

    python speak.py MODEL.onnx VOICE.bin METADATA.csv OUT [LIMIT]

OUT gets metadata.csv and wav/ID.flac at 24 kHz; LIMIT stops after so many prompts. Recordings that
are there are kept. Phones come from the package's front end, whose symbols Kokoro reads.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
from hibari.tts import ASSETS

from voicecoach.audio import io
from voicecoach.audio.level import unclipped
from voicecoach.data.atomic import make_folder, write_text
from voicecoach.synthesis.misaki import to_misaki
from voicecoach.synthesis.script import read

SAMPLE_RATE = 24000
VOCAB = json.loads((Path(ASSETS) / "vocab.json").read_text(encoding="utf-8"))


class Kokoro:
    """A voice of Kokoro-82M (hexgrad, Apache-2.0; after StyleTTS 2, Li et al., NeurIPS 2023).

    Args:
        model: ONNX file with the inputs tokens, style and speed.
        voice: raw float32 (n, 1, 256), a style for each number of symbols.
    """

    def __init__(self, model: str | Path, voice: str | Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(model, options)
        self._styles = np.fromfile(voice, np.float32).reshape(-1, 256)

    def speak(self, text: str) -> np.ndarray:
        """(n_samples,) at ``SAMPLE_RATE`` of a sentence of one breath."""
        symbols = [f"{''.join(to_misaki(one.word))}{one.punctuation}" for one in read(text)]
        ids = [VOCAB[symbol] for symbol in " ".join(symbols)]
        feeds = {
            "tokens": np.array([[0, *ids, 0]], np.int64),
            "style": self._styles[len(ids)][None],
            "speed": np.ones(1, np.float32),
        }
        return self._session.run(None, feeds)[0].ravel()


def main(model: str, voice: str, metadata: str, out: str, limit: str | None = None) -> None:
    """Speaks what is not there yet."""
    kokoro, folder = Kokoro(model, voice), make_folder(Path(out) / "wav")
    lines = Path(metadata).read_text(encoding="utf-8").splitlines()[: limit and int(limit)]
    for line in lines:
        utt, _, text = line.partition("|")
        if not (folder / f"{utt}.flac").is_file():
            io.save(folder / f"{utt}.flac", unclipped(kokoro.speak(text)), SAMPLE_RATE)
    write_text(Path(out) / "metadata.csv", "\n".join([*lines, ""]))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""What a voice must beat: every symbol always sounds, and lasts, as it does in the mean."""

from dataclasses import replace

import numpy as np

from voicecoach.synthesis.features import VoiceFolder
from voicecoach.synthesis.symbols import SYMBOLS


def symbol_means(train: VoiceFolder, test: VoiceFolder) -> tuple[VoiceFolder, np.ndarray]:
    """Means of each symbol, ten parts of it apart, laid out over other sentences.

    Args:
        train: features to take the means of.
        test: sentences whose natural durations are kept.

    Returns:
        ``test`` with World parameters replaced, and the mean steps of each of its symbols,
        (all symbols,). A symbol that ``train`` lacks has the means of all.
    """
    owners, values = _cells(train), np.asarray(train.world, np.float64)
    n_cells = len(SYMBOLS) * _PARTS
    counts = np.bincount(owners, minlength=n_cells)
    sums = np.zeros((n_cells, values.shape[1]))
    np.add.at(sums, owners, values)
    means = np.where(counts[:, None] > 0, sums / np.maximum(counts, 1)[:, None], values.mean(0))
    steps, symbols = train.symbols[:, 2].astype(float), train.symbols[:, 0]
    times = np.bincount(symbols, minlength=len(SYMBOLS))
    lengths = np.bincount(symbols, weights=steps, minlength=len(SYMBOLS))
    mean_steps = np.where(times > 0, lengths / np.maximum(times, 1), steps.mean())
    world = means[_cells(test)].astype(np.float32)
    return replace(test, world=world), mean_steps[test.symbols[:, 0]]


_PARTS = 10


def _cells(folder: VoiceFolder) -> np.ndarray:
    """(all frames,) symbol times ``_PARTS`` plus which part of the symbol a frame lies in."""
    frames = folder.symbols[:, 2] * folder.spec.frames_per_step
    owner = np.repeat(np.arange(len(frames)), frames)
    done = np.arange(len(owner)) - np.repeat(np.cumsum(frames) - frames, frames)
    part = done * _PARTS // frames[owner]
    return folder.symbols[owner, 0] * _PARTS + part

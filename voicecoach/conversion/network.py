"""A trained network as a way to convert."""

import numpy as np
import torch

from voicecoach.conversion import mapping
from voicecoach.conversion.mapping import FrequencyWarping
from voicecoach.conversion.model import ConverterModel, describe
from voicecoach.conversion.pairs import STRIDE
from voicecoach.conversion.stretching import sample
from voicecoach.conversion.voiceprint import Voiceprint
from voicecoach.postfilter.baselines import VarianceScaling
from voicecoach.synthesis.acoustics import Vocoded

KIND = "network"


class NetworkMapping:
    """Frequency warping, the residual of a network, and the variance that there was before it.

    Args:
        model: in evaluation mode from here on.
        reference: the voice that it was trained with.
    """

    def __init__(self, model: ConverterModel, reference: Voiceprint) -> None:
        self.model = model.eval()
        self.reference = reference

    def convert(
        self, spoken: Vocoded, source: Voiceprint, target: Voiceprint, seed: int = 0
    ) -> np.ndarray:
        """As in ``Mapping``; nothing is drawn, so that ``seed`` is not used."""
        share = mapping.voicing(spoken.voiced)
        rows = mapping.normalised(spoken.mcep, share, source, target)
        voice = describe(target, self.reference)
        slow = residual(self.model, rows[::STRIDE].T, share[::STRIDE], voice).T
        made = rows[:, 1:] + sample(slow, np.arange(len(rows)) / STRIDE)
        # What a network is not sure of it makes smaller.
        lively = VarianceScaling(rows[:, 1:].std(axis=0)).enhance(made)
        change = np.pad(lively - rows[:, 1:], ((0, 0), (1, 0)))
        _, deviation = mapping.moments(share, target)
        return FrequencyWarping().convert(spoken, source, target) + change * deviation


def residual(
    model: ConverterModel, rows: np.ndarray, share: np.ndarray, voice: np.ndarray
) -> np.ndarray:
    """(order, n_frames) of rows (order + 1, n_frames), voicing (n_frames,) and (n_voice,)."""
    device = next(model.parameters()).device
    inputs = (
        torch.from_numpy(np.array(x, dtype=np.float32))[None].to(device)
        for x in (rows, share, voice)
    )
    with torch.inference_mode():
        return model(*inputs)[0].cpu().numpy()

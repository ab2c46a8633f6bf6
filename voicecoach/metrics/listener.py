"""An ear that took no part in making anything here: how well it hears each intended phone.

hama (Apache-2.0, extra ``eval``) recognises IPA phones with CTC. It must never teach: it judges.
"""

from collections.abc import Sequence

import numpy as np

from voicecoach.errors import InputError
from voicecoach.metrics.distance import edit_distance
from voicecoach.text.phones import PHONES, to_ipa

SAMPLE_RATE = 16000  # Hz, what hama hears
_ALSO = {
    "AH": "ə ɐ", "ER": "ɚ ɜ", "CH": "t͡ʃ", "JH": "d͡ʒ", "EY": "e", "OW": "o", "L": "ɫ", "R": "r ɻ",
    "G": "g", "T": "ɾ", "AA": "ɒ", "UW": "ʉ",
}  # fmt: skip
"""What hama writes for a phone beside its IPA."""
_SILENT = ("<blank>", "<wb>")


class Listener:
    """Judges how clearly the phones of a sentence can be heard.

    Raises:
        InputError: hama is not installed.
    """

    def __init__(self) -> None:
        try:
            import hama
        except ImportError:
            raise InputError(
                "The judge hama is not installed: pip install 'voicecoach[eval]'."
            ) from None
        self._model = hama.ASRModel()
        tokens = {token: index for index, token in enumerate(self._model.decoder_tokens)}
        names = [[to_ipa(phone, 1), *_ALSO.get(phone, "").split()] for phone in PHONES]
        self._columns = [
            [tokens[name] for name in group if name in tokens] for group in [_SILENT, *names]
        ]

    def log_posteriors(self, waveform: np.ndarray) -> np.ndarray:
        """(n_frames, 40) log-probabilities every 20 ms: nothing new, then the 39 phones.

        Args:
            waveform: (n_samples,) in [-1, 1] at ``SAMPLE_RATE``.
        """
        samples = np.clip(np.asarray(waveform, dtype=np.float32), -1.0, 1.0)[None]
        log_probabilities, lengths = self._model.session.run(
            ["log_probs", "out_lengths"],
            {"waveform": samples, "waveform_lengths": np.array([samples.shape[1]])},
        )
        rows = log_probabilities[0, : int(lengths[0])]
        return np.stack(
            [np.logaddexp.reduce(rows[:, columns], axis=1) for columns in self._columns], axis=1
        )

    def errors(self, waveform: np.ndarray, phones: Sequence[int]) -> tuple[int, int]:
        """How many phones were put in, left out or exchanged, and how many there are.

        Args:
            waveform: (n_samples,) at ``SAMPLE_RATE``.
            phones: (n_phones,) indices of what was to be said.
        """
        best = self.log_posteriors(waveform).argmax(axis=1)
        changes = best[np.flatnonzero(np.diff(best, prepend=-1))]
        heard = (changes[changes > 0] - 1).tolist()
        return edit_distance(heard, list(phones)), len(phones)

    def clarity(
        self, waveform: np.ndarray, phones: Sequence[int], positions: Sequence[int]
    ) -> np.ndarray:
        """Log-probability that a phone was said rather than another, or none, in its place.

        Goodness of pronunciation without an alignment (Cao et al., Interspeech 2024): the CTC
        likelihood of the sentence against that of the sentence with each other phone, and with
        none, in this position.

        Args:
            waveform: (n_samples,) at ``SAMPLE_RATE``.
            phones: (n_phones,) indices of the sentence.
            positions: of the phones that are asked for.

        Returns:
            (n_positions,), 0 where no other phone would fit, lower where others fit better.
        """
        import torch
        from torch.nn import functional as F

        log_posteriors = torch.from_numpy(self.log_posteriors(waveform)).float()
        n_frames, n_labels = log_posteriors.shape
        labels = torch.as_tensor(np.asarray(phones)) + 1
        clarity = []
        for position in positions:
            rows = labels.repeat(n_labels, 1)
            rows[:, position] = torch.arange(n_labels)
            rows[0] = torch.cat([labels[:position], labels[position + 1 :], labels[-1:]])
            lengths = torch.full((n_labels,), len(labels))
            lengths[0] -= 1  # the one with nothing in its place
            losses = F.ctc_loss(
                log_posteriors[:, None].expand(-1, n_labels, -1),
                rows,
                torch.full((n_labels,), n_frames),
                lengths,
                reduction="none",
            )
            clarity.append((-losses).log_softmax(0)[labels[position]].item())
        return np.array(clarity)

"""The multitask network: sound to phones, then phones in their sentence to scores."""

from typing import Literal

from pydantic import Field
from torch import Tensor, nn

from voicecoach.config import Spec
from voicecoach.core.trunk import RecurrentTrunk, TransformerTrunk
from voicecoach.scoring.judge import N_CLASSES, Inputs, Judge, Scores, pool
from voicecoach.scoring.recogniser import PhoneRecogniser


class ModelSpec(Spec):
    """Sizes of the scorer. ``trunk`` names the acoustic network; ``judges`` of them score each
    phone independently, and their mean counts."""

    trunk: Literal["transformer", "recurrent"]
    trunk_width: int = Field(gt=0)
    trunk_layers: int = Field(gt=0)
    trunk_heads: int = Field(gt=0)
    head_width: int = Field(gt=0)
    judges: int = Field(gt=0)
    judge_width: int = Field(gt=0)
    judge_layers: int = Field(gt=0)
    judge_heads: int = Field(gt=0)
    dropout: float = Field(ge=0.0, lt=1.0)


class ScorerModel(nn.Module):
    """An acoustic trunk, a head that names the phone of each frame (to find where the phones lie),
    a recogniser that names the phone of each segment, and judges of the intended sentence."""

    def __init__(self, spec: ModelSpec, n_mels: int) -> None:
        super().__init__()
        self.spec = spec
        width = spec.trunk_width
        if spec.trunk == "transformer":
            self.trunk = TransformerTrunk(n_mels, width, spec.trunk_layers, spec.trunk_heads)
        else:
            self.trunk = RecurrentTrunk(n_mels, width, spec.trunk_layers, spec.dropout)
        # The trunk halves the frame rate; two posteriors per step bring 10 ms back.
        self.frame_head = nn.Sequential(
            nn.Linear(width, spec.head_width),
            nn.GELU(),
            nn.Dropout(spec.dropout),
            nn.Linear(spec.head_width, 2 * N_CLASSES),
        )
        self.recogniser = PhoneRecogniser(width, spec.head_width, spec.dropout)
        self.judges = nn.ModuleList(
            Judge(width, spec.judge_width, spec.judge_layers, spec.judge_heads, spec.dropout)
            for _ in range(spec.judges)
        )

    def listen(
        self, log_mel: Tensor, lengths: Tensor, heard: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Trunk features (batch, n_steps, width), one per two frames, and frame logits
        (batch, n_frames, 40): the 39 phones in alphabetical order, then silence. ``heard`` is what
        the trunk makes of ``log_mel``, if that is known."""
        features = self.trunk(log_mel, lengths)[0] if heard is None else heard
        logits = self.frame_head(features).view(len(features), -1, N_CLASSES)
        return features, logits[:, : log_mel.shape[1]]

    def judge(
        self, features: Tensor, logits: Tensor, recognised: Tensor, inputs: Inputs
    ) -> list[Scores]:
        """What each judge says of the intended sentence, given where each phone lies and what the
        recogniser says of it."""
        # Detached: scores must not bend what names and places the phones.
        posteriors = logits.detach().float().log_softmax(-1)
        clues = pool(features, posteriors, recognised.detach(), inputs)
        return [judge(clues, inputs) for judge in self.judges]

    def forward(self, inputs: Inputs) -> tuple[Tensor, Tensor, list[Scores]]:
        """Frame logits (batch, n_frames, 40), log-likelihoods of the phones said (batch, n_phones,
        40), and the scores of each judge."""
        features, logits = self.listen(inputs.log_mel, inputs.lengths, inputs.heard)
        recognised = self.recogniser(features, inputs.lengths, inputs.segments)
        return logits, recognised, self.judge(features, logits, recognised, inputs)

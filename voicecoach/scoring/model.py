"""The multitask network: frames to phones, then phones in their sentence to scores."""

from typing import Literal

from pydantic import Field
from torch import Tensor, nn

from voicecoach.config import Spec
from voicecoach.core.trunk import RecurrentTrunk, TransformerTrunk
from voicecoach.scoring.judge import N_CLASSES, Inputs, Judge, Scores, pool


class ModelSpec(Spec):
    """Sizes of the scorer. ``trunk`` names the acoustic network; ``judges`` of them score each
    phone independently, and their mean counts."""

    trunk: Literal["transformer", "recurrent"]
    trunk_width: int = Field(gt=0)
    trunk_layers: int = Field(gt=0)
    trunk_heads: int = Field(gt=0)
    judges: int = Field(gt=0)
    judge_width: int = Field(gt=0)
    judge_layers: int = Field(gt=0)
    judge_heads: int = Field(gt=0)
    dropout: float = Field(ge=0.0, lt=1.0)


class ScorerModel(nn.Module):
    """An acoustic trunk, a head that recognises phones frame by frame, and judges."""

    def __init__(self, spec: ModelSpec, n_mels: int) -> None:
        super().__init__()
        self.spec = spec
        width = spec.trunk_width
        if spec.trunk == "transformer":
            self.trunk = TransformerTrunk(n_mels, width, spec.trunk_layers, spec.trunk_heads)
        else:
            self.trunk = RecurrentTrunk(n_mels, width, spec.trunk_layers, spec.dropout)
        # The trunk halves the frame rate; two posteriors per step bring 10 ms back.
        self.frame_head = nn.Linear(width, 2 * N_CLASSES)
        self.judges = nn.ModuleList(
            Judge(width, spec.judge_width, spec.judge_layers, spec.judge_heads, spec.dropout)
            for _ in range(spec.judges)
        )

    def listen(self, log_mel: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """Trunk features (batch, n_steps, width), one per two frames, and frame logits
        (batch, n_frames, 40): the 39 phones in alphabetical order, then silence."""
        features, _ = self.trunk(log_mel, lengths)
        logits = self.frame_head(features).view(len(features), -1, N_CLASSES)
        return features, logits[:, : log_mel.shape[1]]

    def judge(self, features: Tensor, logits: Tensor, inputs: Inputs) -> list[Scores]:
        """What each judge says of the intended sentence, given where each phone lies."""
        # Detached: scores must not bend the phone recogniser that also places the phones.
        clues = pool(features, logits.detach().float().log_softmax(-1), inputs)
        return [judge(clues, inputs) for judge in self.judges]

    def forward(self, inputs: Inputs) -> tuple[Tensor, list[Scores]]:
        """Frame logits (batch, n_frames, 40) and the scores of each judge."""
        features, logits = self.listen(inputs.log_mel, inputs.lengths)
        return logits, self.judge(features, logits, inputs)

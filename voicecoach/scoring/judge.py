"""A judge: the phones of the intended sentence in, their scores out."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

import torch
from torch import Tensor, nn

from voicecoach.core.pooling import segment_means, thirds
from voicecoach.core.trunk import SelfAttentionBlock

N_PHONES = 39
SILENCE = N_PHONES
N_CLASSES = N_PHONES + 1
N_POSITIONS = 4  # begin, inside, end of a word, or a word of one phone
SENTENCE_SCORES = ("accuracy", "completeness", "fluency", "prosody", "total")
WORD_SCORES = ("accuracy", "stress", "total")
PHONE_GRADES = 3  # experts give 0, 1 or 2


@dataclass
class Inputs:
    """One padded batch. Frames are counted at the hop of the log mel (10 ms).

    ``log_mel`` (batch, n_frames, n_mels), ``lengths`` (batch,), ``phones`` (batch, n_phones)
    indices with 0 as padding, ``phone_mask`` the same shape and True on real phones, ``segments``
    (batch, n_phones, 2) start and end frame, ``positions`` (batch, n_phones) in the word,
    ``words`` (batch, n_phones) index of the word of each phone, ``n_words`` the largest count,
    ``heard`` (batch, n_steps, trunk_width) what the trunk makes of ``log_mel`` if that is known.
    """

    log_mel: Tensor
    lengths: Tensor
    phones: Tensor
    phone_mask: Tensor
    segments: Tensor
    positions: Tensor
    words: Tensor
    n_words: int
    heard: Tensor | None = None

    def to(self, device: torch.device | str) -> "Inputs":
        """The same batch on another device."""
        moved = {f.name: getattr(self, f.name) for f in fields(self)}
        return type(self)(
            **{k: v.to(device) if isinstance(v, Tensor) else v for k, v in moved.items()}
        )


@dataclass
class Scores:
    """What a judge says: ``grades`` (batch, n_phones, 3) log-odds of the experts' 0, 1, 2;
    ``words`` (batch, n_words, 3) and ``sentence`` (batch, 5) on a scale of 0-2, in the order of
    ``WORD_SCORES`` and ``SENTENCE_SCORES``.
    """

    grades: Tensor
    words: Tensor
    sentence: Tensor

    @property
    def phones(self) -> Tensor:
        """Expected phone score 0-2 (batch, n_phones): the mean of the grade distribution."""
        grade = torch.arange(PHONE_GRADES, device=self.grades.device, dtype=torch.float32)
        return (self.grades.float().softmax(-1) * grade).sum(-1)

    @classmethod
    def mean(cls, opinions: Sequence["Scores"]) -> "Scores":
        """The mean of several judges: of probabilities where there are classes."""
        grades = torch.stack([o.grades.log_softmax(-1) for o in opinions])
        return cls(
            grades=grades.logsumexp(0) - math.log(len(opinions)),
            words=torch.stack([o.words for o in opinions]).mean(0),
            sentence=torch.stack([o.sentence for o in opinions]).mean(0),
        )


@dataclass
class Clues:
    """What was heard, pooled by phone: ``sound`` (batch, n_phones, 3 * trunk_width) features of
    beginning, middle and end, ``evidence`` (batch, n_phones, ``N_EVIDENCE``) what it could have
    been and its duration, ``rhythm`` (batch, trunk_width + ``N_RHYTHM``) of the whole recording.
    """

    sound: Tensor
    evidence: Tensor
    rhythm: Tensor


N_EVIDENCE = 2 * N_CLASSES + 6
N_RHYTHM = 4


def pool(features: Tensor, log_posteriors: Tensor, recognised: Tensor, inputs: Inputs) -> Clues:
    """Gathers the clues, given where each phone lies.

    The evidence is goodness of pronunciation (Witt and Young, 2000): the mean log posterior of
    every phone, of the canonical one, of its best rival, their difference; what the recogniser
    takes the whole segment for, and how much it prefers the canonical phone; and the duration,
    alone and against that of the sentence's other phones.

    Args:
        features: (batch, n_steps, trunk_width), one step per two frames.
        log_posteriors: (batch, n_frames, 40) of the 39 phones and silence.
        recognised: (batch, n_phones, 40) log-likelihoods of the recogniser.
        inputs: the sentence and its segments.
    """
    by_frame = features.repeat_interleave(2, dim=1)[:, : log_posteriors.shape[1]]
    segments, real = inputs.segments, inputs.phone_mask
    sound = segment_means(by_frame, thirds(segments).flatten(1, 2)).view(*real.shape, -1)
    evidence = segment_means(log_posteriors, segments)
    canonical, best_rival = _canonical_and_rival(evidence[..., :SILENCE], inputs.phones)
    whole_phone = recognised.log_softmax(-1).clamp(min=-20)
    likely, likely_rival = _canonical_and_rival(whole_phone, inputs.phones)
    n_frames = (segments[..., 1] - segments[..., 0]).float() * real
    log_duration = n_frames.clamp(min=1).log()[..., None]
    n_phones = real.sum(1).float().clamp(min=1)
    mean_duration = (log_duration[..., 0] * real).sum(1) / n_phones
    cues = [canonical, best_rival, canonical - best_rival, likely - likely_rival]
    cues += [log_duration, log_duration - mean_duration[:, None, None]]

    first, last = segments[:, 0, 0], (segments * real[..., None]).amax((1, 2))
    whole = torch.stack([first, last], -1)[:, None]
    span = (last - first).clamp(min=1).float()
    rates = torch.stack([n_frames.sum(1) / span, 10 * n_phones / span, mean_duration / 2], -1)
    silence = segment_means(log_posteriors[..., SILENCE:].exp(), whole)[:, 0]
    mean_sound = segment_means(by_frame, whole)[:, 0]
    return Clues(
        sound=sound,
        # Divided so that all numbers are about as large as those of a normalised layer.
        evidence=torch.cat([evidence / 4, whole_phone / 4, torch.cat(cues, -1) / 2], -1),
        rhythm=torch.cat([mean_sound, rates, silence], -1),
    )


def goodness_of_pronunciation(log_posteriors: Tensor, inputs: Inputs) -> Tensor:
    """Raw goodness of pronunciation (Witt and Young, 2000) of each phone (batch, n_phones).

    The mean log posterior of the canonical phone minus that of its best rival, from log posteriors
    (batch, n_frames, 40): a baseline that was taught no scores.
    """
    evidence = segment_means(log_posteriors, inputs.segments)
    canonical, rival = _canonical_and_rival(evidence[..., :SILENCE], inputs.phones)
    return (canonical - rival)[..., 0]


def _canonical_and_rival(scores: Tensor, phones: Tensor) -> tuple[Tensor, Tensor]:
    """The score (batch, n_phones, 1) of each canonical phone, and the best of all others."""
    index = phones[..., None]
    rival = scores.scatter(2, index, -math.inf).amax(-1, keepdim=True)
    return scores.gather(2, index), rival


class Judge(nn.Module):
    """A transformer over the phones of a sentence: what each sounds like, and what it should be."""

    def __init__(
        self, trunk_width: int, width: int, layers: int, heads: int, dropout: float
    ) -> None:
        super().__init__()
        self.project = nn.Linear(3 * trunk_width, width)
        self.evidence = nn.Sequential(
            nn.Linear(N_EVIDENCE, width), nn.GELU(), nn.Linear(width, width)
        )
        self.identity = nn.Embedding(N_PHONES, width)
        self.position = nn.Embedding(N_POSITIONS, width)
        self.rhythm = nn.Linear(trunk_width + N_RHYTHM, width)
        self.dropout = nn.Dropout(dropout)
        self.blocks = nn.ModuleList(
            SelfAttentionBlock(width, heads, dropout) for _ in range(layers)
        )
        self.norm = nn.LayerNorm(width)
        self.grade_head = nn.Linear(width, PHONE_GRADES)
        self.word_head = nn.Linear(2 * width, len(WORD_SCORES))
        self.sentence_head = nn.Sequential(
            nn.Linear(2 * width, width), nn.GELU(), nn.Linear(width, len(SENTENCE_SCORES))
        )
        with torch.no_grad():  # start from the usual scores, not from the middle of the scale
            self.grade_head.bias.copy_(torch.tensor([-1.5, -0.8, 2.0]))
            self.word_head.bias.fill_(1.7)
            self.sentence_head[-1].bias.fill_(1.4)

    def forward(self, clues: Clues, inputs: Inputs) -> Scores:
        """Scores the phones of the intended sentence from what was heard of them."""
        x = (
            self.project(clues.sound)
            + self.evidence(clues.evidence)
            + self.identity(inputs.phones)
            + self.position(inputs.positions)
        )
        x = self.dropout(torch.cat([self.rhythm(clues.rhythm)[:, None], x], 1))
        mask = torch.cat([torch.ones_like(inputs.phone_mask[:, :1]), inputs.phone_mask], 1)
        for block in self.blocks:
            x = block(x, mask)
        x = self.norm(x)
        whole, x = x[:, 0], x[:, 1:]
        real = inputs.phone_mask[..., None].float()
        mean = (x * real).sum(1) / real.sum(1).clamp(min=1)
        return Scores(
            grades=self.grade_head(x).float(),
            words=self.word_head(self._by_word(x, inputs)).float(),
            sentence=self.sentence_head(torch.cat([whole, mean], -1)).float(),
        )

    @staticmethod
    def _by_word(x: Tensor, inputs: Inputs) -> Tensor:
        """Mean and minimum over the phones of each word: (batch, n_words, 2 * width)."""
        index = inputs.words[..., None].expand(-1, -1, x.shape[-1])
        shape = (x.shape[0], inputs.n_words, x.shape[-1])
        real = inputs.phone_mask[..., None].to(x.dtype)
        total = x.new_zeros(shape).scatter_add(1, index, x * real)
        count = x.new_zeros(shape[0], shape[1], 1).scatter_add(1, inputs.words[..., None], real)
        outside = torch.where(inputs.phone_mask[..., None], x, torch.full_like(x, 1e4))
        least = x.new_full(shape, 1e4).scatter_reduce(1, index, outside, "amin")
        least = torch.where(count > 0, least, torch.zeros_like(least))
        return torch.cat([total / count.clamp(min=1), least], -1)

"""How a converter is trained: the reference voice on one side, many learners on the other."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from voicecoach.conversion import content
from voicecoach.conversion.corpus import Batch, Corpus
from voicecoach.conversion.frames import ORDER
from voicecoach.conversion.model import (
    ConverterModel,
    ConverterModelSpec,
    SlowDiscriminator,
)
from voicecoach.conversion.network import KIND, residual
from voicecoach.conversion.pairs import PairFolder
from voicecoach.conversion.speakers import is_lone, split
from voicecoach.conversion.spec import ConverterTrainSpec
from voicecoach.errors import InputError
from voicecoach.metrics import modulation
from voicecoach.postfilter.baselines import VarianceScaling
from voicecoach.training.gan import Adversary, GANTrainer, Outputs
from voicecoach.training.schedules import warmup_cosine


def train(
    pairs: PairFolder,
    out: str | Path,
    model_spec: ConverterModelSpec,
    spec: ConverterTrainSpec,
    resume: bool = False,
) -> dict[str, float]:
    """Trains a converter; keeps ``last`` and ``best`` in ``out``.

    Args:
        pairs: those that ``speakers.split`` holds out are left alone.
        out: gets the checkpoints and the log.
        model_spec: sizes.
        spec: how to train; without adversarial and feature matching weights there is no adversary.
        resume: goes on after the last finished epoch.

    Returns:
        The metrics of the last epoch, on speakers that only choose: ``error`` frame by frame,
        ``modulation`` distance in dB, ``distance``, the mean of both in units of what
        ``mapping.FrequencyWarping`` alone has.

    Raises:
        InputError: there are too few speakers.
    """
    torch.manual_seed(spec.seed)
    parts = split(pairs.utts, pairs.speakers, spec.held_every, spec.dev_every)
    lone = is_lone(pairs.speakers)
    if not parts.learns or not parts.chooses:
        many = f"{len(pairs.utts)} sentences" if lone else f"{len(set(pairs.speakers))} speakers"
        raise InputError(f"{many} are too few to train on.")
    corpus, heard = Corpus(pairs, parts.learns), Corpus(pairs, parts.chooses)
    voices = torch.from_numpy(np.stack(list(corpus.voices.values())))
    model = ConverterModel(model_spec, ORDER, voices.shape[1])
    model.voice_mean.copy_(voices.mean(0))
    if not lone:  # the voiceprints of one speaker differ by chance only
        model.voice_std.copy_(voices.std(0).clamp_min(1e-3))
    n_batches = -(-len(parts.learns) * spec.crops // spec.batch_size)
    optimiser = torch.optim.Adam(model.parameters(), spec.learning_rate, betas=(0.5, 0.9))
    total = spec.epochs * n_batches
    scheduler = warmup_cosine(optimiser, int(spec.warmup_share * total), total)
    adversary = None
    if spec.weights.adversarial or spec.weights.feature_matching:
        discriminator = SlowDiscriminator(model_spec, ORDER)
        learns = torch.optim.Adam(
            discriminator.parameters(), spec.discriminator_rate, betas=(0.5, 0.9)
        )
        adversary = Adversary(discriminator, learns, spec.criterion)
    ear = _ear(corpus, spec) if spec.weights.content else None
    # A coefficient counts as much as it changes the spectrum: high ones are small.
    deviation = torch.from_numpy(pairs.reference.deviation[1, 1:]).float()
    size = (deviation / deviation.mean())[None, :, None]

    def generate(model: ConverterModel, batch: Batch) -> Outputs:
        source, target = batch.source[:, 1:], batch.target[:, 1:]
        fake = source + model(batch.source, batch.share, batch.voice)
        # What is not said well teaches nothing: there, both are the same.
        weight = batch.weight[:, None]
        real = weight * target + (1.0 - weight) * fake.detach()
        return Outputs(real[:, None], fake[:, None])

    def losses(batch: Batch, outputs: Outputs) -> dict[str, Tensor]:
        # Where the target does not count, real and fake are the same.
        difference = (outputs.fake - outputs.real)[:, 0] * size.to(outputs.fake.device)
        share = batch.weight.mean().clamp_min(1e-3)
        found = {
            "square": difference.square().mean() / share,
            "absolute": difference.abs().mean() / share,
        }
        if ear is not None:
            before, after = batch.source[:, 1:], outputs.fake[:, 0]
            heard = ear.to(after.device)
            found["content"] = content.changed(heard, before, after, batch.share, batch.weight)
        return found

    def validate(model: ConverterModel, epoch: int) -> dict[str, float]:
        return evaluate(model, heard, size[0].numpy())

    trainer = GANTrainer(
        model,
        generate,
        losses,
        spec.weights.model_dump(),
        adversary,
        optimiser,
        scheduler,
        spec,
        out,
        config={
            "kind": KIND,
            "model": model_spec.model_dump(mode="json"),
            "train": spec.model_dump(mode="json"),
        },
        statistics=pairs.reference.tensors(),
    )
    return trainer.fit(lambda epoch: corpus.batches(spec, epoch), validate, resume=resume)


def _ear(corpus: Corpus, spec: ConverterTrainSpec) -> content.PhoneEar:
    """Learns phones from both sides, as many epochs as the converter learns."""

    def examples() -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        for epoch in range(spec.epochs):
            for batch in corpus.batches(spec, epoch):
                yield batch.source[:, 1:], batch.share, batch.phone
                # What is not said well is perhaps another phone.
                well = batch.weight > 0
                phone = torch.where(well, batch.phone, content.NO_PHONE)
                yield batch.target[:, 1:], batch.share, phone

    with torch.random.fork_rng(devices=[]):  # the converter begins alike, with and without
        torch.manual_seed(spec.seed)
        return content.learn(examples(), ORDER)


def evaluate(model: ConverterModel, heard: Corpus, size: np.ndarray) -> dict[str, float]:
    """``error``, ``modulation`` and ``distance`` of utterances, as ``train`` says.

    Also of what the network makes before its variance is scaled, which hides blur:
    ``unscaled_modulation``, and ``unscaled_variance_db`` above that of the targets.
    """
    made, unscaled, plain, natural, errors = [], [], [], [], []
    for index in heard.indices:
        source, target = heard.rows(index, 0)
        at = heard.pairs.frames(index)
        share, weight = heard.pairs.share[at], heard.pairs.weight[at].astype(np.float32)
        found = source[1:] + residual(model, source, share, heard.voice(index, 0))
        if weight.sum() < 1.0:
            continue
        spoken = weight > 0
        scaled = VarianceScaling(source[1:, spoken].std(axis=1)).enhance(found[:, spoken].T)
        made.append(scaled)
        unscaled.append(found[:, spoken].T)
        plain.append(source[1:, spoken].T)
        natural.append(target[1:, spoken].T)
        errors.append(
            [
                np.average(np.linalg.norm((x - target[1:]) * size, axis=0), weights=weight)
                for x in (found, source[1:])
            ]
        )
    error, plain_error = np.mean(errors, axis=0)
    *spectra, aim = map(modulation.log_modulation_spectrum_db, (made, plain, unscaled, natural))
    own, base, before = (modulation.distance_db(x, aim) for x in spectra)
    variances_db = [modulation.log_global_variance_db(x) for x in (unscaled, natural)]
    return {
        "error": float(error),
        "modulation": own,
        "distance": float(error / plain_error + own / base) / 2,
        "unscaled_modulation": before,
        "unscaled_variance_db": float(np.mean(variances_db[0] - variances_db[1])),
    }

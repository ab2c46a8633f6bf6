"""What a frozen trunk makes of the training features: computed once, not once an epoch."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import nn

from voicecoach.data.atomic import replacing
from voicecoach.data.augment import AugmentSpec, spec_augment
from voicecoach.scoring.batching import bucketed, pad
from voicecoach.scoring.features import FeatureFolder
from voicecoach.training import distributed

_FRAMES_AT_ONCE = 12000


def hear(
    folder: FeatureFolder,
    trunk: nn.Module,
    augment: AugmentSpec,
    bf16: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> FeatureFolder:
    """Runs the trunk over every copy, and keeps the result beside it as ``heard<copy>.npy``.

    All copies but the clean one are masked first (SpecAugment), with masks drawn once for each
    recording of each copy. What is there already, of the same trunk, is not computed again; of
    several processes one computes and the others wait.

    Args:
        folder: its ``path`` may be None; then nothing is written.
        trunk: on the device to compute on.
        augment: the masks.
        bf16: computes in bfloat16. What is kept has 16 bits in any case.
        progress: called with (done, total) copies.

    Returns:
        The folder with ``heard``.
    """
    was_training = trunk.training
    trunk.eval()
    weights = b"".join(t.cpu().numpy().tobytes() for t in trunk.state_dict().values())
    settings = f"{augment.model_dump_json()} {bf16} ".encode()
    heard = []
    for copy in range(len(folder.copies)):
        if folder.path is None:
            heard.append(_listen(folder, copy, trunk, augment, bf16))
        else:
            written = (folder.path / f"copy{copy}.npy").stat().st_mtime_ns
            made_from = hashlib.sha256(weights + settings + str(written).encode()).hexdigest()
            path = folder.path / f"heard{copy}.npy"
            if distributed.is_main() and not _is_there(path, made_from):
                _write(path, made_from, _listen(folder, copy, trunk, augment, bf16))
            distributed.barrier()
            heard.append(np.load(path, mmap_mode="r", allow_pickle=False))
        if progress is not None:
            progress(copy + 1, len(folder.copies))
    trunk.train(was_training)
    return replace(folder, heard=tuple(heard))


def _is_there(path: Path, made_from: str) -> bool:
    note = path.with_suffix(".json")
    if not (path.exists() and note.exists()):
        return False
    return json.loads(note.read_text(encoding="utf-8")).get("made_from") == made_from


def _write(path: Path, made_from: str, steps: np.ndarray) -> None:
    note = path.with_suffix(".json")
    note.unlink(missing_ok=True)  # it must not speak of another array
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.save(file, steps, allow_pickle=False)
    with replacing(note) as temporary:
        temporary.write_text(json.dumps({"made_from": made_from}), encoding="utf-8")


@torch.inference_mode()
def _listen(
    folder: FeatureFolder, copy: int, trunk: nn.Module, augment: AugmentSpec, bf16: bool
) -> np.ndarray:
    """(all steps, trunk_width) float16."""
    device = next(trunk.parameters()).device
    lengths = np.diff(folder.offsets[copy])
    ends = np.cumsum((lengths + 1) // 2)
    steps: np.ndarray | None = None
    for group in bucketed(lengths, _FRAMES_AT_ONCE):
        log_mel, n_frames = pad([folder.frames(index, copy) for index in group])
        if copy:
            generator = torch.Generator().manual_seed(1000 * copy + group[0])
            log_mel = spec_augment(log_mel, generator, augment, n_frames)
        with torch.autocast(device.type, torch.bfloat16, enabled=bf16):
            features, _ = trunk(log_mel.to(device), n_frames.to(device))
        features = features.half().cpu().numpy()
        if steps is None:
            steps = np.empty((ends[-1], features.shape[-1]), dtype=np.float16)
        for row, index in zip(features, group, strict=True):
            size = (lengths[index] + 1) // 2
            steps[ends[index] - size : ends[index]] = row[:size]
    return steps

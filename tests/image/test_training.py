import numpy as np
import pytest
import torch

from voicecoach import config
from voicecoach.errors import InputError
from voicecoach.image import training
from voicecoach.image.features import FaceFolder
from voicecoach.image.frame import Frame
from voicecoach.image.landmarks import mirror
from voicecoach.image.training import FaceTrainSpec


@pytest.fixture
def spec(repo):
    return config.load(repo / "conf/train/face.yaml", FaceTrainSpec)


@pytest.fixture
def faces(points):
    """Twelve people, each neutral and smiling."""
    n = 24
    rng = np.random.default_rng(0)
    return FaceFolder(
        names=np.array([f"f{i}" for i in range(n)]),
        people=np.array([f"p{i // 2}" for i in range(n)]),
        sexes=np.array(["male" if i // 2 < 6 else "female" for i in range(n)]),
        classes=np.arange(n) % 2,
        patches=rng.integers(0, 256, (n, 128, 128), dtype=np.uint8),
        landmarks=points[None] / 2 + rng.normal(size=(n, 1, 2)),
    )


def test_each_person_gives_one_picture_balanced_within_each_sex(faces):
    drawn = faces.take(training.draw_one_each(faces, seed=3))
    assert sorted(drawn.people) == sorted(set(faces.people))
    for sex in ("male", "female"):
        assert drawn.classes[drawn.sexes == sex].sum() == 3
    again = training.draw_one_each(faces, seed=3)
    assert (faces.names[again] == drawn.names).all()
    others = {tuple(training.draw_one_each(faces, seed)) for seed in range(5)}
    assert len(others) > 1


def test_people_are_never_on_both_sides(faces):
    seen = []
    for fold in range(3):
        train, held_out = training.split(faces, 3, fold)
        assert not set(train.people) & set(held_out.people)
        assert len(train.names) + len(held_out.names) == 24
        seen += list(held_out.names)
    assert sorted(seen) == sorted(faces.names)
    with pytest.raises(InputError, match="no fold 3"):
        training.split(faces, 3, 3)
    with pytest.raises(InputError, match="cannot be cross-validated"):
        training.split(faces, 40, 0)


def test_mirrored_crops_have_mirrored_landmarks(faces, spec):
    still = training.FaceAugmentSpec(shift=0, scale=0, angle_deg=0, light=0, noise=0, erase=0)
    chosen = np.zeros(16, dtype=int)
    batch = training.make_batch(faces, chosen, 64, still, seed=1)
    units = Frame.of(faces.landmarks[:1]).to_units(faces.landmarks[:1])
    units[0, 48] += 1e-9
    plain, flipped = (torch.from_numpy(x).float().view(-1) for x in (units, mirror(units)))
    first = next(i for i in range(16) if torch.allclose(batch.parts[i], plain, atol=1e-5))
    for crop, parts in zip(batch.crops, batch.parts, strict=True):
        turned = torch.allclose(crop, batch.crops[first].flip(-1), atol=1e-3)
        assert turned != torch.allclose(crop, batch.crops[first], atol=1e-3)
        assert torch.allclose(parts, flipped if turned else plain, atol=1e-5)
    assert not torch.equal(batch.crops.flatten(1).amin(0), batch.crops.flatten(1).amax(0))


def test_disturbed_batches_follow_their_seed_alone(faces, spec):
    chosen = np.arange(6)
    first, again, other = (
        training.make_batch(faces, chosen, 64, spec.augment, seed) for seed in (1, 1, 2)
    )
    assert torch.equal(first.crops, again.crops)
    assert not torch.equal(first.crops, other.crops)
    assert torch.isfinite(first.crops).all()
    assert torch.allclose(first.crops.std((1, 2, 3)), torch.ones(6), atol=1e-3)

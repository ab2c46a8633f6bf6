"""Checkpoint folders and packed weights."""

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from voicecoach.errors import InputError
from voicecoach.training import checkpoint

CONFIG = {
    "task": "score",
    "model": {"n_heads": 2},
    "model_dump": None,
    "audio": {"sample_rate": 16000, "fmax": 8000.0},
    "layers": [1, 2],
}


def small_model() -> torch.nn.Module:
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4))


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_comes_back_as_it_was(tmp_path: Path) -> None:
    model = small_model()
    statistics = {"mean": torch.arange(3.0)}
    folder = checkpoint.save_folder(
        tmp_path / "a", CONFIG, model.state_dict(), "# Über\n", statistics
    )
    found = checkpoint.load(folder)
    assert found.config == CONFIG
    assert found.card == "# Über\n"
    assert torch.equal(found.statistics["mean"], statistics["mean"])
    other = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4))
    checkpoint.load_weights(other, found.tensors, folder)
    for name, tensor in model.state_dict().items():
        assert torch.equal(other.state_dict()[name], tensor)
        assert other.state_dict()[name].dtype == tensor.dtype
    assert files(tmp_path) == ["a"]


def test_tied_weights_can_be_saved(tmp_path: Path) -> None:
    weight = torch.randn(2, 3)
    folder = checkpoint.save_folder(tmp_path / "a", {}, {"in": weight, "out": weight.T})
    found = checkpoint.load(folder).tensors
    assert torch.equal(found["in"], found["out"].T)


def test_a_new_checkpoint_replaces_every_file(tmp_path: Path) -> None:
    one = {"w": torch.ones(2)}
    checkpoint.save_folder(tmp_path / "a", {"n": 1}, one, statistics={"mean": torch.zeros(1)})
    checkpoint.save_folder(tmp_path / "a", {"n": 2}, {"w": torch.zeros(3)})
    found = checkpoint.load(tmp_path / "a")
    assert found.config == {"n": 2}
    assert found.statistics == {}
    assert found.tensors["w"].shape == (3,)
    assert files(tmp_path) == ["a"]


def test_a_failed_save_leaves_the_old_checkpoint(tmp_path: Path) -> None:
    checkpoint.save_folder(tmp_path / "a", {"n": 1}, {"w": torch.ones(2)})
    with pytest.raises(KeyboardInterrupt), checkpoint.replacing(tmp_path / "a") as temporary:
        (temporary / "config.yaml").write_text("n: 2\n")
        raise KeyboardInterrupt
    assert checkpoint.load(tmp_path / "a").config == {"n": 1}
    assert files(tmp_path) == ["a"]


def test_finds_the_old_checkpoint_after_a_stop_between_the_two_renames(tmp_path: Path) -> None:
    folder = checkpoint.save_folder(tmp_path / "a", {"n": 1}, {"w": torch.ones(2)})
    folder.rename(tmp_path / ".a.previous")
    assert checkpoint.load(folder).config == {"n": 1}
    checkpoint.save_folder(folder, {"n": 2}, {"w": torch.ones(2)})
    assert checkpoint.load(folder).config == {"n": 2}
    assert files(tmp_path) == ["a"]


def test_the_old_checkpoint_outlives_a_failed_rename(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = checkpoint.save_folder(tmp_path / "a", {"n": 1}, {"w": torch.ones(2)})
    rename = Path.replace

    def full_disk(source: Path, target: Path) -> Path:
        if target == folder:
            raise OSError("No space left on device")
        return rename(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full_disk)
        with pytest.raises(InputError, match="No space left"):
            checkpoint.save_folder(folder, {"n": 2}, {"w": torch.ones(2)})
    assert checkpoint.load(folder).config == {"n": 1}


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="Cannot write the checkpoint"):
        checkpoint.save_folder(tmp_path / "file" / "a", {}, {"w": torch.ones(1)})


def test_missing_folders_and_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no checkpoint folder .*absent"):
        checkpoint.load(tmp_path / "absent")
    folder = checkpoint.save_folder(tmp_path / "a", CONFIG, {"w": torch.ones(2)})
    (folder / "model.safetensors").unlink()
    with pytest.raises(InputError, match=r"has no model\.safetensors"):
        checkpoint.load(folder)
    (folder / "config.yaml").unlink()
    with pytest.raises(InputError, match=r"config\.yaml"):
        checkpoint.load(folder)


@pytest.mark.parametrize("keep", [0, 4, 30, -4])
def test_a_cut_off_file_is_damaged(tmp_path: Path, keep: int) -> None:
    folder = checkpoint.save_folder(tmp_path / "a", CONFIG, {"w": torch.ones(50)})
    model = folder / "model.safetensors"
    model.write_bytes(model.read_bytes()[:keep])
    with pytest.raises(InputError, match=r"model\.safetensors is damaged"):
        checkpoint.load(folder)


def test_a_pickle_is_refused(tmp_path: Path) -> None:
    folder = checkpoint.save_folder(tmp_path / "a", CONFIG, {"w": torch.ones(2)})
    torch.save({"w": torch.ones(2)}, folder / "model.safetensors")
    with pytest.raises(InputError, match="is damaged"):
        checkpoint.load(folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"0.weight": torch.ones(4, 2)}, r"'0\.weight' has shape \(4, 2\), not \(4, 3\)"),
        ({"0.bias": None}, r"it has no weight '0\.bias'"),
        ({"2.weight": torch.ones(1)}, r"it has a weight '2\.weight' more"),
    ],
)
def test_weights_of_another_model_change_nothing(change: dict, message: str) -> None:
    model = small_model()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    tensors = {name: tensor + 1 for name, tensor in before.items()} | change
    tensors = {name: tensor for name, tensor in tensors.items() if tensor is not None}
    with pytest.raises(InputError, match=f"here does not fit the model: {message}"):
        checkpoint.load_weights(model, tensors, "here")
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())


values = st.floats(-1e4, 1e4, width=32)


@settings(deadline=None, max_examples=60)
@given(
    rows=arrays.arrays(np.float32, st.tuples(st.integers(1, 6), st.integers(1, 5)), elements=values)
)
def test_int8_is_wrong_by_half_a_step_at_most(rows: np.ndarray) -> None:
    # Repeating the columns makes the matrix big enough to be packed, and changes no row maximum.
    matrix = torch.from_numpy(rows).repeat(1, checkpoint.BIG + 1)
    packed = checkpoint.pack({"w": matrix})
    assert packed["w"].dtype == torch.int8
    assert packed["w.scale"].shape == (len(rows),)
    unpacked = checkpoint.unpack(packed)
    assert list(unpacked) == ["w"]
    step = matrix.abs().amax(dim=1, keepdim=True).double() / 127
    error = (unpacked["w"].double() - matrix.double()).abs()
    assert torch.all(error <= step * (0.5 + 1e-4) + 1e-37)


@given(numbers=arrays.arrays(np.float32, st.integers(0, 20), elements=values))
def test_float16_is_wrong_by_half_a_unit_in_the_last_place(numbers: np.ndarray) -> None:
    tensor = torch.from_numpy(numbers)
    packed = checkpoint.pack({"b": tensor})
    assert packed["b"].dtype == torch.float16
    error = (checkpoint.unpack(packed)["b"] - tensor).abs()
    assert torch.all(error <= torch.maximum(tensor.abs() * 2.0**-11, torch.tensor(2.0**-25)))


def test_packs_each_kind_of_tensor_its_own_way(tmp_path: Path) -> None:
    tensors = {
        "conv.weight": torch.randn(64, 32, 5),
        "conv.bias": torch.randn(64),
        "norm.scale": torch.randn(20_000),
        "huge": torch.tensor([1e6]),
        "steps": torch.tensor(7),
        "zero.weight": torch.zeros(200, 100),
    }
    packed = checkpoint.pack(tensors)
    assert {name: tensor.dtype for name, tensor in packed.items()} == {
        "conv.weight": torch.int8,
        "conv.weight.scale": torch.float32,
        "conv.bias": torch.float16,
        "norm.scale": torch.float16,  # a vector, whatever its length
        "huge": torch.float32,
        "steps": torch.int64,
        "zero.weight": torch.int8,
        "zero.weight.scale": torch.float32,
    }
    found = checkpoint.load(checkpoint.save_folder(tmp_path / "a", {}, packed)).tensors
    assert {name: tensor.shape for name, tensor in found.items()} == {
        name: tensor.shape for name, tensor in tensors.items()
    }
    assert found["steps"] == 7
    assert not found["zero.weight"].any()
    assert checkpoint.pack(tensors, big="float16")["conv.weight"].dtype == torch.float16


def test_shipping_makes_files_four_times_smaller(tmp_path: Path) -> None:
    tensors = {"w": torch.randn(500, 400)}
    whole = checkpoint.save_folder(tmp_path / "a", {}, tensors) / "model.safetensors"
    small = checkpoint.save_folder(tmp_path / "b", {}, checkpoint.pack(tensors))
    assert (small / "model.safetensors").stat().st_size < whole.stat().st_size / 3.9


def test_unpack_leaves_weights_never_packed_alone() -> None:
    tensors = {
        "w": torch.randn(3),
        "w.scale": torch.ones(3),
        "codes": torch.ones(2, dtype=torch.int8),
    }
    unpacked = checkpoint.unpack(tensors)
    assert all(unpacked[name] is tensor for name, tensor in tensors.items())


@pytest.mark.parametrize("wrong", [float("nan"), float("inf")])
def test_weights_that_are_not_finite_are_not_shipped(wrong: float) -> None:
    with pytest.raises(ValueError, match="'w' has values that are not finite"):
        checkpoint.pack({"w": torch.tensor([1.0, wrong])})


def test_a_scale_never_overwrites_a_weight() -> None:
    with pytest.raises(ValueError, match=r"'w\.scale' is needed"):
        checkpoint.pack({"w": torch.ones(200, 100), "w.scale": torch.ones(1)})

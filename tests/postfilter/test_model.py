import pytest
import torch

from voicecoach import config
from voicecoach.postfilter.model import (
    PostfilterModelSpec,
    ResidualGenerator,
    basis,
    build_jury,
    calm,
)


@pytest.fixture
def spec(repo) -> PostfilterModelSpec:
    small = config.load(repo / "conf/model/postfilter_small.yaml", PostfilterModelSpec)
    changes = {"widths": (4, 4), "generator_view": "rows", "context_rows": 0}
    changes |= {"voiced_sigma": 0.0, "voiced_noise": 1.0}
    return small.model_copy(update=changes)


def moved(generator: ResidualGenerator) -> ResidualGenerator:
    """Away from the identity that it begins as."""
    torch.nn.init.normal_(generator.layers[-1].weight, std=0.1)
    torch.nn.init.normal_(generator.row_bias)
    return generator.eval()


def test_it_begins_as_nothing(spec) -> None:
    picture, noise = torch.randn(2, 2, 1, 5, 20)
    torch.testing.assert_close(ResidualGenerator(spec, 5)(picture, noise), picture)


@pytest.mark.parametrize("n_frames", [1, 2, 30, 101])
def test_any_length(spec, n_frames) -> None:
    torch.manual_seed(0)
    generator = moved(ResidualGenerator(spec, 5))
    picture, noise = torch.randn(2, 1, 1, 5, n_frames)
    with torch.no_grad():
        assert generator(picture, noise).shape == (1, 1, 5, n_frames)


def test_the_middle_does_not_depend_on_what_is_far_away(spec) -> None:
    torch.manual_seed(0)
    generator = moved(ResidualGenerator(spec, 5))
    picture, noise = torch.randn(2, 1, 1, 5, 60)
    with torch.no_grad():
        whole = generator(picture, noise)[..., 20:40]
        part = generator(picture[..., 10:50], noise[..., 10:50])[..., 10:30]
    torch.testing.assert_close(whole, part)


def test_noise_and_rows_matter(spec) -> None:
    torch.manual_seed(0)
    generator = moved(ResidualGenerator(spec, 5))
    picture, noise = torch.randn(2, 1, 1, 5, 20)
    with torch.no_grad():
        first = generator(picture, noise)
        assert not torch.allclose(first, generator(picture, noise + 1))
        assert not torch.allclose(first.roll(1, 2), generator(picture.roll(1, 2), noise.roll(1, 2)))


def test_context_is_shown_and_left_alone(spec) -> None:
    torch.manual_seed(0)
    spec = spec.model_copy(update={"context_rows": 2, "generator_view": "waves"})
    generator = moved(ResidualGenerator(spec, 5))
    picture, noise = torch.randn(1, 1, 7, 20), torch.randn(1, 1, 5, 20)
    louder = picture.clone()
    louder[:, :, 0] += 1.0
    with torch.no_grad():
        first, second = generator(picture, noise), generator(louder, noise)
    assert torch.equal(first[:, :, :2], picture[:, :, :2])
    assert torch.equal(second[:, :, :2], louder[:, :, :2])
    assert not torch.allclose(first[:, :, 2:], second[:, :, 2:])
    jury = build_jury(spec, 5).eval()
    with torch.no_grad():
        assert not torch.allclose(jury(picture)[0], jury(louder)[0])


def test_voiced_frames_get_less_noise(spec) -> None:
    torch.manual_seed(0)
    spec = spec.model_copy(update={"context_rows": 2, "voiced_noise": 0.0})
    generator = moved(ResidualGenerator(spec, 5))
    picture, noise = torch.randn(1, 1, 7, 60), torch.randn(2, 1, 1, 5, 60)
    picture[:, :, 1, :30], picture[:, :, 1, 30:] = 1.0, -1.0
    with torch.no_grad():
        first, second = (generator(picture, each) for each in noise)
    same = (first - second)[:, :, 2:].abs().amax(dim=(0, 1, 2))
    assert same[:20].max() == 0.0
    assert same[40:].min() > 0.0


def test_voiced_frames_keep_what_is_fast(spec) -> None:
    """Neither does the generator change it there, nor do discriminators see it."""
    torch.manual_seed(0)
    spec = spec.model_copy(update={"context_rows": 2, "voiced_sigma": 2.0})
    picture, noise = torch.randn(1, 1, 7, 120), torch.randn(1, 1, 5, 120)
    picture[:, :, 1, :60], picture[:, :, 1, 60:] = 1.0, -1.0
    generator, jury = moved(ResidualGenerator(spec, 5)), build_jury(spec, 5).eval()
    with torch.no_grad():
        change = (generator(picture, noise) - picture)[0, 0, 2:]
    steps = change.diff().abs() / change.std()
    assert steps[:, :50].mean() < 0.4 * steps[:, 70:].mean()
    differences = []
    for where in (slice(10, 50), slice(70, 110)):
        other = picture.clone()
        n_frames = where.stop - where.start
        other[:, :, 2:, where] += torch.tensor([1.0, -1.0]).repeat(n_frames // 2)
        with torch.no_grad():
            differences.append((jury(picture)[0] - jury(other)[0]).abs().max())
    assert differences[0] < 0.05 * differences[1]


def test_only_some_frames_are_calm() -> None:
    rows = torch.randn(2, 1, 3, 40)
    where = torch.zeros(2, 1, 1, 40, dtype=torch.bool)
    torch.testing.assert_close(calm(rows, where, 2.0), rows)
    torch.testing.assert_close(calm(torch.ones_like(rows), ~where, 2.0), torch.ones_like(rows))
    assert calm(rows, ~where, 2.0).std() < 0.6 * rows.std()


def test_the_published_size(repo) -> None:
    spec = config.load(repo / "conf/model/postfilter_paper.yaml", PostfilterModelSpec)
    n_weights = sum(p.numel() for p in ResidualGenerator(spec, 49).parameters())
    assert n_weights == pytest.approx(1.7e6, rel=0.05)


@pytest.mark.parametrize("view", ["rows", "waves"])
def test_a_basis_is_orthonormal(view) -> None:
    matrix = basis(view, 50)
    torch.testing.assert_close(matrix.T @ matrix, torch.eye(50), atol=1e-5, rtol=0)


def test_waves_of_a_cepstrum_are_a_log_spectrum() -> None:
    """The first coefficient falls from low to high frequencies; none changes the mean."""
    waves = basis("waves", 20) @ torch.eye(20)
    assert waves.shape == (21, 20)
    assert (waves[:, 0].diff() < 0).all()
    torch.testing.assert_close(waves.sum(0), torch.zeros(20), atol=1e-5, rtol=0)


def test_a_change_in_one_place_of_the_spectrum_stays_there(spec) -> None:
    torch.manual_seed(0)
    generator = moved(ResidualGenerator(spec.model_copy(update={"generator_view": "waves"}), 20))
    picture, noise = torch.randn(2, 1, 1, 20, 30)
    matrix = basis("waves", 20)
    bump = torch.zeros(21, 1)
    bump[2] = 1.0
    with torch.no_grad():
        change = generator(picture + matrix.T @ bump, noise) - generator(picture, noise)
        change = (matrix @ (change - matrix.T @ bump))[0, 0].abs().mean(dim=1)
    assert change[:10].mean() > 5 * change[12:].mean()


@pytest.mark.parametrize("conditional", [False, True])
def test_a_jury_looks_in_every_way(spec, conditional) -> None:
    spec = spec.model_copy(update={"conditional": conditional, "views": ("rows", "waves")})
    jury = build_jury(spec, 20)
    opinions, features = jury(torch.randn(3, 1 + conditional, 20, 32))
    assert opinions.shape[0] == 3
    assert len(features) == 2 * len(spec.discriminator_widths)
    assert [f.shape[2] for f in features[:1] + features[-3:-2]] == [20, 21]

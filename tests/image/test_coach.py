import numpy as np
import pytest
from numpy.testing import assert_allclose
from PIL import Image, ImageOps

from voicecoach.errors import InputError
from voicecoach.image.coach import FaceCoach
from voicecoach.image.describe import describe, mouth_length
from voicecoach.image.drawing import SIDE, draw_arrows
from voicecoach.image.landmarks import MOUTH, STEADY, mirror
from voicecoach.image.picture import cut, read


@pytest.fixture(scope="module")
def coach():
    return FaceCoach.from_pretrained()


@pytest.fixture
def patch(picture):
    return cut(picture, (36.0, 36.0, 184.0))


@pytest.fixture(scope="session")
def photograph(shared_data):
    return lambda name: read(shared_data / "london-faces/images" / f"{name}.jpg")


def test_weights_are_the_same_afterwards(coach, patch):
    before = {name: tensor.clone() for name, tensor in coach.network.state_dict().items()}
    coach.coach_patches([patch], "smiling")
    after = coach.network.state_dict()
    assert all(after[name].equal(tensor) for name, tensor in before.items())


def test_the_target_is_reached_and_the_head_stays(coach, patch):
    found = coach.coach_patches([patch], "smiling")
    assert found.loss_after[0] < found.loss_before[0]
    assert found.probabilities_after[0, 1] > found.probabilities_before[0, 1]
    assert_allclose(found.probabilities_after.sum(1), 1, atol=1e-5)
    assert abs(found.arrows[0, STEADY].mean(0)).max() < 1e-6 * np.ptp(found.before)


def test_rows_do_not_see_one_another(coach, patch, picture):
    other = cut(ImageOps.invert(picture), (30.0, 36.0, 190.0))
    alone = coach.coach_patches([patch], "smiling").after[0]
    assert_allclose(coach.coach_patches([other, patch], "smiling").after[1], alone, atol=1e-2)


def test_arrows_scale_with_the_picture(coach, picture):
    large = picture.resize((512, 512), Image.Resampling.NEAREST)
    small = coach.coach_patches([cut(picture, (36.0, 36.0, 184.0))], "smiling")
    twice = coach.coach_patches([cut(large, (72.0, 72.0, 368.0))], "smiling")
    assert_allclose(twice.before, 2 * small.before, atol=4.0)
    assert_allclose(twice.arrows, 2 * small.arrows, atol=0.25 * abs(twice.arrows).max())


def test_an_unknown_target(coach, patch):
    with pytest.raises(InputError, match="neutral, smiling"):
        coach.coach_patches([patch], "angry")


def test_another_checkpoint_is_refused():
    with pytest.raises(InputError, match="no packed face checkpoint"):
        FaceCoach.from_pretrained("scorer-en")


def test_who_smiles_has_short_arrows(coach, photograph):
    smiling, neutral = (
        coach.coach(photograph(f"012_{name}"), "smiling") for name in ("smiling", "neutral")
    )
    assert mouth_length(smiling)[0] < 0.3 * mouth_length(neutral)[0]
    arrows = neutral.arrows_in_eye_distances[0, MOUTH]
    assert arrows[0] @ [-1, -1] > 0.02  # the corners go out and up
    assert arrows[6] @ [1, -1] > 0.02


def test_a_mirrored_photograph_has_mirrored_arrows(coach, photograph):
    picture = photograph("012_neutral")
    there, back = (coach.coach(p, "smiling") for p in (picture, ImageOps.mirror(picture)))
    width = np.array([picture.width, 0])
    assert_allclose(mirror(back.before[0]) + width, there.before[0], atol=2.0)
    assert_allclose(mirror(back.arrows[0]), there.arrows[0], atol=1.0)


def test_noise_is_no_face(coach):
    grey = np.random.default_rng(0).integers(0, 256, (256, 256, 3), dtype=np.uint8)
    with pytest.raises(InputError, match=r"[Nn]o face"):
        coach.coach(Image.fromarray(grey), "smiling")


def test_what_the_views_disagree_about_is_no_face(coach, patch, picture, monkeypatch):
    module = "voicecoach.image.coach"
    blurred = np.random.default_rng(0).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    noise = Image.fromarray(blurred).resize((256, 256), Image.Resampling.BICUBIC)
    monkeypatch.setattr(f"{module}.find_face", lambda _: (36.0, 36.0, 184.0))
    with pytest.raises(InputError, match="No face can be made out"):
        coach.coach(noise, "smiling")


def test_a_face_is_found_again_in_a_large_scene(coach, photograph):
    pytest.importorskip("cv2", reason="needs OpenCV: pip install 'voicecoach[face]'")
    face = photograph("012_neutral")
    scene = Image.new("RGB", (1200, 900), "#807060")
    scene.paste(face, (700, 400))
    alone, there = (coach.coach(p, "smiling") for p in (face, scene))
    assert_allclose(there.before - [700, 400], alone.before, atol=2.5)


def test_numbers_and_picture_agree(coach, patch, picture, tmp_path):
    found = coach.coach_patches([patch], "smiling")
    values = describe(found, 0)
    assert_allclose(np.array(values["before"]) + values["arrows"], values["after"], atol=2e-3)
    draw_arrows(picture, found.before[0], found.after[0], tmp_path / "a.png")
    drawn = Image.open(tmp_path / "a.png")
    assert drawn.size == (SIDE, SIDE)
    draw_arrows(picture, found.before[0], found.before[0], tmp_path / "b.png")
    assert (tmp_path / "a.png").read_bytes() != (tmp_path / "b.png").read_bytes()
    with pytest.raises(InputError, match=r"end the name in \.png"):
        draw_arrows(picture, found.before[0], found.after[0], tmp_path / "a.docx")

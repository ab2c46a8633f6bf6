import numpy as np
import pytest
from numpy.testing import assert_allclose
from PIL import Image

from voicecoach.errors import InputError
from voicecoach.image import picture as pictures
from voicecoach.image.picture import PATCH, cut, read


def test_a_picture_is_turned_as_its_exif_data_say(tmp_path):
    wide = Image.new("RGB", (120, 60), "red")
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees
    wide.save(tmp_path / "a.jpg", exif=exif)
    assert read(tmp_path / "a.jpg").size == (60, 120)


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "I;16", "CMYK", "1"])
def test_all_modes_become_rgb(tmp_path, mode):
    path = tmp_path / ("a.tif" if mode == "CMYK" else "a.png")
    Image.new(mode, (64, 64)).save(path)
    assert read(path).mode == "RGB"


def test_what_is_transparent_is_white(tmp_path):
    Image.new("RGBA", (64, 64), (0, 0, 0, 0)).save(tmp_path / "a.png")
    assert read(tmp_path / "a.png").getpixel((5, 5)) == (255, 255, 255)


def test_no_picture(tmp_path):
    (tmp_path / "a.jpg").write_text("this is no picture")
    with pytest.raises(InputError, match="no picture that can be read"):
        read(tmp_path / "a.jpg")
    with pytest.raises(InputError, match="There is no picture"):
        read(tmp_path / "b.jpg")
    with pytest.raises(InputError, match="There is no picture"):
        read(tmp_path)


@pytest.mark.parametrize("suffix", ["jpg", "png", "bmp", "webp"])
def test_a_picture_cut_off(tmp_path, picture, suffix):
    path = tmp_path / f"a.{suffix}"
    picture.save(path)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(InputError, match=r"damaged|no picture"):
        read(path)


def test_too_large_and_too_small(tmp_path, monkeypatch):
    Image.new("L", (100, 100)).save(tmp_path / "a.png")
    Image.new("L", (100, 20)).save(tmp_path / "b.png")
    with pytest.raises(InputError, match="100 x 20 pixels"):
        read(tmp_path / "b.png")
    monkeypatch.setattr(pictures, "MAX_PIXELS", 9999)
    with pytest.raises(InputError, match="million pixels"):
        read(tmp_path / "a.png")


def test_a_decompression_bomb(tmp_path):
    # 400 million pixels in a file of some 50 kB
    Image.new("1", (20_000, 20_000)).save(tmp_path / "a.png")
    with pytest.raises(InputError, match="more than 50 million pixels"):
        read(tmp_path / "a.png")


def test_a_patch_knows_where_it_was():
    picture = Image.new("L", (400, 300))
    picture.putpixel((210, 120), 255)
    patch = cut(picture, (150.0, 80.0, 100.0))
    row, column = np.unravel_index(patch.grey.argmax(), patch.grey.shape)
    there = patch.to_picture(np.array([column + 0.5, row + 0.5]))
    assert_allclose(there, [210.5, 120.5], atol=1.1)
    assert_allclose(patch.to_patch(there), [column + 0.5, row + 0.5])


def test_past_the_edges_the_picture_is_continued():
    patch = cut(Image.new("L", (100, 80), 77), (-30.0, 10.5, 130.0))
    assert patch.grey.shape == (PATCH, PATCH)
    assert (patch.grey == 77).all()

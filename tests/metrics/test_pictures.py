import pytest

from voicecoach.metrics.pictures import draw_detection


@pytest.mark.parametrize("threshold", [None, 0.6])
def test_a_picture_is_drawn(records, tmp_path, threshold):
    path = tmp_path / "detection.png"
    draw_detection(records, path, threshold)
    content = path.read_bytes()
    assert content.startswith(b"\x89PNG")
    width, height = (int.from_bytes(content[k : k + 4], "big") for k in (16, 20))
    assert width > 2 * height > 600
    assert list(tmp_path.iterdir()) == [path]

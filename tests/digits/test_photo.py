"""Pictures of digits: any size, both polarities."""

import numpy as np
import pytest
from PIL import Image

from mnist_core.digits import photo
from mnist_core.digits.drawing import to_digit
from mnist_core.digits.photo import PictureError, ink, otsu_threshold, read


def saved(tmp_path, grey, *, name="digit.png", size=None, mode="L"):
    picture = Image.fromarray(grey).convert(mode)
    if size:
        picture = picture.resize(size, Image.Resampling.BICUBIC)
    picture.save(tmp_path / name)
    return tmp_path / name


@pytest.mark.parametrize("size", [None, (56, 56), (300, 300), (1500, 1500)])
@pytest.mark.parametrize("inverted", [False, True], ids=["light on dark", "dark on light"])
@pytest.mark.parametrize("name", ["digit.png", "digit.jpg"])
def test_a_picture_of_any_size_and_polarity_gives_the_same_digit(tmp_path, digits, size, inverted, name):
    digit = digits.test.images[0]
    path = saved(tmp_path, 255 - digit if inverted else digit, name=name, size=size, mode="RGB")
    difference = np.abs(to_digit(read(path)).astype(int) - to_digit(digit))
    assert difference.mean() < 8


def test_polarity_is_detected_on_grey_paper(digits):
    digit = digits.test.images[0].astype(float) / 255
    dark_on_light, light_on_dark = 180 - 120 * digit, 60 + 120 * digit
    first, second = (to_digit(ink(grey.astype(np.uint8))) for grey in (dark_on_light, light_on_dark))
    assert np.abs(first.astype(int) - second).mean() < 2


@pytest.mark.parametrize("level", [0, 130, 255])
def test_an_empty_picture_has_no_ink(level):
    assert not ink(np.full((40, 40), level, np.uint8)).any()


def test_faint_noise_is_not_ink():
    noise = np.random.default_rng(0).integers(120, 130, (60, 60)).astype(np.uint8)
    assert to_digit(ink(noise)) is None


def test_a_transparent_picture_lies_on_white_paper(tmp_path, digits):
    pixels = np.zeros((28, 28, 4), np.uint8)
    pixels[..., 3] = digits.test.images[0]
    Image.fromarray(pixels, "RGBA").save(tmp_path / "digit.png")
    difference = np.abs(to_digit(read(tmp_path / "digit.png")).astype(int) - to_digit(digits.test.images[0]))
    assert difference.mean() < 2


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"", "not a picture"), (b"hello", "not a picture"), (b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0d", "picture")],
)
def test_a_file_that_is_no_picture_is_refused(tmp_path, content, told):
    path = tmp_path / "digit.png"
    path.write_bytes(content)
    with pytest.raises(PictureError, match=told):
        read(path)


def test_a_missing_a_truncated_and_a_huge_picture_are_refused(tmp_path, digits, monkeypatch):
    with pytest.raises(PictureError, match="no picture"):
        read(tmp_path / "nowhere.png")
    path = saved(tmp_path, digits.test.images[0], size=(200, 200))
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(PictureError, match="broken"):
        read(path)
    monkeypatch.setattr(photo, "MOST_PIXELS", 100)
    with pytest.raises(PictureError, match="megapixels"):
        read(saved(tmp_path, digits.test.images[0]))


def test_otsus_threshold_parts_two_groups():
    grey = np.array([10, 12, 14, 200, 210], np.uint8)
    assert 14 <= otsu_threshold(grey) < 200

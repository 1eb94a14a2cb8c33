"""Tests of finding digits in photos under many conditions, and of the errors for files that are no pictures."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from mnist_core.digits import photo
from mnist_core.digits.normalization import prepare
from mnist_core.digits.photo import PictureError, read
from mnist_core.digits.segmentation import stroke_width
from tests.digits.photographs import Paper, encoded, photograph, photograph_with_boxes, written

CONDITIONS = {
    "plain paper": Paper(),
    "light that falls off": Paper(light_falloff=0.5),
    "a shadow": Paper(shadow=0.45),
    "yellowish paper": Paper(colour=(235, 215, 160)),
    "a blue pen": Paper(pen=(50, 70, 190)),
    "a pencil": Paper(pen=(140, 140, 140)),
    "a noisy camera": Paper(noise=9),
    "ruled paper": Paper(rules=50),
    "dark rules": Paper(rules=50, rule_colour=(90, 90, 110)),
    "tilted rules": Paper(rules=50, rule_colour=(110, 120, 150), tilt=-3),
    "squared paper": Paper(rules=36, squared=True),
    "a tilted sheet": Paper(tilt=6),
    "chalk on a board": Paper(colour=(40, 60, 50), pen=(235, 235, 235)),
    "all at once": Paper(light_falloff=0.4, shadow=0.3, rules=60, colour=(238, 222, 180), noise=5, tilt=1.5),
}


def row_of(*digits, **options):
    return [written(digit, **options) for digit in digits]


@pytest.mark.parametrize("name", CONDITIONS)
def test_each_of_three_digits_is_found_once(name):
    picture = photograph([row_of(4, 2, 7)], CONDITIONS[name])
    assert [len(row) for row in read(encoded(picture, quality=80)).lines] == [3]


def test_boxes_lie_within_the_digits_in_pixels_of_the_photo():
    picture, expected = photograph_with_boxes([row_of(3, 8, height=400, pen=24)], Paper(size=(2400, 1800), noise=0))
    found = read(encoded(picture)).digits
    for digit, (left, top, right, bottom) in zip(found, expected, strict=True):
        assert left < digit.box[0] < digit.box[2] < right
        assert top < digit.box[1] < digit.box[3] < bottom


def test_rows_are_read_from_top_to_bottom_and_left_to_right():
    rows = read(encoded(photograph([row_of(1, 2, 3), row_of(4, 6)], Paper()))).lines
    assert [len(row) for row in rows] == [3, 2]
    for row in rows:
        assert [digit.box for digit in row] == sorted(digit.box for digit in row)


def test_a_detached_top_stroke_belongs_to_its_five():
    five = written(5)
    five[30:38] = 0
    assert len(read(encoded(photograph([[five]], Paper()))).digits) == 1


def test_a_thin_stroke_is_thickened_to_the_width_of_mnist_strokes():
    digit = read(encoded(photograph([row_of(7, height=300, pen=5)], Paper()))).digits[0].preparation.digit
    large = np.asarray(Image.fromarray(digit).resize((280, 280), Image.Resampling.BICUBIC)) > 127
    assert 1.6 < stroke_width(large) / 10 < 3.5


@pytest.mark.parametrize("paper", [Paper(), Paper(light_falloff=0.6), Paper(shadow=0.4), Paper(noise=8)])
def test_no_digits_are_found_on_blank_paper(paper):
    assert read(encoded(photograph([[np.zeros((9, 9))]], paper))).digits == ()


@pytest.mark.parametrize("inverted", [False, True], ids=["light on dark", "dark on light"])
def test_an_mnist_image_read_as_a_photo_hardly_changes(digits, inverted):
    difference = []
    for digit in digits.test.images[:50]:
        found = read(encoded(Image.fromarray(255 - digit if inverted else digit), "PNG")).digits
        difference.append(np.abs(found[0].preparation.digit.astype(int) - prepare(digit).digit).mean())
    assert np.mean(difference) < 3


def test_the_exif_orientation_is_applied():
    upright = photograph([row_of(7, 4)], Paper(noise=0))
    turned = upright.transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6  # the viewer has to rotate it clockwise
    result = read(encoded(turned, "PNG", exif=exif.tobytes()))
    assert result.size == upright.size
    assert [digit.box for digit in result.digits] == [digit.box for digit in read(encoded(upright, "PNG")).digits]


def as_16_bit(picture):
    return Image.fromarray(np.asarray(picture.convert("L")).astype(np.uint16) * 257)


def on_transparent(picture, ink):
    clear = Image.new("RGBA", picture.size, (*ink, 0))
    clear.putalpha(picture.convert("L").point(lambda level: 255 - level))
    return clear


FORMATS = {
    "16 bit PNG": lambda picture: encoded(as_16_bit(picture), "PNG"),
    "CMYK JPEG": lambda picture: encoded(picture.convert("CMYK")),
    "palette with transparency": lambda picture: encoded(on_transparent(picture, (0, 0, 0)).quantize(32), "PNG"),
    "dark ink on nothing": lambda picture: encoded(on_transparent(picture, (0, 0, 0)), "PNG"),
    "light ink on nothing": lambda picture: encoded(on_transparent(picture, (255, 255, 255)), "PNG"),
    "black and white": lambda picture: encoded(picture.convert("1", dither=Image.Dither.NONE), "PNG"),
    "GIF with frames": lambda picture: encoded(picture, "GIF", save_all=True, append_images=[picture.rotate(90)] * 3),
    "WebP": lambda picture: encoded(picture, "WEBP"),
    "TIFF": lambda picture: encoded(picture, "TIFF"),
}


@pytest.mark.parametrize("kind", FORMATS)
def test_every_picture_format_is_read(kind):
    assert len(read(FORMATS[kind](photograph([row_of(2, 3)], Paper(noise=0)))).digits) == 2


PNG = encoded(photograph([row_of(2)], Paper(size=(200, 160))), "PNG").getvalue()
JPEG = encoded(photograph([row_of(2)], Paper(size=(200, 160)))).getvalue()


def png_of_size(width, height):
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return PNG[:8] + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header)) + PNG[33:]


BROKEN = {
    "empty": (b"", "not a picture"),
    "text": (b"a seven and a two", "not a picture"),
    "SVG": (b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>', "not a picture"),
    "PDF": (b"%PDF-1.7\n", "not a picture"),
    "PostScript": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not a picture"),
    "only a PNG's signature": (PNG[:8], "picture"),
    "truncated PNG": (PNG[: len(PNG) // 2], "broken"),
    "truncated JPEG": (JPEG[: len(JPEG) // 2], "broken"),
    "wrong checksum": (PNG[:29] + b"\0\0\0\0" + PNG[33:], "picture"),
    "no pixels": (png_of_size(0, 0), "picture"),
    "101 megapixels": (png_of_size(10_100, 10_000), "100 megapixels"),
    "decompression bomb": (png_of_size(60_000, 60_000), "100 megapixels"),
    "random bytes after a header": (PNG[:33] + np.random.default_rng(0).bytes(2000), "picture"),
    "random bytes": (np.random.default_rng(1).bytes(2000), "not a picture"),
}


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("kind", BROKEN)
def test_a_file_that_is_no_picture_raises_picture_error(kind):
    content, message = BROKEN[kind]
    with pytest.raises(PictureError, match=message):
        read(io.BytesIO(content))


def test_a_missing_file_raises_picture_error(tmp_path):
    with pytest.raises(PictureError, match="no picture"):
        read(tmp_path / "nowhere.png")


@pytest.mark.filterwarnings("ignore")
def test_2000_damaged_files_are_read_or_raise_picture_error():
    random = np.random.default_rng(0)
    small = [encoded(Image.new("L", (40, 30), 200), kind).getvalue() for kind in ("PNG", "JPEG", "GIF", "BMP", "TIFF")]
    refused = 0
    for case in range(2000):
        content = bytearray(small[case % len(small)])
        for position in random.integers(0, len(content), random.integers(1, 6)):
            content[position] = random.integers(256)
        if case % 3 == 0:
            del content[random.integers(1, len(content)) :]
        try:
            photo.read(io.BytesIO(bytes(content)))
        except PictureError:
            refused += 1
    assert 100 < refused < 2000

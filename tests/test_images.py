"""Pictures as targets: what they hold, that they are what factors say, and what is refused."""

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage
from sklearn.datasets import load_digits

from ganlab import images
from ganlab.data import as_distribution
from ganlab.images import Pictures


def rng(seed=0):
    return np.random.default_rng(seed)


def as_images(pictures):
    return pictures.array.reshape(-1, *pictures.size)


# Pictures -----------------------------------------------------------------------------------------


def test_pictures_are_a_target_like_any_other():
    pictures = images.digits()
    assert as_distribution(pictures) is pictures and pictures.dim == 64
    drawn = pictures.sample((3, 5), rng())
    assert drawn.shape == (3, 5, 64) and drawn.dtype == np.float32
    rows = {row.tobytes() for row in pictures.array}
    assert all(row.tobytes() in rows for row in drawn.reshape(-1, 64))


def test_some_of_them_keep_their_labels_and_factors():
    given = images.shapes(50, rng())
    discs = given[given.labels == 0]
    assert 0 < len(discs) < 50 and set(discs.labels) == {0}
    which = np.flatnonzero(given.labels == 0)
    np.testing.assert_array_equal(discs.array, given.array[which])
    np.testing.assert_array_equal(discs.factors["x"], given.factors["x"][which])


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: Pictures(np.zeros((3, 4))), "no size: wanted size"),
        (lambda: Pictures(np.zeros((3, 4)), (2, 3)), r"shape \(3, 4\): wanted \(n, 6\)"),
        (lambda: Pictures(np.zeros((3, 8)), (2, 2, 2)), r"size is \(2, 2, 2\): wanted"),
        (lambda: Pictures(np.full((3, 2, 2), 255)), "from 255 to 255: wanted -1 to 1, of bytes"),
        (lambda: Pictures(np.zeros((3, 2, 2)), labels=[1, 2]), r"labels has shape \(2,\)"),
        (lambda: Pictures(np.zeros((2, 2, 2)), labels=[[1, 2], [3]]), "parts of lengths 2 and 1"),
        (
            lambda: Pictures(np.zeros((3, 2, 2)), factors={"x": [1.0]}),
            r"x has shape \(1,\): wanted \(3,\)",
        ),
        (lambda: images.digits("half"), "part is 'half': wanted one of 'train', 'test', 'all'"),
        (lambda: images.shapes(5, 0), "rng is a int: wanted a NumPy Generator"),
        (lambda: images.glyphs(5, None), "rng is a NoneType: wanted a NumPy Generator"),
        (lambda: images.glyphs(5, rng(), characters=""), "characters='': wanted a text"),
        (lambda: images.glyphs(50, rng(), characters="a b"), "' ' shows nothing in"),
        (lambda: images.glyphs(50, rng(), characters="a\U0001f984"), "shows nothing in"),
        (lambda: images.shapes(1, rng()), "n=1: wanted a whole number, at least 2"),
        (lambda: images.domains(images.digits("test"), "upside"), "wanted one of 'negative'"),
        (
            lambda: images.domains(np.zeros((3, 4))),
            r"pictures is a ndarray of shape \(3, 4\): wanted a Pictures",
        ),
        (lambda: images.domains(images.digits("test"), rng=1), "rng is a int: wanted a NumPy"),
        (lambda: images.folder("no/such/place"), "'no/such/place' is not a folder"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(make, told):
    with pytest.raises((ValueError, TypeError), match=told) as caught:
        make()
    assert "\n" not in str(caught.value)


# Digits -------------------------------------------------------------------------------------------


def test_digits_are_those_of_scikit_learn_in_two_parts_without_a_picture_in_both():
    train, test, whole = (images.digits(part) for part in ("train", "test", "all"))
    assert (len(train), len(test), len(whole)) == (1197, 600, 1797)
    np.testing.assert_array_equal(np.concatenate([test.array, train.array]), whole.array)
    found, rows = load_digits(), 8 * (whole.array.astype(float) + 1)
    theirs = np.column_stack([found.data, found.target])
    ours = np.column_stack([rows, whole.labels])
    np.testing.assert_array_equal(np.unique(ours, axis=0), np.unique(theirs, axis=0))
    assert min(np.bincount(test.labels)) > 45  # all ten digits in both


# Rendered -----------------------------------------------------------------------------------------


def test_a_shape_stands_where_its_factors_say():
    pictures = images.shapes(300, rng(), side=32)
    middles = (2 * np.arange(32) + 1) / 32 - 1
    light = (as_images(pictures) + 1) / 2
    x = (light.sum(axis=1) @ middles) / light.sum(axis=(1, 2))
    y = (light.sum(axis=2) @ middles) / light.sum(axis=(1, 2))
    inside = 1 - pictures.factors["radius"] > np.maximum(
        np.abs(pictures.factors["x"]), np.abs(pictures.factors["y"])
    )  # those that no edge cuts
    assert inside.sum() > 100
    np.testing.assert_allclose(x[inside], pictures.factors["x"][inside], atol=0.02)
    np.testing.assert_allclose(y[inside], pictures.factors["y"][inside], atol=0.02)


def test_a_shape_is_as_large_as_its_factors_say():
    """The light of a disc is pi r^2, of a bar r^2, of a cross 7/4 r^2, in units of a half side."""
    pictures = images.shapes(600, rng(1), side=64)
    area = ((as_images(pictures) + 1) / 2).sum(axis=(1, 2)) * (2 / 64) ** 2
    r = pictures.factors["radius"]
    whole = r + np.maximum(np.abs(pictures.factors["x"]), np.abs(pictures.factors["y"])) < 1
    for kind, factor in enumerate((np.pi, 1.0, 7 / 4)):
        which = whole & (pictures.labels == kind)
        assert which.sum() > 30
        np.testing.assert_allclose(area[which] / r[which] ** 2, factor, rtol=0.03)


def test_a_bar_lies_along_its_angle():
    pictures = images.shapes(300, rng(2), side=32)
    bars = pictures[pictures.labels == 1]
    middles = (2 * np.arange(32) + 1) / 32 - 1
    light = (as_images(bars) + 1) / 2
    across = middles[None, None] - bars.factors["x"][:, None, None]
    down = middles[None, :, None] - bars.factors["y"][:, None, None]
    xx, yy, xy = ((light * each).sum(axis=(1, 2)) for each in (across**2, down**2, across * down))
    angle = 0.5 * np.arctan2(2 * xy, xx - yy) % np.pi
    inside = bars.factors["radius"] < 0.55
    wrong = (angle - bars.factors["angle"] + np.pi / 2) % np.pi - np.pi / 2
    assert np.abs(wrong[inside]).max() < 0.1


RANGES = {
    images.shapes: {
        "x": (-0.4, 0.4),
        "y": (-0.4, 0.4),
        "radius": (0.3, 0.6),
        "angle": (0, np.pi),
    },
    images.glyphs: {
        "angle": (-0.2, 0.2),
        "scale": (0.8, 1.1),
        "x": (-0.15, 0.15),
        "y": (-0.15, 0.15),
    },
}


def test_factors_are_independent_and_fill_their_ranges():
    for made, kinds in ((images.shapes, 3), (images.glyphs, 10)):
        pictures = made(1000, rng(3))
        assert set(pictures.labels) == set(range(kinds))
        table = np.stack([values.astype(float) for values in pictures.factors.values()])
        off = np.corrcoef(table) - np.eye(len(table))
        assert np.abs(off).max() < 0.12
        for name, (low, high) in RANGES[made].items():
            values = pictures.factors[name]
            reach = (high - low) / 50
            assert low <= values.min() < low + reach and high - reach < values.max() <= high, name


def test_glyphs_are_told_apart_by_character_and_font():
    """The nearest of some pictures shows the character of others, mostly: they are legible."""
    known, others = images.glyphs(2000, rng(4)), images.glyphs(200, rng(5))
    nearest = ((others.array[:, None] - known.array[None]) ** 2).sum(-1).argmin(axis=1)
    assert (known.labels[nearest] == others.labels).mean() > 0.85
    assert (known.factors["font"][nearest] == others.factors["font"]).mean() > 0.5


def test_a_glyph_is_turned_to_the_right_by_its_angle():
    pictures = images.glyphs(400, rng(6), characters="|", side=32)
    middles = (2 * np.arange(32) + 1) / 32 - 1
    light = (as_images(pictures) + 1) / 2
    weight = light.sum(axis=(1, 2))
    x = light.sum(axis=1) @ middles / weight
    y = light.sum(axis=2) @ middles / weight
    across = middles[None, None] - x[:, None, None]
    down = middles[None, :, None] - y[:, None, None]
    xy = (light * across * down).sum(axis=(1, 2))
    angle = -xy / (light * down**2).sum(axis=(1, 2))  # its top leans to the right
    upright = pictures.factors["font"] == 0
    np.testing.assert_allclose(
        np.tan(pictures.factors["angle"][upright]), angle[upright], atol=0.02
    )
    np.testing.assert_allclose(x[upright], pictures.factors["x"][upright], atol=0.03)
    np.testing.assert_allclose(y[upright], pictures.factors["y"][upright], atol=0.03)


def test_what_lies_flat_turns_as_what_stands():
    """The right end of a dash goes down where the top of a bar goes right."""
    pictures = images.glyphs(400, rng(7), characters="-", side=32)
    middles = (2 * np.arange(32) + 1) / 32 - 1
    light = (as_images(pictures) + 1) / 2
    across = middles[None, None] - pictures.factors["x"][:, None, None]
    down = middles[None, :, None] - pictures.factors["y"][:, None, None]
    xx, yy, xy = ((light * each).sum(axis=(1, 2)) for each in (across**2, down**2, across * down))
    factors = pictures.factors
    whole = (factors["font"] == 0) & (0.8 * factors["scale"] + np.abs(factors["x"]) < 0.95)
    assert whole.sum() > 20
    turned = 0.5 * np.arctan2(2 * xy, xx - yy)
    np.testing.assert_allclose(factors["angle"][whole], turned[whole], atol=0.02)


def test_the_same_rng_gives_the_same_pictures():
    for made in (images.shapes, images.glyphs):
        a, b, c = made(10, rng(1)), made(10, rng(1)), made(10, rng(2))
        np.testing.assert_array_equal(a.array, b.array)
        assert (a.array != c.array).any()


# Domains ------------------------------------------------------------------------------------------


def test_partners_are_translations_of_each_other():
    given = images.shapes(20, rng())
    shown = as_images(given)
    for name, wanted in {
        "negative": -shown,
        "mirrored": np.flip(shown, 2),
        "turned": np.stack([ndimage.rotate(picture, 90, order=0) for picture in shown]),
    }.items():
        here, there = images.domains(given, name)
        np.testing.assert_array_equal(here.array, given.array)
        np.testing.assert_array_equal(as_images(there), wanted)
        np.testing.assert_array_equal(there.labels, given.labels)


def test_with_a_generator_no_picture_is_in_both_domains():
    given = images.shapes(21, rng())
    here, there = images.domains(given, "negative", rng(1))
    back = {row.tobytes() for row in -there.array}
    assert len(here) + len(there) == 21 and not back & {row.tobytes() for row in here.array}


# A folder -----------------------------------------------------------------------------------------


def saved(path, pixels):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.asarray(pixels, np.uint8)).save(path)


def test_a_folder_gives_middle_squares_in_the_order_of_names(tmp_path):
    wide = np.zeros((4, 8))
    wide[:, 2:6] = 255  # the middle square
    saved(tmp_path / "b.png", wide)
    saved(tmp_path / "a.png", np.kron([[0, 255], [255, 0]], np.ones((3, 3))))
    (tmp_path / "notes.txt").write_text("none")
    found = images.folder(tmp_path, side=2)
    np.testing.assert_array_equal(found.array, [[-1, 1, 1, -1], [1, 1, 1, 1]])
    assert found.size == (2, 2) and found.labels is None


def test_folders_in_a_folder_are_labels_and_colour_is_kept(tmp_path):
    red, blue = np.zeros((3, 3, 3)), np.zeros((3, 3, 3))
    red[..., 0], blue[..., 2] = 255, 255
    saved(tmp_path / "reds" / "1.png", red)
    saved(tmp_path / "blues" / "1.png", blue)
    found = images.folder(tmp_path, side=1, colour=True)
    assert found.size == (1, 1, 3) and found.labels.tolist() == [0, 1]
    np.testing.assert_array_equal(found.array, [[-1, -1, 1], [1, -1, -1]])


def test_hidden_and_empty_folders_are_no_labels_and_loose_pictures_are_refused(tmp_path):
    for name in ("cats", "dogs", ".ipynb_checkpoints", "__MACOSX"):
        saved(tmp_path / name / "1.png", np.zeros((2, 2)))
    (tmp_path / "among").mkdir()
    assert images.folder(tmp_path, side=1).labels.tolist() == [0, 1]
    saved(tmp_path / "loose.png", np.zeros((2, 2)))
    with pytest.raises(ValueError, match=r"holds loose\.png, and folders of pictures: wanted"):
        images.folder(tmp_path)


def test_sixteen_bits_and_the_transparent_are_read_as_they_look(tmp_path):
    grey = (np.array([[0, 1], [2, 3]]) * 21845).astype(np.uint16)
    Image.fromarray(grey).save(tmp_path / "a.png")
    seen = np.zeros((2, 2, 4), np.uint8)  # black, and transparent but for one pixel
    seen[0, 0, 3] = 255
    Image.fromarray(seen, "RGBA").save(tmp_path / "b.png")
    Image.fromarray(seen[..., 2:], "LA").save(tmp_path / "c.png")
    found = images.folder(tmp_path, side=2).array
    np.testing.assert_allclose(found[0], [-1, -1 / 3, 1 / 3, 1], atol=1e-6)
    np.testing.assert_array_equal(found[1:], [[-1, 1, 1, 1]] * 2)
    assert images.folder(tmp_path, side=2, colour=True).array[1, 3:].min() == 1
    for kind in (np.float32, np.int32):  # of which nobody knows what is white
        Image.fromarray(np.full((2, 2), 200, kind)).save(tmp_path / "d.tiff")
        with pytest.raises(
            ValueError, match=r"^d\.tiff has more than 16 bits a channel: wanted 8 or"
        ):
            images.folder(tmp_path)


def test_an_empty_folder_and_a_broken_picture_are_told(tmp_path):
    with pytest.raises(ValueError, match="holds 0 pictures: wanted at least 2"):
        images.folder(tmp_path)
    (tmp_path / "a.png").write_text("no picture")
    with pytest.raises(ValueError, match=r"a.png cannot be read as a picture"):
        images.folder(tmp_path)


def test_a_photograph_that_lies_on_its_side_is_turned_as_its_camera_says(tmp_path):
    picture = Image.new("L", (8, 8), 255)
    picture.paste(0, (0, 0, 8, 4))  # black above
    for name, tag in (("as_it_is", None), ("turned", 6)):  # 6: a quarter to the right
        exif = Image.Exif()
        if tag:
            exif[0x0112] = tag
        picture.save(tmp_path / f"{name}.png", exif=exif)
    found = images.folder(tmp_path, 8).array.reshape(2, 8, 8)
    as_it_is, turned = found
    assert (as_it_is[:4] < 0).all() and (as_it_is[4:] > 0).all()
    assert (turned[:, 4:] < 0).all() and (turned[:, :4] > 0).all()

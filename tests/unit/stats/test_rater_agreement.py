"""Do those who judge contacts judge alike: published figures of the kappa family, and who is stricter."""

import math

import numpy as np
import pytest

from rashin.stats import bland_altman, fleiss_kappa, gwet_ac1, icc, kappa, krippendorff_alpha

NOT = None
#: Krippendorff (2011), Computing Krippendorff's Alpha-Reliability: four raters, twelve units
FOUR = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, NOT, NOT, NOT],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NOT, 3],
    [NOT, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NOT],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NOT],
]
#: Shrout & Fleiss (1979)
SCORES = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]


def test_cohen():
    found = kappa([[20, 5], [10, 15]])
    assert (found.value, found.raw, found.n) == (pytest.approx(0.4), 0.7, 50)
    assert found.low < 0.4 < found.high
    assert kappa([[10, 0], [0, 7]]).value == 1
    assert kappa([[30, 6, 1], [5, 22, 7], [0, 4, 25]], "linear").value == pytest.approx(0.73021583)


def test_nearly_everything_passes():
    """94 % agree, kappa −0.02, AC1 0.94: raw agreement always stands beside."""
    table = [[118, 5], [2, 0]]
    assert kappa(table).raw == pytest.approx(0.944)
    assert kappa(table).value == pytest.approx(-0.0234, abs=1e-4)
    assert gwet_ac1(table).value == pytest.approx(0.94077636)


def test_one_category_says_nothing():
    found = kappa([[12, 0], [0, 0]])
    assert found.value is None
    assert "判定できない" in found.word.ja
    assert krippendorff_alpha([["ok"] * 5, ["ok"] * 5]).value is None


def test_many_raters_with_gaps():
    assert krippendorff_alpha(FOUR).value == pytest.approx(0.743, abs=5e-4)
    assert krippendorff_alpha(FOUR, "interval").value == pytest.approx(0.849, abs=5e-4)
    assert krippendorff_alpha(FOUR, "ordinal").value == pytest.approx(0.815, abs=5e-4)
    assert krippendorff_alpha(FOUR, "ratio").value == pytest.approx(0.797, abs=5e-4)
    assert krippendorff_alpha([["a", NOT], [NOT, "b"]]).value is None


def test_what_may_be_done_with_it():
    assert krippendorff_alpha(FOUR).word.en == "tentative only"
    assert krippendorff_alpha(FOUR, "interval").word.en == "may be used"
    assert "calibrate" in kappa([[20, 5], [10, 15]]).word.en


def test_fleiss():
    """Two raters, three contacts, pass or not."""
    assert fleiss_kappa([[3, 0], [0, 3], [2, 1]]).value == pytest.approx(0.55)
    with pytest.raises(ValueError, match="same number"):
        fleiss_kappa([[3, 0], [1, 1]])


def test_intraclass_correlation():
    assert icc(SCORES) == pytest.approx((0.1657, 0.2898, 0.7148, 0.4428, 0.6201, 0.9093), abs=5e-5)


def test_who_is_stricter():
    found = bland_altman([4, 5, 3, 4, math.nan], [3, 4, 3, 3, 2])
    assert (found.bias, found.n) == (0.75, 4)
    assert (found.low, found.high) == pytest.approx((-0.0456, 1.5456), abs=1e-4)
    assert (found.lower, found.upper) == pytest.approx((-0.23, 1.73), abs=1e-2)
    assert bland_altman([1, 2], [1, 2]) is None


def test_tables_that_make_no_sense():
    with pytest.raises(ValueError, match="square"):
        kappa(np.zeros((2, 2)))
    with pytest.raises(ValueError, match="every rater"):
        icc([[1, math.nan], [2, 3]])

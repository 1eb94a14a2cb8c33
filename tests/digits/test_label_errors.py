"""Tests of the disputed test digits and of the blind sample that mixes them with confirmed ones."""

from mnist_core.digits.label_errors import CONFIRMED, DISPUTED, RATINGS, blind_sample


def test_disputed_labels_were_confirmed_by_fewer_than_three_of_five_raters(digits) -> None:
    assert len(DISPUTED) == 15
    assert list(DISPUTED) == sorted(set(DISPUTED))
    for index, rating in RATINGS.items():
        assert rating.confirmed + rating.read_suggested + rating.neither == 5
        assert rating.confirmed < 3
        assert rating.suggested != digits.test.labels[index]
    assert (digits.test.labels[947], RATINGS[947].suggested) == (8, 9)
    assert (digits.test.labels[6651], RATINGS[6651].suggested) == (0, 6)


def test_a_blind_sample_mixes_all_disputed_digits_with_as_many_confirmed_ones() -> None:
    sample = blind_sample([1, 2])
    assert len(set(sample)) == len(sample) == 30
    assert set(DISPUTED) < set(sample) <= {*DISPUTED, *CONFIRMED}


def test_a_blind_sample_depends_only_on_its_seed() -> None:
    assert blind_sample([1, 2]) == blind_sample([1, 2]) != blind_sample([1, 3])
    assert all(type(index) is int for index in blind_sample([1]))

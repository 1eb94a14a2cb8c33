"""The disputed test digits, and the case that shows them blind."""

from mnist_core.digits.label_errors import CONFIRMED, DISPUTED, RATINGS, blind_case


def test_disputed_labels_were_not_confirmed_by_a_majority_and_the_raters_read_something_else(digits) -> None:
    assert len(DISPUTED) == 15
    assert list(DISPUTED) == sorted(set(DISPUTED))
    for index, rating in RATINGS.items():
        assert rating.confirmed + rating.read_suggested + rating.neither == 5
        assert rating.confirmed < 3
        assert rating.suggested != digits.test.labels[index]
    assert (digits.test.labels[947], RATINGS[947].suggested) == (8, 9)
    assert (digits.test.labels[6651], RATINGS[6651].suggested) == (0, 6)


def test_a_case_has_all_disputed_digits_among_as_many_others() -> None:
    case = blind_case([1, 2])
    assert len(set(case)) == len(case) == 30
    assert set(DISPUTED) < set(case) <= {*DISPUTED, *CONFIRMED}


def test_a_case_is_the_same_for_a_seed_and_another_for_another() -> None:
    assert blind_case([1, 2]) == blind_case([1, 2]) != blind_case([1, 3])
    assert all(type(index) is int for index in blind_case([1]))

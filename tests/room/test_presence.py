"""Who is in the room, on both kinds of database."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from mnist_core.room.presence import LATELY, Presence, StoredPresence

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_who_was_seen_lately_is_in_and_counted_once(database):
    presence = Presence(database)
    for minute in range(3):
        presence.seen("ada", NOON + minute * MINUTE)
        presence.seen("bob", NOON)
    assert presence.others("ada", NOON + 2 * MINUTE) == 1
    assert presence.others("host", NOON + 2 * MINUTE) == 2
    assert presence.others("host", NOON + LATELY + MINUTE) == 1


def test_nothing_is_kept_of_who_has_left(database):
    presence = Presence(database)
    presence.seen("ada", NOON)
    presence.seen("bob", NOON + LATELY + MINUTE)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(StoredPresence)) == 1


def test_a_person_who_comes_now_is_in(database):
    presence = Presence(database)
    presence.seen("ada")
    assert presence.others("host") == 1

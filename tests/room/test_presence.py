"""Tests of the number of people in the room, with SQLite and PostgreSQL."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from mnist_core.room.presence import PRESENCE_TIMEOUT, Presence, StoredPresence

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_a_person_seen_recently_is_counted_once(database):
    presence = Presence(database)
    for minute in range(3):
        presence.record("ada", NOON + minute * MINUTE)
        presence.record("bob", NOON)
    assert presence.count_others("ada", NOON + 2 * MINUTE) == 1
    assert presence.count_others("host", NOON + 2 * MINUTE) == 2
    assert presence.count_others("host", NOON + PRESENCE_TIMEOUT + MINUTE) == 1


def test_the_record_of_a_person_who_left_is_deleted(database):
    presence = Presence(database)
    presence.record("ada", NOON)
    presence.record("bob", NOON + PRESENCE_TIMEOUT + MINUTE)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(StoredPresence)) == 1


def test_a_person_seen_now_is_counted(database):
    presence = Presence(database)
    presence.record("ada")
    assert presence.count_others("host") == 1

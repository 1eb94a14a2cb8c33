"""The shared data of a workshop room: drawings, nicknames, votes and settings, in a database."""

"""What the people of a room share: their drawings, kept in a database."""

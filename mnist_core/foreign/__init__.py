"""Model files that somebody made elsewhere: read without Keras, in a process of their own that has nothing to lose."""

"""The texts of the guided tour in Markdown: eight steps, about 45 minutes in all."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """A screen of the tour: what to ``say``, what to ``do`` on ``page`` (a file name in pages/), what to ``expect``."""

    title: str
    minutes: int
    say: tuple[str, ...]
    do: tuple[str, ...]
    page: str
    expect: tuple[str, ...]


STEPS = (
    Step(
        "Draw a 7",
        5,
        (
            "This program has seen 60,000 handwritten digits. Nobody told it what a 7 looks like.",
            "Draw one. Then draw it as you write it on an envelope.",
        ),
        (
            "On **Draw**, draw a 7 on the canvas.",
            "Press **Right**, or choose what it should have been.",
            "Give yourself a nickname, if you like.",
        ),
        "draw",
        (
            "The answer comes as soon as you lift the pen, with how sure the network is of each digit.",
            "What you have told it appears on the room's board.",
        ),
    ),
    Step(
        "Fool it",
        5,
        (
            "It has to say one of ten digits, whatever it sees. What does it do with a star, or a face?",
            "Being sure and being right are two things.",
        ),
        (
            "On **Draw**, draw something that is no digit.",
            "Then a digit that your neighbour reads and the network does not.",
            "Open **Look closer**, **Why**.",
        ),
        "draw",
        (
            "Some drawings are refused: inside the network they lie far from all digits it knows.",
            "Others are read with over 99 % and are wrong. Why shows which ink decided.",
        ),
    ),
    Step(
        "What it sees",
        5,
        (
            "The network never sees your drawing. It sees 784 numbers, from 0 for paper to 255 for ink.",
            "Everything that we do in our heads without noticing, somebody has to do for it.",
        ),
        ("On **Draw**, draw a digit small and in a corner.", "Open **Look closer**, **Step by step**."),
        "draw",
        (
            "The digit is cut out, scaled to 20 × 20 pixels and centred, as it was done when MNIST was made.",
            "It is read as well as a large one. **Face-off** shows what happens without these steps.",
        ),
    ),
    Step(
        "What it learned from",
        5,
        (
            "These digits come from American office workers and school pupils, 30 years ago.",
            "Look at the 1 and the 7: do you write them so?",
        ),
        ("On **Dataset**, look through the digits.", "Find one that you could not read yourself."),
        "dataset",
        ("Hardly any 7 has a bar and hardly any 1 a long upstroke. What it has never seen it cannot know.",),
    ),
    Step(
        "Train one",
        8,
        (
            "Now we make such a network: random numbers at first, changed a little after every handful of digits.",
            "Guess: how many epochs until it reads 98 of 100?",
        ),
        (
            "On **Train**, choose **express** and press **Train**. One at the front, the others watch or wait in line.",
            "Watch both curves: what it learns from, and what it has never seen.",
        ),
        "train",
        (
            "After the first epoch it reads about 95 of 100 right, at the end about 98.6.",
            "The training takes seconds to a minute, depending on the computer and on who waits in line.",
        ),
    ),
    Step(
        "What it gets wrong",
        5,
        (
            "98 % sounds good. It also means 200 wrong digits of 10,000: on envelopes, 200 letters gone astray.",
            "Are these its mistakes, or the writers'?",
        ),
        (
            "On **Errors**, look at the confusion matrix: which two digits are mixed up most?",
            "Go through the misclassified digits, the surest first.",
        ),
        "errors",
        ("4 and 9, 3 and 5, 7 and 2 lead. Some you would read wrong too; with others you cannot see why.",),
    ),
    Step(
        "99 % on MNIST, and on us?",
        6,
        (
            "A test tells how well it reads what the test is like. We are not the test.",
            "Everybody draws all ten digits now. What will it be: more than on MNIST, or less?",
        ),
        (
            "On **Draw**, choose **Ten digits** and play a round, without taking care.",
            "On the board, look at **MNIST and us**.",
        ),
        "draw",
        (
            "A network trained on MNIST alone usually does worse on us. One that knew our styles does better.",
            "Our own confusion matrix shows which of our digits it has not met.",
        ),
    ),
    Step(
        "Teach it our handwriting",
        6,
        (
            "The cure is not a cleverer network. It is more of what it has not seen.",
            "It learns half of our drawings. The other half, which it never sees, is the exam.",
        ),
        (
            "On **Draw**, choose **Teach it** and press the button. It takes 20 drawings at least.",
            "When it is done, choose the new network and draw again.",
        ),
        "draw",
        (
            "It should read more of our other half than before, and MNIST about as well as before.",
            "With few drawings the change is small, and may be chance: ask how many drawings it is judged by.",
        ),
    ),
)

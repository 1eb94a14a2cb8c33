"""The colours that stand for the same thing everywhere; without matplotlib, which takes its time to import."""

# Digit n has colour n: Paul Tol's "muted" scheme with grey (Tol, 2021), told apart by colour-blind people too.
DIGIT_COLOURS = (
    "#CC6677",
    "#6A5ACD",
    "#DDCC77",
    "#117733",
    "#88CCEE",
    "#AA3355",
    "#44AA99",
    "#999933",
    "#AA4499",
    "#8C8C8C",
)
# Of runs that are compared: Okabe and Ito's (2008), without black and with grey, as pages are light or dark.
RUN_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#999999")
TRAIN_COLOUR = "#4477AA"
TEST_COLOUR = "#EE7733"
FOR, AGAINST = (102, 194, 255), (255, 119, 51)  # RGB: light blue and orange, on dark, for all eyes

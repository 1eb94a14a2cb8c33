"""Colours shared by figures and pages; does not import matplotlib, which is slow to import."""

# By digit: based on Paul Tol's "muted" scheme with grey (Tol, 2021), which suits colour-blind readers.
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
# By compared run: Okabe and Ito's (2008) with grey instead of black, for light and dark pages.
RUN_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#999999")
TRAIN_COLOUR = "#4477AA"
TEST_COLOUR = "#EE7733"
POSITIVE_COLOUR, NEGATIVE_COLOUR = (102, 194, 255), (255, 119, 51)  # RGB: light blue, orange

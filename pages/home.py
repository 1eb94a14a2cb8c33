"""Home: an introduction, the state of the lab, and links to the pages."""

import streamlit as st

from mnist_core import settings
from mnist_core.digits import mnist
from mnist_core.published import WALK_THROUGH, PublishedResult
from mnist_core.runs import scan
from mnist_core.runs.run import Run
from mnist_core.runs.status import QUEUED, RUNNING
from pages._shared.fragments import polling_fragment
from pages._shared.messages import escape_markdown
from pages._shared.model_picker import chosen_run, run_label
from pages._shared.page_files import page_file
from pages._shared.published_results import show_published_results
from pages._shared.services import engine


def show_page_links() -> None:
    """Show a button and a sentence for each page."""
    links = (
        ("draw", "Draw a digit", ":material/draw:", "The network reads it as soon as you lift the pen."),
        ("train", "Train a network", ":material/model_training:", "Choose its settings and watch it learn."),
        ("errors", "See its errors", ":material/error:", "Which digits it gets wrong, and how sure it was."),
        ("dataset", "Browse the digits", ":material/grid_view:", "70,000 digits that people wrote by hand."),
    )
    for column, (page, title, icon, sentence) in zip(st.columns(4), links, strict=True):
        with column.container(border=True, height="stretch"):
            if st.button(title, icon=icon, type="primary" if page == links[0][0] else "secondary", width="stretch"):
                st.switch_page(page_file(page))
            st.write(sentence)


@polling_fragment("2s")
def show_state() -> None:
    """Show the current state of the dataset, the network, the engine and the queue."""
    runs = scan.scan(settings.home()).runs
    states = [listed.status.state for listed in runs]
    mnist.load()
    lines = [
        ("Dataset", "verified: 60,000 training and 10,000 test digits"),
        ("Network", escape_markdown(run_label(chosen_run().listed())) + " of the test digits right"),
        ("Engine", engine().error or ("ready" if engine().ready else "waking up, a few seconds")),
        ("Training", f"{states.count(RUNNING)} running, {states.count(QUEUED)} waiting, {len(runs)} in all"),
    ]
    st.markdown("\n".join(f"- **{name}:** {text}" for name, text in lines))


def own_result(run: Run) -> PublishedResult:
    """Return the test error of ``run`` as a result to show among the published ones."""
    scores = run.read_status().scores
    if scores is None:
        return WALK_THROUGH
    error = round(100 - 100 * scores["test_accuracy"], 2)
    return PublishedResult(f"Yours: {run.read_config().name}", error, "the network chosen in the sidebar")


st.title("Digit Lab")
st.markdown(
    "Meet your first neural network. It has seen 60,000 handwritten digits and learned to read them; nobody told it "
    "what a 7 looks like. Draw one and see."
)
show_page_links()
left, right = st.columns([1, 1.4], gap="large")
with right:
    st.subheader("Where this stands")
    st.caption("Error on MNIST's 10,000 test digits, published and yours.")
    show_published_results(own_result(chosen_run()))
with left:
    st.subheader("The lab now")
    show_state()

"""The page script: page configuration, navigation, sidebar and error boundary around every page."""

from pathlib import Path

import streamlit as st

from mnist_core.digits import mnist
from mnist_core.errors import LabError
from pages._shared.broadcast_run import show_broadcast_banner
from pages._shared.identity import record_presence
from pages._shared.messages import show_message
from pages._shared.model_picker import choose_model
from pages._shared.my_data import show_my_data_button
from pages._shared.page_files import page_file
from pages._shared.services import engine, ensure_home
from pages._shared.streamlit_internals import MAIN_BLOCK

ICON = Path(__file__).with_name("icon.png")  # a file: Streamlit loads named icons from the internet
PAGES = [
    st.Page(page_file("home"), title="Home", icon=":material/home:", default=True),
    st.Page(page_file("draw"), title="Draw", icon=":material/draw:"),
    st.Page(page_file("train"), title="Train", icon=":material/model_training:"),
    st.Page(page_file("errors"), title="Errors", icon=":material/error:"),
    st.Page(page_file("dataset"), title="Dataset", icon=":material/grid_view:"),
    st.Page(page_file("workshop"), title="Workshop", icon=":material/groups:"),
]

st.set_page_config(page_title="Digit Lab", page_icon=str(ICON), layout="wide")
st.html(f"<style>{MAIN_BLOCK} {{padding-top: 3.5rem;}}</style>")
page = st.navigation(PAGES)
try:
    ensure_home()
    choose_model()
    show_my_data_button()
    show_message()
    show_broadcast_banner()
    page.run()
    # These come last because they would delay the first page.
    mnist.load()
    engine().ensure_started()
    record_presence()
except LabError as error:
    st.error(str(error), icon=":material/build:")

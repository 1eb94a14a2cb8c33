"""Errors, downloads: the gallery as a sheet of pictures and as a table, the matrix, the walk-through's figure."""

from collections.abc import Callable

import streamlit as st
from matplotlib.figure import Figure

from mnist_core.evaluation.gallery import table
from mnist_core.evaluation.scores import confusion_matrix
from mnist_core.figures.confusion_matrix import confusion_figure, gallery_figure, right_and_wrong_figure
from pages._errors.gallery import Gallery
from pages._shared.widgets.figure import png

MOST_PICTURES = 400  # on one sheet


def show_downloads(name: str, gallery: Gallery) -> None:
    """What can be had of the ``gallery`` of the network called ``name``. Each file is made when somebody asks for it.

    Figures are dark on white, whatever the page's theme: they go into documents.
    """
    with st.popover("Download", icon=":material/download:"):
        count = len(gallery.indices)
        pictures = f"the first {MOST_PICTURES} of {count:,}" if count > MOST_PICTURES else f"{count:,}"
        _offer(
            f"These digits as a sheet ({pictures})", lambda: _sheet(gallery), f"{name} gallery.png", disabled=not count
        )
        _offer(
            f"These digits as a table ({count:,})", lambda: _table(gallery), f"{name} gallery.csv", disabled=not count
        )
        _offer("The confusion matrix", lambda: _matrix(gallery), f"{name} confusion matrix.png")
        _offer("Nine right and nine wrong", lambda: _nine_and_nine(gallery), f"{name} right and wrong.png")


def _offer(label: str, make: Callable[[], bytes], file_name: str, *, disabled: bool = False) -> None:
    st.download_button(
        label,
        make,
        file_name=file_name,
        mime="text/csv" if file_name.endswith("csv") else "image/png",
        icon=":material/table:" if file_name.endswith("csv") else ":material/image:",
        on_click="ignore",
        disabled=disabled,
        type="tertiary",
    )


def _sheet(gallery: Gallery) -> bytes:
    indices = gallery.indices[:MOST_PICTURES]
    captions = [f"{gallery.caption(index)}\n{index}" for index in indices.tolist()]
    return _document(gallery_figure(gallery.test.images[indices], captions))


def _table(gallery: Gallery) -> bytes:
    return table(gallery.indices, gallery.probabilities, gallery.test.labels).to_csv(index=False).encode()


def _matrix(gallery: Gallery) -> bytes:
    return _document(confusion_figure(confusion_matrix(gallery.probabilities.argmax(axis=1), gallery.test.labels)))


def _nine_and_nine(gallery: Gallery) -> bytes:
    answered = gallery.probabilities.argmax(axis=1)
    return _document(right_and_wrong_figure(gallery.test.images, answered, gallery.test.labels))


def _document(figure: Figure) -> bytes:
    figure.patch.set_alpha(1)
    return png(figure)

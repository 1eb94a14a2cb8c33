"""Errors, downloads: the gallery as PNG and as CSV, the confusion matrix, and the figure of right and wrong digits."""

from collections.abc import Callable

import streamlit as st
from matplotlib.figure import Figure

from mnist_core.evaluation.gallery import table
from mnist_core.evaluation.scores import confusion_matrix
from mnist_core.figures.confusion_matrix import confusion_figure, gallery_figure, right_and_wrong_figure
from pages._errors.gallery import Gallery
from pages._shared.widgets.figure import png

MAX_PICTURES = 400  # of the gallery's PNG


def show_downloads(name: str, gallery: Gallery) -> None:
    """Offer downloads of the ``gallery`` of the network called ``name``; each file is made on its click.

    Figures are dark on white in every page theme, for use in documents.
    """
    with st.popover("Download", icon=":material/download:"):
        count = len(gallery.indices)
        pictures = f"the first {MAX_PICTURES} of {count:,}" if count > MAX_PICTURES else f"{count:,}"
        _download_button(
            f"These digits as a sheet ({pictures})", lambda: _sheet(gallery), f"{name} gallery.png", disabled=not count
        )
        _download_button(
            f"These digits as a table ({count:,})", lambda: _table(gallery), f"{name} gallery.csv", disabled=not count
        )
        _download_button("The confusion matrix", lambda: _matrix(gallery), f"{name} confusion matrix.png")
        _download_button("Nine right and nine wrong", lambda: _nine_and_nine(gallery), f"{name} right and wrong.png")


def _download_button(label: str, make: Callable[[], bytes], file_name: str, *, disabled: bool = False) -> None:
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
    indices = gallery.indices[:MAX_PICTURES]
    captions = [f"{gallery.caption(index)}\n{index}" for index in indices.tolist()]
    return _opaque_png(gallery_figure(gallery.test.images[indices], captions))


def _table(gallery: Gallery) -> bytes:
    return table(gallery.indices, gallery.probabilities, gallery.test.labels).to_csv(index=False).encode()


def _matrix(gallery: Gallery) -> bytes:
    return _opaque_png(confusion_figure(confusion_matrix(gallery.probabilities.argmax(axis=1), gallery.test.labels)))


def _nine_and_nine(gallery: Gallery) -> bytes:
    predicted = gallery.probabilities.argmax(axis=1)
    return _opaque_png(right_and_wrong_figure(gallery.test.images, predicted, gallery.test.labels))


def _opaque_png(figure: Figure) -> bytes:
    figure.patch.set_alpha(1)
    return png(figure)

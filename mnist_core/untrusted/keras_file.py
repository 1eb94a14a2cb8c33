"""Parser of model files without Keras: ``.keras`` files, which are zips, and HDF5 files.

Use it in the sandbox process only: on some damaged files the HDF5 library crashes or never returns.
"""

import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import h5py
import numpy as np

from mnist_core.errors import ModelError
from mnist_core.untrusted.file_limits import MAX_BYTES
from mnist_core.untrusted.zip_safety import ZIP, ZIP_ERRORS, check_members

MAX_CONFIG_CHARACTERS = 2**20  # the supported networks need a few thousand
HDF5, PICKLE = b"\x89HDF\r\n\x1a\n", b"\x80"
CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"  # members of a .keras file
OLD_LAYERS_GROUP = "_layer_checkpoint_dependencies"  # the group of the layers in .keras files of Keras 2.12 and 2.13

HDF5_ERRORS = (OSError, KeyError, ValueError, TypeError, RuntimeError, AttributeError, OverflowError, MemoryError)


@dataclass(frozen=True)
class ModelFile:
    """An open model file.

    ``config``: the network's description by Keras, not validated. ``origin``: format and Keras version, in words.
    ``find``: returns a layer's datasets by weight name; its arguments are the layer's name, its group in a .keras file,
    and the names of its weights.
    """

    config: dict[str, Any]
    origin: str
    find: Callable[[str, str, Iterable[str]], dict[str, h5py.Dataset]]

    def weights(self, name: str, group_name: str, shapes: dict[str, tuple[int, ...]]) -> dict[str, np.ndarray]:
        """Read a layer's weights, float64, by name. Raises ModelError unless they have exactly these ``shapes``."""
        with _damage_as_model_error():
            datasets = self.find(name, group_name, shapes)
            if datasets.keys() != shapes.keys():
                raise ModelError(f"The layer {name!r} should have the weights {', '.join(shapes)}.")
            return {weight: _values(datasets[weight], shape, name) for weight, shape in shapes.items()}


def open_model_file(content: bytes) -> ModelFile:
    """Open the model file with this ``content``. Raises ModelError with the reason when it is not one."""
    if content.startswith(ZIP):
        return _from_zip(content)
    if content.startswith(HDF5):
        return _from_hdf5(content)
    if content.startswith(PICKLE):
        raise ModelError(
            "This is a Python pickle, which can run any program when it is opened, so nobody opens it here. "
            "Save the network with model.save('name.keras')."
        )
    raise ModelError("This is neither a .keras nor an .h5 file as Keras writes them, whatever its name says.")


def _from_zip(content: bytes) -> ModelFile:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            check_members(archive.infolist(), max_bytes=MAX_BYTES)
            members = {name: archive.read(name) for name in (CONFIG, METADATA, WEIGHTS) if name in archive.namelist()}
    except ZIP_ERRORS as error:
        raise ModelError(f"This .keras file is damaged: {error}.") from error
    if not {CONFIG, WEIGHTS} <= members.keys():
        raise ModelError(f"This zip is no .keras file: it should hold {CONFIG} and {WEIGHTS}.")
    version = _json(members.get(METADATA, b"{}")).get("keras_version", "")
    with _damage_as_model_error():
        file = h5py.File(io.BytesIO(members[WEIGHTS]), "r")
    return ModelFile(_json(members[CONFIG]), f"a .keras file of Keras{_version(version)}", _FindInZip(file))


def _from_hdf5(content: bytes) -> ModelFile:
    with _damage_as_model_error():
        file = h5py.File(io.BytesIO(content), "r")
        config, version = file.attrs.get("model_config"), file.attrs.get("keras_version", b"")
        if config is None:
            raise ModelError("It holds no network, perhaps weights alone. Save all of it: model.save('name.keras').")
        return ModelFile(_json(_text(config)), f"an HDF5 file of Keras{_version(_text(version))}", _FindInHdf5(file))


@contextmanager
def _damage_as_model_error() -> Iterator[None]:
    try:
        yield
    except HDF5_ERRORS as error:
        reason = str(error).strip().partition("\n")[0][:200]
        raise ModelError(f"The file is damaged: {reason}.") from error


def _json(text: str | bytes) -> dict[str, Any]:
    if len(text) > MAX_CONFIG_CHARACTERS:
        raise ModelError("The description of its network is longer than any that can be read here.")
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ModelError(f"The description of its network is damaged: {error}.") from error
    if not isinstance(values, dict):
        raise ModelError("The description of its network is damaged: it is no JSON object.")
    return values


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode()
    if not isinstance(value, str):
        raise ModelError("The file is damaged: it has something else where text should be.")
    return value


def _version(text: object) -> str:
    return f" {text}" if isinstance(text, str) and text.isascii() and text.isprintable() and len(text) < 20 else ""


@dataclass(frozen=True)
class _FindInHdf5:
    """Finds weights in an HDF5 file: each layer has a group by its name, with weight names such as dense/kernel:0."""

    file: h5py.File

    def __call__(self, name: str, group_name: str, names: Iterable[str]) -> dict[str, h5py.Dataset]:
        group = _get(self.file, f"model_weights/{name}")
        paths = [_text(path) for path in group.attrs["weight_names"]]
        return {path.rpartition("/")[2].partition(":")[0]: _get(group, path) for path in paths}


@dataclass(frozen=True)
class _FindInZip:
    """Finds weights in a .keras file: groups such as layers/dense_1 contain the weights, numbered in Keras' order."""

    file: h5py.File

    def __call__(self, name: str, group_name: str, names: Iterable[str]) -> dict[str, h5py.Dataset]:
        container = OLD_LAYERS_GROUP if self.file.get(OLD_LAYERS_GROUP, getlink=True) else "layers"
        group, names = _get(self.file, f"{container}/{group_name}/vars"), list(names)
        if len(group) != len(names):
            raise ModelError(f"The layer {name!r} should have the weights {', '.join(names)}.")
        return {weight: _get(group, str(number)) for number, weight in enumerate(names)}


def _get(group: h5py.Group, path: str) -> h5py.Group | h5py.Dataset:
    """The object at ``path`` in ``group``. Raises ModelError if it is missing, or a link other than a hard link."""
    for part in filter(None, path.split("/")):
        # Check links before following them: an external link can refer to any file on this machine.
        link = group.get(part, getlink=True)
        if link is None:
            raise ModelError(f"The file has no weights at {path[:100]!r}.")
        if not isinstance(link, h5py.HardLink):
            raise ModelError(f"Its weights at {path[:100]!r} are a link to another place or file.")
        group = group[part]
    return group


def _values(dataset: h5py.Dataset, shape: tuple[int, ...], layer: str) -> np.ndarray:
    if dataset.external or dataset.is_virtual:
        raise ModelError(f"The weights of the layer {layer!r} lie in another file.")
    if dataset.chunks:
        raise ModelError(f"The weights of the layer {layer!r} are packed, which Keras never does.")
    if dataset.shape != shape or dataset.dtype.kind != "f":
        raise ModelError(
            f"The layer {layer!r} should have floating-point weights of shape {shape}, "
            f"the file has {dataset.dtype} of shape {dataset.shape}."
        )
    values: np.ndarray = dataset[()].astype(np.float64)
    if not np.isfinite(values).all():
        raise ModelError(f"Some weights of the layer {layer!r} are not finite numbers.")
    return values

"""Validation of a network's description by Keras 2 or 3: a sequence of the few supported kinds of layers.

The description is never passed to Keras.
"""

import math
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeGuard

from mnist_core.config import CLASSES, IMPORTED_ACTIVATIONS, PIXELS, ModelConfig
from mnist_core.errors import ModelError

KINDS = ("InputLayer", "Rescaling", "Flatten", "Reshape", "Dense", "Dropout", "Activation", "BatchNormalization")
NETWORKS = ("Sequential", "Functional", "Model")
FLOATS = ("float16", "bfloat16", "float32", "float64", "mixed_float16", "mixed_bfloat16")
KERAS_MODULES = ("keras", "tf_keras", "tensorflow", "builtins")
MAX_LAYERS = 64  # of all kinds
JsonObject = dict[str, object]


@dataclass(frozen=True)
class Dense:
    """A Dense layer; ``group_name`` is its group in a .keras file, such as "dense_1"."""

    name: str
    group_name: str
    units: int
    activation: str
    use_bias: bool


@dataclass(frozen=True)
class BatchNormalization:
    """A BatchNormalization layer along ``axis``; axis 0 is the batch. ``group_name``: as in Dense."""

    name: str
    group_name: str
    axis: int
    epsilon: float
    scale: bool
    center: bool


@dataclass(frozen=True)
class Rescaling:
    """A layer that computes input * scale + offset."""

    scale: float
    offset: float


@dataclass(frozen=True)
class Dropout:
    """A layer that sets the share ``rate`` of its inputs to 0 during training."""

    rate: float


@dataclass(frozen=True)
class Activation:
    """An activation as a separate layer."""

    name: str


@dataclass(frozen=True)
class Reshape:
    """A layer that reshapes its inputs; -1 is the inferred dimension, as in NumPy."""

    shape: tuple[int, ...]


Layer = Dense | BatchNormalization | Rescaling | Dropout | Activation | Reshape


@dataclass(frozen=True)
class LayerSequence:
    """A network: the shape of its input, 784 numbers without the batch axis, and its layers in order."""

    input_shape: tuple[int, ...]
    layers: tuple[Layer, ...]


def parse_layers(network: JsonObject) -> LayerSequence:
    """Parse the layers of ``network``, a model's description by Keras.

    Raises ModelError with the reason when it is not a sequential network of supported layers with 784 inputs and 10
    outputs, and ConfigError when it is too large.
    """
    kind, settings = network.get("class_name"), network.get("config")
    _reject_custom_code(settings)
    if kind not in NETWORKS:
        raise ModelError(f"It is a network of its own class {_quoted(kind)}; it must be Sequential or functional.")
    if isinstance(settings, list):  # the format of Sequential until Keras 2.2.2
        settings = {"layers": settings}
    settings = _object(settings)
    values = _list(settings.get("layers"), "layers")
    if not 1 <= len(values) <= MAX_LAYERS:
        raise ModelError(f"A network has 1 to {MAX_LAYERS} layers here, this one has {len(values)}.")
    entries = [_object(value) for value in values]
    _check_kinds(entries)
    if kind != "Sequential":
        _check_sequential(settings, entries)
    layers = _layers(entries)
    units = [layer.units for layer in layers if isinstance(layer, Dense)]
    if not units or units[-1] != CLASSES:
        raise ModelError(f"It answers with {units[-1] if units else 'no'} numbers; ten digits need {CLASSES}.")
    ModelConfig(hidden_units=tuple(units[:-1]), imported=True)  # checks the size before any weights are read
    return LayerSequence(_input_shape(settings, entries), layers)


def _reject_custom_code(settings: object) -> None:
    """Raises ModelError when ``settings`` contain or refer to custom code."""
    stack = [settings]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            name, module, registered = (value.get(key) for key in ("class_name", "module", "registered_name"))
            if name in ("Lambda", "__lambda__"):
                raise ModelError("It has a Lambda layer: a program inside the file, which is never run here.")
            is_custom = isinstance(module, str) and module.partition(".")[0] not in KERAS_MODULES
            if name == "function" or is_custom or (isinstance(registered, str) and ">" in registered):
                raise ModelError(
                    f"It needs the program code of whoever made it, {_quoted(registered or name)}; "
                    "only Keras' own layers are read here."
                )
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)


def _check_kinds(entries: list[JsonObject]) -> None:
    if "InputLayer" in [_kind(entry) for entry in entries][1:]:
        raise ModelError("It has more than one input.")


def _kind(entry: JsonObject) -> str:
    """The kind of the layer, one of KINDS. Raises ModelError when it is another one."""
    kind = entry.get("class_name")
    if not isinstance(kind, str) or kind not in KINDS:
        raise ModelError(f"It has a layer of the kind {_quoted(kind)}. Only these are read here: {', '.join(KINDS)}.")
    return kind


def _check_sequential(settings: JsonObject, entries: list[JsonObject]) -> None:
    """Raises ModelError when a functional network is not a sequence of layers."""
    names = [entry.get("name") for entry in entries]
    sources = [_sources(entry.get("inbound_nodes")) for entry in entries]
    is_sequential = all(source == [before] for before, source in zip(names[:-1], sources[1:], strict=True))
    if sources[0] or not is_sequential or _sources(settings.get("output_layers")) != names[-1:]:
        raise ModelError("Its layers branch or are used twice; only one layer after another is read here.")


def _sources(nodes: object) -> list[object]:
    """The names of the layers that ``nodes`` refer to by ["name", 0, 0], in Keras 3 inside "keras_history"."""
    if isinstance(nodes, dict):
        nodes = nodes["keras_history"] if "keras_history" in nodes else list(nodes.values())
    if not isinstance(nodes, list):
        return []
    if len(nodes) >= 3 and isinstance(nodes[0], str) and nodes[1] == nodes[2] == 0:
        return [nodes[0]]
    return [name for node in nodes for name in _sources(node)]


def _layers(entries: list[JsonObject]) -> tuple[Layer, ...]:
    counts: Counter[str] = Counter()
    layers = []
    for entry in entries:
        kind, settings = _kind(entry), _object(entry.get("config"))
        snake = re.sub(r"(?<!^)(?=[A-Z])", "_", kind).lower()
        group_name = f"{snake}_{counts[snake]}" if counts[snake] else snake  # as in Keras' .keras files
        counts[snake] += 1
        if kind != "InputLayer":
            _check_precision(settings)
            layers.append(READERS[kind](settings, group_name))
    return tuple(layers)


def _dense(settings: JsonObject, group_name: str) -> Dense:
    units, use_bias = _integer(settings, "units", 1, 2**31), _flag(settings, "use_bias")
    return Dense(_name(settings), group_name, units, _activation(settings.get("activation")), use_bias)


def _batch_normalization(settings: JsonObject, group_name: str) -> BatchNormalization:
    value = settings.get("axis", -1)  # Keras 2 wrote [1]
    axis = _integer({"axis": value[0] if isinstance(value, list) and len(value) == 1 else value}, "axis", -8, 8)
    epsilon = _number(settings, "epsilon", 0, 1, usual=1e-3)
    return BatchNormalization(
        _name(settings), group_name, axis, epsilon, _flag(settings, "scale"), _flag(settings, "center")
    )


def _rescaling(settings: JsonObject, _: str) -> Rescaling:
    return Rescaling(_number(settings, "scale", -1e6, 1e6), _number(settings, "offset", -1e6, 1e6, usual=0.0))


def _reshape(settings: JsonObject, _: str) -> Reshape:
    sizes = _list(settings.get("target_shape"), "target_shape")
    return Reshape(tuple(_integer({"target_shape": size}, "target_shape", -1, PIXELS) for size in sizes))


def _flatten(settings: JsonObject, _: str) -> Reshape:
    if settings.get("data_format") == "channels_first":
        raise ModelError("Its Flatten layer expects channels first, which turns the picture on its side.")
    return Reshape((-1,))


READERS: dict[str, Callable[[JsonObject, str], Layer]] = {  # from a layer's settings and group name
    "Rescaling": _rescaling,
    "Flatten": _flatten,
    "Reshape": _reshape,
    "Dense": _dense,
    "Dropout": lambda settings, _: Dropout(_number(settings, "rate", 0, 1)),
    "Activation": lambda settings, _: Activation(_activation(settings.get("activation"))),
    "BatchNormalization": _batch_normalization,
}


def _input_shape(settings: JsonObject, entries: list[JsonObject]) -> tuple[int, ...]:
    first = _object(entries[0].get("config"))
    value = first.get("batch_shape") or first.get("batch_input_shape") or settings.get("build_input_shape")
    if value is None:
        raise ModelError("It does not say how many inputs it takes. Save it once it was trained, or built.")
    sizes = _list(value, "batch_shape")[1:]
    shape = tuple(size for size in sizes if _is_integer(size) and size > 0)
    if len(shape) != len(sizes) or math.prod(shape) != PIXELS:
        raise ModelError(f"It takes inputs of the shape {_quoted(sizes)}; MNIST's digits have 28 x 28 pixels.")
    return shape


def _check_precision(settings: JsonObject) -> None:
    value = settings.get("dtype", "float32")
    policy = value.get("config") if isinstance(value, dict) else value
    name = policy.get("name") if isinstance(policy, dict) else policy
    if name not in (*FLOATS, None) or settings.get("quantization_config") or settings.get("lora_rank"):
        raise ModelError(f"It computes in {_quoted(name)}; only floating-point networks are read here.")


def _activation(value: object) -> str:
    if value is None:
        return "linear"
    if value == "swish":
        return "silu"
    if not isinstance(value, str) or value not in IMPORTED_ACTIVATIONS:
        raise ModelError(f"Its activation {_quoted(value)} is none of {', '.join(IMPORTED_ACTIVATIONS)}.")
    return value


def _name(settings: JsonObject) -> str:
    name = settings.get("name")
    if not isinstance(name, str) or not 1 <= len(name) <= 200 or not name.isprintable():
        raise ModelError(f"A layer's name {_quoted(name)} cannot be read.")
    return name


def _flag(settings: JsonObject, key: str) -> bool:
    value = settings.get(key, True)
    if not isinstance(value, bool):
        raise ModelError(f"A layer's {key} must be true or false, the file has {_quoted(value)}.")
    return value


def _integer(settings: JsonObject, key: str, low: int, high: int) -> int:
    value = settings.get(key)
    if not _is_integer(value) or not low <= value <= high:
        raise ModelError(f"A layer's {key} must be a whole number from {low} to {high}, the file has {_quoted(value)}.")
    return value


def _number(settings: JsonObject, key: str, low: float, high: float, *, usual: float | None = None) -> float:
    value = settings.get(key, usual)
    if isinstance(value, list) and len(value) == 1:  # a Rescaling may have a list with one value per channel
        value = value[0]
    if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
        raise ModelError(f"A layer's {key} must be a number from {low} to {high}, the file has {_quoted(value)}.")
    return float(value)


def _is_integer(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _list(value: object, name: str) -> list[object]:
    if not isinstance(value, list):
        raise ModelError(f"The description of its network is damaged: {name} is no list.")
    return value


def _object(value: object) -> JsonObject:
    if not isinstance(value, dict):
        raise ModelError("The description of its network is damaged: a layer is no object.")
    return value


def _quoted(value: object) -> str:
    """``value`` as text for an error message, on one line and at most 60 characters."""
    return repr(value)[:60]

"""How does a picture or a figure become a file?"""

from __future__ import annotations

import re
import sys
import uuid
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nbtrack.errors import InvalidValueError, NbtrackWarning

if TYPE_CHECKING:
    from PIL.Image import Image as PILImage

THUMBNAIL = 256  # pixels of the longer side
PLOTLY_IMAGES = (".png", ".jpeg", ".webp", ".svg", ".pdf")


class Image:
    """A picture for `log_image` and for cells of `log_table`: of an array, nested lists, a PIL image or a path."""

    def __init__(self, image: Any) -> None:
        if isinstance(image, str | Path):
            pil = _pillow()
            with pil.open(image) as opened:
                opened.load()
                self.image: PILImage = opened.copy()
        else:
            self.image = pil_image(np.asarray(image) if isinstance(image, list) else image)

    @property
    def size(self) -> tuple[int, int]:
        return self.image.size

    def to_pil(self) -> PILImage:
        return self.image

    def to_array(self) -> NDArray[np.uint8]:
        return np.asarray(self.image)

    def to_list(self) -> list[Any]:
        """Row by row: a number for each grey pixel, a tuple for each coloured one."""
        pixels = self.to_array().reshape(self.size[0] * self.size[1], -1)
        return [int(p[0]) if len(p) == 1 else tuple(int(c) for c in p) for p in pixels]

    def save(self, path: str | Path) -> None:
        self.image.save(path)

    def resize(self, size: tuple[int, int]) -> Image:
        return Image(self.image.resize(size))


def _pillow() -> Any:
    try:
        import PIL.Image
    except ImportError as error:
        raise ImportError("Images need Pillow. Install it with: pip install pillow") from error
    return PIL.Image


def check_target(artifact_file: str | None, key: str | None, step: int | None, timestamp: int | None) -> None:
    """TypeError unless an image has exactly one of a name and a key, as in MLflow."""
    if artifact_file is not None and (key is not None or step is not None or timestamp is not None):
        raise TypeError("log_image takes artifact_file alone, or key with step and timestamp. Leave one of them out.")
    if artifact_file is None and key is None:
        raise TypeError("log_image needs artifact_file, for one image, or key, for a series of them.")
    if key is not None and not re.fullmatch(r"[a-zA-Z0-9_\-./ ]+", key):
        raise InvalidValueError(f"The image key '{key}' may hold only letters, digits, spaces and _ - . /")


def series_stem(key: str, step: int, timestamp: int, unique: uuid.UUID | None = None) -> str:
    """The path without its ending that MLflow gives to one image of a series."""
    return f"images/{key.replace('/', '~')}+step+{step}+timestamp+{timestamp}+{unique or uuid.uuid4()}"


def pil_image(image: Any) -> PILImage:
    """The PIL image of what `log_image` takes. TypeError for anything else, ValueError for a wrong shape or range."""
    pillow = _pillow()
    if isinstance(image, np.ndarray):
        made: PILImage = pillow.fromarray(_as_uint8(_flat(image)))
        return made
    if isinstance(image, Image):
        return image.image
    if isinstance(image, pillow.Image):
        return image  # type: ignore[no-any-return]  # narrowed at runtime, Pillow being imported here only
    raise TypeError(f"An image is a numpy array, a PIL image or an nbtrack.Image, not a {type(image).__name__}.")


def _flat(image: NDArray[Any]) -> NDArray[Any]:
    if image.dtype.kind not in "biuf":
        raise TypeError(f"An image array holds bools, integers or floats, not '{image.dtype}'.")
    if image.ndim not in (2, 3) or (image.ndim == 3 and image.shape[2] not in (1, 3, 4)):
        raise InvalidValueError(
            f"The image has the shape {image.shape}. Use (height, width) or (height, width, 1, 3 or 4)."
        )
    return image[:, :, 0] if image.ndim == 3 and image.shape[2] == 1 else image


def _as_uint8(image: NDArray[Any]) -> NDArray[np.uint8]:
    low, high = image.min(), image.max()
    if image.dtype.kind in "iu":
        if low < 0 or high > 255:
            raise InvalidValueError(f"The image holds integers from {low} to {high}. Use 0 to 255.")
        return image.astype(np.uint8)
    if image.dtype.kind == "f" and (low < 0 or high > 1):
        warnings.warn(
            f"The image holds floats from {low} to {high}; they are rescaled to 0 to 1.", NbtrackWarning, stacklevel=4
        )
        image = (image - low) / (high - low)
    return (image * 255).astype(np.uint8)


def thumbnail(image: PILImage) -> PILImage:
    """A copy whose longer side is 256 pixels."""
    width, height = image.size
    if width > height:
        return image.resize((THUMBNAIL, max(1, int(height * (THUMBNAIL / width)))))
    return image.resize((max(1, int(width * (THUMBNAIL / height))), THUMBNAIL))


def save_figure(figure: Any, path: Path, options: dict[str, Any]) -> None:
    """Write a matplotlib or a plotly figure to `path`, in the format of its ending."""
    matplotlib = sys.modules.get("matplotlib.figure")
    plotly = sys.modules.get("plotly.basedatatypes")
    if matplotlib is not None and isinstance(figure, matplotlib.Figure):
        figure.savefig(path, **options)
    elif plotly is not None and isinstance(figure, plotly.BaseFigure):
        if path.suffix == ".html":
            figure.write_html(path, **{"include_plotlyjs": "cdn", "auto_open": False, **options})
        elif path.suffix in PLOTLY_IMAGES:
            figure.write_image(path, **options)
        else:
            raise TypeError(f"A plotly figure is kept as .html or as {', '.join(PLOTLY_IMAGES)}, not as '{path.name}'.")
    else:
        raise TypeError(f"log_figure takes a matplotlib or a plotly figure, not a {type(figure).__name__}.")

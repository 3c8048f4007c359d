"""Writes test-data/photos: photos of scikit-image that are free (CC0 or public domain), made small."""
from pathlib import Path

from PIL import Image
from skimage import data

OUT = Path(__file__).parent.parent / "test-data/photos"
NAMES = ["astronaut", "brick", "camera", "cat", "coffee", "grass", "gravel", "hubble_deep_field", "rocket"]


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        image = Image.fromarray(getattr(data, name)()).convert("RGB")
        image.thumbnail((192, 192), Image.Resampling.LANCZOS)
        image.save(OUT / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()

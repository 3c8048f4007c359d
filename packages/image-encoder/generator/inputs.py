"""The inputs of the reference values: drawn by whole-number formulas, and photos beside them."""
from pathlib import Path

import numpy as np
from PIL import Image

PHOTOS = Path(__file__).parent.parent / "test-data/photos"
KINDS = ["waves", "checks", "disks", "noise", "weave", "ramps"]
SIZES = [(224, 224), (300, 200), (97, 131), (640, 480), (57, 224), (225, 449), (16, 16)]


def drawn(kind: int, width: int, height: int, channels: int, seed: int) -> np.ndarray:
    """[h, w, channels] bytes; src/reference.test.ts draws the same."""
    y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(channels), indexing="ij")
    a, b = 3 + seed % 11, 5 + seed % 7
    if kind == 0:
        v = (x * a + c * 40) % 256 ^ (y * b) % 256
    elif kind == 1:
        v = ((x // (4 + a) + y // (4 + b) + c) % 2) * (200 - 30 * c) + 20
    elif kind == 2:
        v = ((x - width // 2) ** 2 * a + (y - height // 3) ** 2 * b) // (64 + 32 * c) % 256
    elif kind == 3:
        v = (x * 7919 + y * 104729 + c * 1299709 + seed * 15485863) % 65521 * 31 % 256
    elif kind == 4:
        v = (x * y // (8 + a) + c * 85) % 256
    else:
        v = (x * 255 // max(width - 1, 1) * (c == 0) + y * 255 // max(height - 1, 1) * (c != 0) + a * 8) % 256
    return v.astype(np.uint8)


def drawings() -> list[np.ndarray]:
    """42 of them: each kind at each size, every seventh grey."""
    return [
        drawn(kind, *SIZES[i], 1 if (kind * len(SIZES) + i) % 7 == kind else 3, kind * 100 + i)
        for kind in range(len(KINDS))
        for i in range(len(SIZES))
    ]


def photos() -> list[np.ndarray]:
    return [np.asarray(Image.open(path).convert("RGB")) for path in sorted(PHOTOS.glob("*.png"))]


def middle_square(picture: np.ndarray) -> np.ndarray:
    """[224, 224, 3], (byte - 127) / 128: the shorter side to 224 by Pillow's bicubic, the middle of it."""
    image = Image.fromarray(picture.squeeze()).convert("RGB")
    shorter = min(image.size)
    # rounded as JavaScript rounds, half up
    width, height = [(2 * length * 224 + shorter) // (2 * shorter) for length in image.size]
    image = image.resize((width, height), Image.Resampling.BICUBIC)
    left, top = (width - 224) // 2, (height - 224) // 2
    square = image.crop((left, top, left + 224, top + 224))
    return (np.asarray(square).astype(np.float64) - 127) / 128

"""What fewer bits cost: `python narrow.py [folder]`.

Cosines to the embeddings of float32 weights, over the reference inputs; and, for a folder of folders with
pictures of the same names by several artists, 1-shot accuracy across artists (centred cosine, all ways).
"""
import sys
from itertools import permutations
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from folded import folded, forward, original
from generate import WIDE
from inputs import drawings, middle_square, photos
from PIL import Image


def half(w: torch.Tensor) -> torch.Tensor:
    return w.half().double()


def int8(w: torch.Tensor) -> torch.Tensor:
    """Rounded to 255 levels for each output channel."""
    scale = w.flatten(1).abs().amax(1).clamp(min=1e-12).reshape(-1, 1, 1, 1) / 127
    return torch.round(w / scale) * scale


def depthwise(name: str) -> bool:
    return name.endswith("depthwise") or name == "stem"


VARIANTS = {
    "float32": lambda name, w: w,
    "float16": lambda name, w: half(w),
    "float16, first blocks float32": lambda name, w: w if name.startswith(WIDE) else half(w),
    "int8": lambda name, w: int8(w),
    "int8, depthwise float16": lambda name, w: half(w) if depthwise(name) else int8(w),
}


def squares(pictures: list[np.ndarray]) -> torch.Tensor:
    return torch.stack([torch.from_numpy(middle_square(p)).permute(2, 0, 1).float() for p in pictures])


def artists(folder: Path) -> list[torch.Tensor]:
    sets = sorted(path for path in folder.iterdir() if path.is_dir())
    return [squares([np.asarray(Image.open(p).convert("RGB")) for p in sorted(s.glob("*.png"))]) for s in sets]


def accuracy(sets: list[torch.Tensor]) -> float:
    mean = torch.cat(sets).mean(0)
    unit = [F.normalize(rows - mean, dim=1) for rows in sets]
    right = [(a @ b.T).argmax(1) == torch.arange(len(a)) for a, b in permutations(unit, 2)]
    return torch.cat(right).float().mean().item()


def main() -> None:
    model = original()
    layers = folded(model)
    inputs = squares(drawings() + photos())
    drawn = artists(Path(sys.argv[1])) if len(sys.argv) > 1 else []
    reference = None
    for name, narrow in VARIANTS.items():
        weights = {key: (narrow(key, w).float(), b.float()) for key, (w, b) in layers.items()}
        embed = lambda x: torch.cat([forward(model, weights, part) for part in x.split(8)])  # noqa: E731
        rows = embed(inputs)
        reference = rows if reference is None else reference
        cosines = F.cosine_similarity(rows, reference)
        shots = f", 1-shot {accuracy([embed(s) for s in drawn]):.4f}" if drawn else ""
        print(f"{name}: cosine mean {cosines.mean():.6f}, least {cosines.min():.6f}{shots}", flush=True)


if __name__ == "__main__":
    main()

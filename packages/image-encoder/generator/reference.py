"""Writes test-data/embeddings.safetensors: what the published model says of the inputs."""
from pathlib import Path

import numpy as np
import torch
from folded import embed, original
from inputs import drawings, middle_square, photos
from safetensors_file import write

OUT = Path(__file__).parent.parent / "test-data/embeddings.safetensors"


def rows(model: torch.nn.Module, pictures: list[np.ndarray]) -> np.ndarray:
    squares = [torch.from_numpy(middle_square(picture)).permute(2, 0, 1).float() for picture in pictures]
    embedded = [embed(model, square[None])[0] for square in squares]
    return torch.stack(embedded).numpy().astype(np.float32)


def main() -> None:
    model = original().float()
    tensors = {"drawings": rows(model, drawings()), "photos": rows(model, photos())}
    write(str(OUT), tensors, {"torch": torch.__version__, "source": "efficientnet-lite-pytorch 0.1.0"})


if __name__ == "__main__":
    main()

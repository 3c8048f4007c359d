"""Writes the published model without its last layer as ONNX, for bench/onnxruntime.mjs: `python export_onnx.py net.onnx`."""
import sys

import torch
from folded import original


class Embedding(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.model = original().float()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.model.extract_features(x).mean((2, 3))


if __name__ == "__main__":
    torch.onnx.export(
        Embedding(), (torch.zeros(1, 3, 224, 224),), sys.argv[1], opset_version=18, dynamo=True, external_data=False
    )

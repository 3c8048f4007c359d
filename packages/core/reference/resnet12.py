"""Reference values of ResNet-12 and DropBlock: PyTorch, float64. Needs torch;
python resnet12.py > data/resnet12.json

Images are NHWC, filters HWIO. Parameters are listed in the order of kshot's tree: for each block the shortcut
(filter, beta, gamma), then the trunk's three convolutions, each followed by its batch norm.
"""
import json
import sys

import torch
from torch import nn
import torch.nn.functional as F

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
FILTERS, SIDE, N = (2, 3, 3, 4), 33, 3
draw = lambda *shape: (torch.randn(shape) * 1000).round() / 1000
written = lambda x: {"shape": list(x.shape), "data": [float(f"{v:.9g}") for v in x.detach().reshape(-1).tolist()]}


class Block(nn.Module):
    def __init__(self, inputs, filters):
        super().__init__()
        conv = lambda i, k: [nn.Conv2d(i, filters, k, padding=k // 2, bias=False), nn.BatchNorm2d(filters)]
        leaky = nn.LeakyReLU(0.1)
        self.trunk = nn.Sequential(*conv(inputs, 3), leaky, *conv(filters, 3), leaky, *conv(filters, 3))
        self.shortcut = nn.Sequential(*conv(inputs, 1))

    def forward(self, x):
        return F.max_pool2d(F.leaky_relu(self.trunk(x) + self.shortcut(x), 0.1), 2)

    def tensors(self):
        for part in (self.shortcut, self.trunk):
            for layer in part:
                if isinstance(layer, nn.Conv2d):
                    yield layer.weight, lambda w: w.permute(2, 3, 1, 0)
                elif isinstance(layer, nn.BatchNorm2d):
                    yield layer.bias, lambda b: b
                    yield layer.weight, lambda g: g


net = nn.Sequential(*[Block(i, o) for i, o in zip((3, *FILTERS), FILTERS)])
tensors = [pair for block in net for pair in block.tensors()]
with torch.no_grad():
    for value, _ in tensors:
        value.copy_(draw(*value.shape) * (0.5 if value.dim() == 4 else 0.2) + (0 if value.dim() == 4 else 0.5))
        value.copy_((value * 1000).round() / 1000)
x = draw(N, 3, SIDE, SIDE)
written_x = written(x.permute(0, 2, 3, 1))
output = net(x).permute(0, 2, 3, 1).reshape(N, -1)
weights = draw(*output.shape)
gradients = torch.autograd.grad((weights * output).sum(), [value for value, _ in tensors])


def dropped(x, uniform, gamma, size):
    """DropBlock as its authors define it: a square at each place that was drawn, and the rest scaled up."""
    mask = torch.ones_like(x)
    for n, c, i, j in (uniform < gamma).nonzero():
        mask[n, c, i : i + size, j : j + size] = 0
    return x * mask * mask.numel() / mask.sum()


size, side, gamma = 3, 7, 0.06
maps, uniform = draw(2, 2, side, side), torch.rand(2, 2, side - size + 1, side - size + 1)
nhwc = lambda t: written(t.permute(0, 2, 3, 1))
json.dump(
    {
        "made": f"resnet12.py, PyTorch {torch.__version__}, float64",
        "filters": FILTERS,
        "x": written_x,
        "params": [written(order(value)) for value, order in tensors],
        "output": written(output),
        "weights": written(weights),
        "gradients": [written(order(g)) for g, (_, order) in zip(gradients, tensors)],
        "dropBlock": {
            "size": size, "gamma": gamma, "x": nhwc(maps), "uniform": nhwc(uniform),
            "y": nhwc(dropped(maps, uniform, gamma, size)),
        },
    },
    sys.stdout,
)
print()

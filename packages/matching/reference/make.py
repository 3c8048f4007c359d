"""Reference values of Matching Networks: PyTorch, float64. Needs torch; python make.py > data/matching.json

The LSTMs are PyTorch's own (nn.LSTM, bidirectional, and nn.LSTMCell), not the equations written out once
more. Tensors are {shape, data}, row-major, by their path in the learner's parameters; weights are
[inputs, 4 units] with the gates in PyTorch's order (input, forget, candidate, output).
"""
import json
import torch
from torch import nn
from torch.func import functional_call

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
WAYS, D, STEPS = 3, 3, 3
LABELS = torch.tensor([0, 2, 1, 0, 0, 2])  # uneven shots, in no order of classes
TRUTH = torch.tensor([2, 0, 1, 1])
# What float32 holds, as the numbers are written.
draw = lambda *shape: (torch.randn(shape) * 1000).round() / 1000
x_support, x_query = draw(len(LABELS), 2), draw(len(TRUTH), 2)

params = {
    "backbone/1/bias": draw(4), "backbone/1/weight": draw(2, 4),
    "backbone/3/bias": draw(D), "backbone/3/weight": draw(4, D),
    "sharpness": draw(),
}
for name, recurrent in (("query", 2 * D), ("support/backward", D), ("support/forward", D)):
    params |= {
        f"context/{name}/bias": draw(4 * D),
        f"context/{name}/input": draw(D, 4 * D),
        f"context/{name}/recurrent": draw(recurrent, 4 * D),
    }
direction = {name: draw(*value.shape) for name, value in params.items()}

both_ways = nn.LSTM(D, D, bidirectional=True)
cell = nn.LSTMCell(2 * D, D)  # its input is [f', r]


def backbone(p, x):
    hidden = torch.tanh(x @ p["backbone/1/weight"] + p["backbone/1/bias"])
    return hidden @ p["backbone/3/weight"] + p["backbone/3/bias"]


def g(p, z):
    weights = {}
    for name, suffix in (("forward", ""), ("backward", "_reverse")):
        at = lambda part: p[f"context/support/{name}/{part}"]
        weights |= {
            f"weight_ih_l0{suffix}": at("input").T, f"weight_hh_l0{suffix}": at("recurrent").T,
            f"bias_ih_l0{suffix}": at("bias"), f"bias_hh_l0{suffix}": torch.zeros(4 * D),
        }
    out, _ = functional_call(both_ways, weights, (z,))
    return out[:, :D] + out[:, D:] + z


def f(p, z, support):
    of_h, of_r = p["context/query/recurrent"].split(D)
    weights = {
        "weight_ih": torch.cat([p["context/query/input"], of_r]).T, "weight_hh": of_h.T,
        "bias_ih": p["context/query/bias"], "bias_hh": torch.zeros(4 * D),
    }
    h, c = torch.zeros_like(z), torch.zeros_like(z)
    for _ in range(STEPS):
        r = torch.softmax(h @ support.T, -1) @ support
        h, c = functional_call(cell, weights, (torch.cat([z, r], -1), (h, c)))
        h = h + z
    return h


def near(a, b, distance):
    if distance == "squared-euclidean":
        return -((a[:, None] - b[None]) ** 2).sum(-1)
    b = nn.functional.normalize(b, dim=-1)
    return (nn.functional.normalize(a, dim=-1) if distance == "cosine" else a) @ b.T


def log_probs(p, distance, context):
    support, query = backbone(p, x_support), backbone(p, x_query)
    if context:
        support = g(p, support)
        query = f(p, query, support)
    attention = torch.softmax(near(query, support, distance) * p["sharpness"].exp(), -1)
    return support, torch.log(attention @ nn.functional.one_hot(LABELS, WAYS).double())


def tensor(t):
    return {"shape": list(t.shape), "data": [float(f"{v:.9g}") for v in t.detach().flatten().tolist()]}


def case(distance, context):
    p = {k: v.clone().requires_grad_() for k, v in params.items() if context or not k.startswith("context")}
    support, logits = log_probs(p, distance, context)
    loss = nn.functional.nll_loss(logits, TRUTH)
    slopes = torch.autograd.grad(loss, list(p.values()), create_graph=True)
    along = sum((s * direction[k]).sum() for k, s in zip(p, slopes))
    curved = torch.autograd.grad(along, list(p.values()))
    named = lambda values: {k: tensor(v) for k, v in zip(p, values)}
    return {
        "distance": distance, "fullContext": STEPS if context else False,
        "support": tensor(support), "logProbs": tensor(logits), "loss": loss.item(),
        "gradient": named(slopes), "hvp": named(curved),
    }


print(json.dumps({
    "made": f"make.py, PyTorch {torch.__version__}, float64",
    "ways": WAYS,
    "task": {"xs": tensor(x_support), "ys": {"shape": [len(LABELS)], "dtype": "int32", "data": LABELS.tolist()},
             "xq": tensor(x_query), "yq": {"shape": [len(TRUTH)], "dtype": "int32", "data": TRUTH.tolist()}},
    "params": {k: tensor(v) for k, v in params.items()},
    "direction": {k: tensor(v) for k, v in direction.items()},
    "cases": [case("cosine", True), case("cosine", False), case("cosine-support", False),
              case("squared-euclidean", False), case("squared-euclidean", True)],
}, separators=(",", ":")))

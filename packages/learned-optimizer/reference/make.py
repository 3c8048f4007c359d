"""Values of PyTorch float64 for a learned optimizer: python reference/make.py > src/reference.json

A 5-step unroll of the LSTM optimizer of Andrychowicz et al. 2016 on one quadratic function: the loss
sum(f(theta_t), t = 1..5) and its gradient in the LSTM's weights, with gradients as constants (first
order) and differentiated too (second order), with and without log-sign preprocessing.
Needs: pip install torch
"""
import json
import math

import torch

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
UNITS, D, STEPS, SCALE = 4, 6, 5, 0.1


def drawn(*shape):
    return torch.randn(*shape) * 0.4


def cell(columns):
    return {
        "first": {"input": drawn(columns, 4 * UNITS), "recurrent": drawn(UNITS, 4 * UNITS), "bias": drawn(4 * UNITS)},
        "second": {"input": drawn(UNITS, 4 * UNITS), "recurrent": drawn(UNITS, 4 * UNITS), "bias": drawn(4 * UNITS)},
        "out": {"weight": drawn(UNITS, 1), "bias": drawn(1)},
    }


def lstm(w, x, h, c):
    i, f, g, o = (x @ w["input"] + h @ w["recurrent"] + w["bias"]).chunk(4, dim=1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


def preprocessed(g, p):
    if p is None:
        return g
    size = torch.log(torch.clamp(g.abs(), min=math.exp(-p))) / p
    return torch.cat([size, torch.clamp(g * math.exp(p), -1, 1)], dim=1)


def unrolled(w, problem, p, second):
    theta = problem["start"]
    h1 = c1 = h2 = c2 = torch.zeros(D, UNITS)
    f = lambda t: ((problem["x"] @ t - problem["y"]) ** 2).sum()
    total = 0.0
    losses = []
    if not theta.requires_grad:
        theta = theta.clone().requires_grad_(True)
    for t in range(STEPS):
        (g,) = torch.autograd.grad(f(theta), theta, create_graph=second)
        if not second:
            g = g.detach()
        h1, c1 = lstm(w["first"], preprocessed(g, p), h1, c1)
        h2, c2 = lstm(w["second"], h1, h2, c2)
        theta = theta + SCALE * (h2 @ w["out"]["weight"] + w["out"]["bias"])
        value = f(theta)
        losses.append(value.item())
        total = total + value
    return total, losses


cases = []
for p in (10, 5, None):
    for second in (False, True):
        w = cell(1 if p is None else 2)
        leaves = [t for part in w.values() for t in part.values()]
        for leaf in leaves:
            leaf.requires_grad_(True)
        problem = {"start": drawn(D, 1), "x": torch.randn(D, D), "y": torch.randn(D, 1)}
        total, losses = unrolled(w, problem, p, second)
        grads = iter(torch.autograd.grad(total, leaves))
        as_lists = lambda tree: {k: as_lists(v) if isinstance(v, dict) else v.tolist() for k, v in tree.items()}
        gradient = {part: {name: next(grads) for name in leaf} for part, leaf in w.items()}
        cases.append({
            "preprocess": "none" if p is None else p,
            "secondOrder": second,
            "weights": as_lists(w),
            "problem": as_lists(problem),
            "loss": total.item(),
            "losses": losses,
            "gradient": as_lists(gradient),
        })
print(json.dumps({"units": UNITS, "steps": STEPS, "outputScale": SCALE, "torch": torch.__version__, "cases": cases}))

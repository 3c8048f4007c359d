"""Milliseconds of an unrolled meta-step in PyTorch: python bench/meta-step.py [meta-batch] [runs]

The same work as meta-step.mjs: a loop over problems with LSTMCell-like products, the loop's body batched by
hand over all problems, and torch.func (vmap of grad). One thread, as kshot's wasm backend.
"""
import json
import sys
import time

import torch

BATCH = int(sys.argv[1]) if len(sys.argv) > 1 else 8
RUNS = int(sys.argv[2]) if len(sys.argv) > 2 else 10
UNITS, D, STEPS, WINDOW, SCALE, P = 20, 10, 100, 20, 0.1, 10.0
torch.set_num_threads(1)
torch.manual_seed(0)


def draw(*shape):
    return (torch.randn(*shape) * 0.2).requires_grad_(True)


w = [draw(2, 4 * UNITS), draw(UNITS, 4 * UNITS), draw(4 * UNITS), draw(UNITS, 4 * UNITS), draw(UNITS, 4 * UNITS), draw(4 * UNITS), draw(UNITS, 1), draw(1)]
W, Y, START = torch.randn(BATCH, D, D), torch.randn(BATCH, D, 1), 0.01 * torch.randn(BATCH, D, 1)


def lstm(x, h, c, wx, wh, b):
    i, f, g, o = (x @ wx + h @ wh + b).chunk(4, dim=-1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


def cell(w, g, s):
    size = torch.log(torch.clamp(g.abs(), min=2.718281828 ** -P)) / P
    x = torch.cat([size, torch.clamp(g * 2.718281828**P, -1, 1)], dim=-1)
    h1, c1 = lstm(x, s[0], s[1], *w[0:3])
    h2, c2 = lstm(h1, s[2], s[3], *w[3:6])
    return SCALE * (h2 @ w[6] + w[7]), (h1, c1, h2, c2)


def window(w, theta, s, wx, y):
    """Batched over leading axes: the sum of losses after each of WINDOW steps."""
    total = 0.0
    for _ in range(WINDOW):
        g = (2 * wx.transpose(-1, -2) @ (wx @ theta.detach() - y)).detach()
        update, s = cell(w, g, s)
        theta = theta + update
        total = total + ((wx @ theta - y) ** 2).sum()
    return total, (theta, s)


def meta_step(wx, y, start):
    theta, s = start, tuple(torch.zeros(*start.shape[:-1], UNITS) for _ in range(4))
    for leaf in w:
        leaf.grad = None
    for _ in range(STEPS // WINDOW):
        total, (theta, s) = window(w, theta, s, wx, y)
        total.backward()
        theta, s = theta.detach(), tuple(x.detach() for x in s)


def looped():
    sums = [torch.zeros_like(leaf) for leaf in w]
    for k in range(BATCH):
        meta_step(W[k], Y[k], START[k])
        sums = [a + leaf.grad for a, leaf in zip(sums, w)]


grad_of = torch.func.vmap(torch.func.grad(lambda w, t, s, x, y: window(w, t, s, x, y), has_aux=True), in_dims=(None, 0, 0, 0, 0))


def vmapped():
    plain = [leaf.detach() for leaf in w]
    theta, s = START, tuple(torch.zeros(BATCH, D, UNITS) for _ in range(4))
    for _ in range(STEPS // WINDOW):
        grads, (theta, s) = grad_of(plain, theta, s, W, Y)
        [g.sum(0) for g in grads]


for name, f in {"PyTorch, loop": looped, "PyTorch, torch.func": vmapped, "PyTorch, batched by hand": lambda: meta_step(W, Y, START)}.items():
    times = []
    for _ in range(RUNS + 2):
        started = time.perf_counter()
        f()
        times.append(1000 * (time.perf_counter() - started))
    median = sorted(times[2:])[RUNS // 2]
    print(json.dumps({"peer": name, "metaBatch": BATCH, "ms": round(median)}))

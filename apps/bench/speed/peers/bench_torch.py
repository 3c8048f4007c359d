#!/usr/bin/env python3
"""The cases of kshot's speed benchmark in PyTorch on the same cores: one line of JSON a way to run it.

    python bench_torch.py protonet-20w1s5q

Needs torch; learn2learn is measured too where it is installed. float32, images of noise, 64 filters.
"""
import json
import os
import re
import statistics
import sys
import time

THREADS = int(os.environ.get("KSHOT_PEER_THREADS", os.cpu_count() or 1))
os.environ.setdefault("OMP_NUM_THREADS", str(THREADS))

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(THREADS)
torch.manual_seed(0)
TASKS = 16
INNER_RATE = 0.4


class BatchNorm(nn.Module):
    """From elementary operations: its second derivative is right under vmap, and faster than batch_norm's."""

    def __init__(self, channels):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x):
        mean = x.mean((0, 2, 3), keepdim=True)
        centred = x - mean
        variance = (centred * centred).mean((0, 2, 3), keepdim=True)
        scale = self.weight.view(1, -1, 1, 1) * (variance + 1e-5).rsqrt()
        return centred * scale + self.bias.view(1, -1, 1, 1)


class Net(nn.Module):
    """conv4 with pooling, or Finn's net with strides of 2; `ways` adds a head."""

    def __init__(self, kind, ways=None, norm=lambda c: nn.BatchNorm2d(c, track_running_stats=False)):
        super().__init__()
        self.kind = kind
        blocks = []
        for i in range(4):
            stride = 2 if kind == "finn" else 1
            blocks += [nn.Conv2d(1 if i == 0 else 64, 64, 3, stride=stride, padding=1), norm(64), nn.ReLU()]
            if kind == "conv4":
                blocks.append(nn.MaxPool2d(2))
        self.body = nn.Sequential(*blocks)
        self.head = nn.Linear(64, ways) if ways else nn.Identity()

    def forward(self, x):
        x = self.body(x)
        return self.head(x.flatten(1) if self.kind == "conv4" else x.mean((2, 3)))


def episode(ways, shots, queries):
    x = lambda n: torch.rand(ways * n, 1, 28, 28)
    y = lambda n: torch.arange(ways).repeat_interleave(n)
    return x(shots), y(shots), x(queries), y(queries)


def report(name, variant, run, per_run):
    for _ in range(3):
        run()
    times, started = [], time.perf_counter()
    while len(times) < 10 or time.perf_counter() - started < 2:
        t = time.perf_counter()
        run()
        times.append((time.perf_counter() - t) * 1000)
    print(json.dumps({
        "name": name, "variant": variant, "threads": THREADS, "median": statistics.median(times) / per_run,
        "runs": len(times), "torch": torch.__version__,
    }), flush=True)


def prototypes(net, xs, ways, shots):
    return net(xs).view(ways, shots, -1).mean(1)


def protonet(name, ways, shots, queries):
    for variant in ("plain", "channels-last"):
        net = Net("conv4", norm=nn.BatchNorm2d)
        xs, _, xq, yq = episode(ways, shots, queries)
        if variant == "channels-last":
            net = net.to(memory_format=torch.channels_last)
            xs, xq = (x.to(memory_format=torch.channels_last) for x in (xs, xq))
        optimizer = torch.optim.Adam(net.parameters(), 1e-3, fused=variant != "plain")

        def run():
            optimizer.zero_grad()
            z = net(torch.cat([xs, xq]))
            means = z[: ways * shots].view(ways, shots, -1).mean(1)
            loss = F.cross_entropy(-torch.cdist(z[ways * shots :], means) ** 2, yq)
            loss.backward()
            optimizer.step()

        report(name, variant, run, 1)


def maml_autograd(name, kind, shape, steps, first_order):
    """A loop over tasks, as most people write it."""
    net = Net(kind, shape[0], norm=BatchNorm)
    tasks = [episode(*shape) for _ in range(TASKS)]
    optimizer = torch.optim.Adam(net.parameters(), 1e-3)

    def run():
        optimizer.zero_grad()
        for xs, ys, xq, yq in tasks:
            weights = dict(net.named_parameters())
            for _ in range(steps):
                loss = F.cross_entropy(torch.func.functional_call(net, weights, (xs,)), ys)
                slopes = torch.autograd.grad(loss, list(weights.values()), create_graph=not first_order)
                weights = {k: w - INNER_RATE * g for (k, w), g in zip(weights.items(), slopes)}
            loss = F.cross_entropy(torch.func.functional_call(net, weights, (xq,)), yq)
            (loss / TASKS).backward()
        optimizer.step()

    report(name, "autograd", run, TASKS)


def maml_vmap(name, kind, shape, steps, first_order):
    """All tasks at once, by torch.func."""
    net = Net(kind, shape[0], norm=BatchNorm)
    batch = [torch.stack(x) for x in zip(*(episode(*shape) for _ in range(TASKS)))]
    optimizer = torch.optim.Adam(net.parameters(), 1e-3)

    def loss_on(weights, x, y):
        return F.cross_entropy(torch.func.functional_call(net, weights, (x,)), y)

    def task(weights, xs, ys, xq, yq):
        for _ in range(steps):
            slopes = torch.func.grad(loss_on)(weights, xs, ys)
            if first_order:
                slopes = {k: g.detach() for k, g in slopes.items()}
            weights = {k: w - INNER_RATE * slopes[k] for k, w in weights.items()}
        return loss_on(weights, xq, yq)

    gradient = torch.func.vmap(torch.func.grad(task), in_dims=(None, 0, 0, 0, 0))

    def run():
        slopes = gradient({k: p.detach() for k, p in net.named_parameters()}, *batch)
        for key, parameter in net.named_parameters():
            parameter.grad = slopes[key].mean(0)
        optimizer.step()

    report(name, "torch.func.vmap", run, TASKS)


def maml_learn2learn(name, kind, shape, steps, first_order):
    try:
        import learn2learn as l2l
    except ImportError:
        return
    model = l2l.algorithms.MAML(Net(kind, shape[0]), lr=INNER_RATE, first_order=first_order)
    tasks = [episode(*shape) for _ in range(TASKS)]
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)

    def run():
        optimizer.zero_grad()
        for xs, ys, xq, yq in tasks:
            learner = model.clone()
            for _ in range(steps):
                learner.adapt(F.cross_entropy(learner(xs), ys))
            (F.cross_entropy(learner(xq), yq) / TASKS).backward()
        optimizer.step()

    report(name, "learn2learn", run, TASKS)


def latency_protonet(name, ways, shots):
    net = Net("conv4", norm=nn.BatchNorm2d).eval()
    xs, _, xq, _ = episode(ways, shots, 1)

    def run():
        with torch.inference_mode():
            means = prototypes(net, xs, ways, shots)
            torch.cdist(net(xq[:1]), means).argmin()

    report(name, "plain", run, 1)


def latency_maml(name, kind, ways, shots, steps):
    net = Net(kind, ways)
    xs, ys, xq, _ = episode(ways, shots, 1)
    start = {k: v.clone() for k, v in net.state_dict().items()}

    def run():
        net.load_state_dict(start)
        for _ in range(steps):
            slopes = torch.autograd.grad(F.cross_entropy(net(xs), ys), list(net.parameters()))
            with torch.no_grad():
                for parameter, slope in zip(net.parameters(), slopes):
                    parameter -= INNER_RATE * slope
        with torch.inference_mode():
            net(xq[:1]).argmax()

    report(name, "plain", run, 1)


def main(name):
    shape = re.search(r"(\d+)w(\d+)s(?:(\d+)q)?", name)
    ways, shots, queries = (int(n or 1) for n in shape.groups())
    steps = int((re.search(r"(\d+)step", name) or [0, 1])[1])
    kind = "finn" if "finn" in name else "conv4"
    if name.startswith("protonet"):
        protonet(name, ways, shots, queries)
    elif name.startswith(("maml", "fomaml")):
        for way_to_run in (maml_autograd, maml_vmap, maml_learn2learn):
            way_to_run(name, kind, (ways, shots, queries), steps, name.startswith("fomaml"))
    elif name == "latency-protonet-5w1s":
        latency_protonet(name, ways, shots)
    elif name.startswith("latency-maml"):
        latency_maml(name, kind, ways, shots, steps)


if __name__ == "__main__":
    main(sys.argv[1])

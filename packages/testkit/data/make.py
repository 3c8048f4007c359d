#!/usr/bin/env python3
"""Reference values for meta-gradients: PyTorch, float64, torch.autograd with create_graph=True.

    python make.py --seed 0 --out reference-0.json [--check] [--slim]

Every input is rounded to the digits written BEFORE anything is computed, so `expected` belongs to exactly the written
inputs; expected numbers carry 9 significant digits.  A tensor is {"shape": [...], "data": [row-major flat list]}.
Conventions: images NHWC; conv filters HWIO [kh, kw, in, out]; dense y = x @ w + b with w [in, out]; flatten is NHWC
row-major (h, w, c); batch-norm over N, H, W with the batch's biased variance, eps 1e-3, y = gamma * (x - mean) / sqrt(var + eps) + beta;
max-pool 2x2 stride 2 'valid'; 'same' padding as TensorFlow (stride 1, 3x3: 1 on each side; stride 2, 3x3: even size pads
0 before / 1 after, odd size 1 / 1); relu'(0) = 0.  Cross-entropy and MSE are means over the points of a set.
Inner step: theta <- theta - lr * grad(support loss), all batch-norm gamma / beta adapted too.  Meta-loss = mean over tasks of the
query loss at the adapted parameters.  secondOrder differentiates through the inner steps; firstOrder takes the query-loss gradient at
the adapted parameters as the gradient at the initial ones (mean over tasks).
"kink" of a case: the smallest |pre-activation| a ReLU saw and the smallest gap between the largest and second value of a pooling window
(where its max is > 0) over all forward passes: float32 must not cross it.  Draws are repeated until it is > MARGIN.
"""
import argparse, json, math, sys
import numpy as np
import torch
import torch.nn.functional as F
torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
EPS = 1e-3
MARGIN = 3e-5
KINK = [math.inf]
def kink(v):
    if v.numel(): KINK[0] = min(KINK[0], float(v.detach().min()))

# ---------------------------------------------------------------- writing
def num(x):
    x = float("%.9g" % (float(x.detach()) if torch.is_tensor(x) else float(x)))
    return 0 if abs(x) < 1e-15 else int(x) if x == int(x) and abs(x) < 1e9 else x
def T(t):
    t = t.detach()
    if t.dtype in (torch.int64, torch.int32): return {"shape": list(t.shape), "dtype": "int32", "data": [int(i) for i in t.reshape(-1)]}
    return {"shape": list(t.shape), "data": [num(i) for i in t.reshape(-1)]}
def TD(d): return {k: T(v) for k, v in d.items()}

# ---------------------------------------------------------------- pieces (public layout: NHWC, HWIO)
def relu(x):
    kink(x.abs()); return torch.relu(x)
def same_pad(n, k, s):
    p = max((math.ceil(n / s) - 1) * s + k - n, 0); return p // 2, p - p // 2
def conv(x, w, b=None, stride=1, padding="same"):
    kh, kw = w.shape[:2]
    x = x.permute(0, 3, 1, 2)
    if padding == "same":
        (t, bo), (l, r) = same_pad(x.shape[2], kh, stride), same_pad(x.shape[3], kw, stride)
        x = F.pad(x, (l, r, t, bo))
    return F.conv2d(x, w.permute(3, 2, 0, 1), b, stride=stride).permute(0, 2, 3, 1)
def batchnorm(x, g, b, eps=EPS):
    m = x.mean((0, 1, 2)); v = ((x - m) ** 2).mean((0, 1, 2))
    return g * (x - m) / torch.sqrt(v + eps) + b
def windows(x):
    n, h, w, c = x.shape
    x = x[:, :h // 2 * 2, :w // 2 * 2].reshape(n, h // 2, 2, w // 2, 2, c)
    return x.permute(0, 1, 3, 5, 2, 4).reshape(n, h // 2, w // 2, c, 4)
def maxpool(x):
    s = windows(x).detach().sort(-1, descending=True).values
    kink((s[..., 0] - s[..., 1])[s[..., 0] > 0])
    return F.max_pool2d(x.permute(0, 3, 1, 2), 2).permute(0, 2, 3, 1)
def avgpool(x): return F.avg_pool2d(x.permute(0, 3, 1, 2), 2).permute(0, 2, 3, 1)
def softmax_ce(logits, y): return F.cross_entropy(logits, y)

# ---------------------------------------------------------------- nets
def mlp(p, x, act):
    h = act(x @ p["w1"] + p["b1"]); h = act(h @ p["w2"] + p["b2"])
    return h @ p["w3"] + p["b3"]
def trunk_pool(p, x):
    for k in (1, 2):
        x = maxpool(relu(batchnorm(conv(x, p[f"conv{k}.w"], p[f"conv{k}.b"]), p[f"bn{k}.gamma"], p[f"bn{k}.beta"])))
    return x.reshape(x.shape[0], -1)
def trunk_finn(p, x):
    for k in (1, 2):
        x = relu(batchnorm(conv(x, p[f"conv{k}.w"], p[f"conv{k}.b"], stride=2), p[f"bn{k}.gamma"], p[f"bn{k}.beta"]))
    return x.mean((1, 2))
def with_head(trunk): return lambda p, x: trunk(p, x) @ p["head.w"] + p["head.b"]

# ---------------------------------------------------------------- draws
def rt(a): return torch.from_numpy(np.asarray(np.round(np.asarray(a, dtype=np.float64), 5)))
def draw_mlp(rng, h):
    d = {}
    for k, (i, o) in enumerate(((1, h), (h, h), (h, 1)), 1):
        d[f"w{k}"] = rt(rng.normal(0, 1 / math.sqrt(i), (i, o))); d[f"b{k}"] = rt(rng.normal(0, 0.3, o))
    return d
def draw_sine(rng, shot=5, query=10):
    a, ph = rng.uniform(0.1, 5), rng.uniform(0, math.pi)
    xs, xq = rt(rng.uniform(-5, 5, (shot, 1))), rt(rng.uniform(-5, 5, (query, 1)))
    return dict(xs=xs, ys=rt(a * np.sin(xs.numpy() - ph)), xq=xq, yq=rt(a * np.sin(xq.numpy() - ph)))
def draw_conv(rng, head_in=None, way=3, f=4, cin=1):
    d = {}
    for k in (1, 2):
        i = cin if k == 1 else f
        d[f"conv{k}.w"] = rt(rng.normal(0, math.sqrt(2 / (9 * i)), (3, 3, i, f))); d[f"conv{k}.b"] = rt(rng.normal(0, 0.1, f))
        d[f"bn{k}.gamma"] = rt(rng.uniform(0.6, 1.4, f)); d[f"bn{k}.beta"] = rt(rng.normal(0, 0.2, f))
    if head_in:
        d["head.w"] = rt(rng.normal(0, 1 / math.sqrt(head_in), (head_in, way))); d["head.b"] = rt(rng.normal(0, 0.1, way))
    return d
def draw_images(rng, way=3, shot=2, query=2, size=8):
    proto = rng.uniform(0, 1, (way, size, size, 1))
    def make(n): return rt(np.round(np.clip(np.repeat(proto, n, 0) + rng.normal(0, 0.35, (way * n, size, size, 1)), -0.5, 1.5), 3))
    y = lambda n: torch.arange(way).repeat_interleave(n)
    return dict(xs=make(shot), ys=y(shot), xq=make(query), yq=y(query))

# ---------------------------------------------------------------- meta-gradients
def leaf(p): return {k: v.detach().clone().requires_grad_(True) for k, v in p.items()}
def adapt(net, loss, p, t, lr, steps, graph, only=None, losses=None):
    """lr: a number or a dict of tensors; only: names that are adapted"""
    names = list(only or p)
    for _ in range(steps):
        l = loss(net(p, t["xs"]), t["ys"])
        if losses is not None: losses.append(num(l))
        g = dict(zip(names, torch.autograd.grad(l, [p[n] for n in names], create_graph=graph)))
        p = {n: (p[n] - (lr[n] if isinstance(lr, dict) else lr) * g[n]) if n in g else p[n] for n in p}
    return p
def meta_loss(net, loss, p, tasks, lr, steps, only=None, inner=None):
    tot = 0
    for t in tasks:
        s = []
        q = loss(net(adapt(net, loss, p, t, lr, steps, True, only, s), t["xq"]), t["yq"])
        if inner is not None: inner.append({"supportLoss": s, "queryLoss": num(q)})
        tot = tot + q
    return tot / len(tasks)
def second_order(net, loss, params, tasks, lr, steps, only=None):
    p = leaf(params); inner = []
    l = meta_loss(net, loss, p, tasks, lr, steps, only, inner)
    return l, dict(zip(p, torch.autograd.grad(l, list(p.values())))), inner
def first_order(net, loss, params, tasks, lr, steps, only=None):
    tot = {k: torch.zeros_like(v) for k, v in params.items()}; L = 0
    for t in tasks:
        q = leaf({k: v.detach() for k, v in adapt(net, loss, leaf(params), t, lr, steps, False, only).items()})
        l = loss(net(q, t["xq"]), t["yq"]); L += l.detach()
        for k, g in zip(q, torch.autograd.grad(l, list(q.values()))): tot[k] += g / len(tasks)
    return L / len(tasks), tot

CHECKS = []
def fd(name, f, params, grads, h=1e-6, seed=0):
    """directional derivative of f by central differences against <grads, d>, three directions"""
    if not CHECK: return
    g = torch.Generator().manual_seed(seed); worst = 0
    for _ in range(3):
        d = {k: torch.randn(v.shape, generator=g) for k, v in params.items()}
        n = math.sqrt(sum(float((x * x).sum()) for x in d.values())); d = {k: x / n for k, x in d.items()}
        up = float(f(leaf({k: v + h * d[k] for k, v in params.items()}))); dn = float(f(leaf({k: v - h * d[k] for k, v in params.items()})))
        a, b = (up - dn) / (2 * h), sum(float((grads[k] * d[k]).sum()) for k in params)
        worst = max(worst, abs(a - b) / max(1e-8, abs(a), abs(b), 0.01 * math.sqrt(sum(float((x * x).sum()) for x in grads.values()))))
    CHECKS.append((name, worst)); print(f"  fd {name:34s} rel.err {worst:.2e}", file=sys.stderr)

def retry(make, seed):
    """make(rng) -> case; redraw until no kink is nearer than MARGIN"""
    for a in range(400):
        KINK[0] = math.inf
        c = make(np.random.default_rng([seed, a]))
        if KINK[0] > MARGIN: return c, (None if math.isinf(KINK[0]) else num(KINK[0])), a
    raise RuntimeError("no draw clear of kinks")

mse = lambda o, y: ((o - y) ** 2).mean()
def tasks_out(ts): return [TD(t) for t in ts]

def case_maml(name, seed, draw_p, draw_t, net, loss, lr, steps_list, cfg, ntasks=2):
    """one draw of parameters and tasks, clear of kinks for the longest run; expected per number of steps"""
    state = {}
    def make(rng):
        p, ts = draw_p(rng), [draw_t(rng) for _ in range(ntasks)]
        exp = []
        for s in steps_list:
            l, g, inner = second_order(net, loss, p, ts, lr, s)
            l1, g1 = first_order(net, loss, p, ts, lr, s)
            assert abs(float(l - l1)) < 1e-12
            exp.append({"steps": s, "metaLoss": num(l), "inner": inner, "secondOrder": TD(g), "firstOrder": TD(g1)})
            state[s] = (p, ts, g)
        return p, ts, exp
    (p, ts, exp), k, a = retry(make, seed)
    for s, (p_, ts_, g) in state.items(): fd(f"{name} steps={s}", lambda q: meta_loss(net, loss, q, ts_, lr, s), p_, g)
    return {"name": name, "kind": "maml", "config": {"innerLr": lr, **cfg}, "kink": k, "params": TD(p), "tasks": tasks_out(ts), "expected": exp}

# ---------------------------------------------------------------- metric / closed-form heads
def embed(p, t, joint):
    if joint:
        z = trunk_pool(p, torch.cat([t["xs"], t["xq"]])); return z[:len(t["xs"])], z[len(t["xs"]):]
    return trunk_pool(p, t["xs"]), trunk_pool(p, t["xq"])
def proto_logits(p, t, joint, way=3):
    zs, zq = embed(p, t, joint)
    c = torch.stack([zs[t["ys"] == k].mean(0) for k in range(way)])
    return -((zq[:, None] - c[None]) ** 2).sum(-1)
def proto_loss(p, t, joint): return softmax_ce(proto_logits(p, t, joint), t["yq"])
def matching_probs(p, t, joint, way=3):
    zs, zq = embed(p, t, joint)
    n = lambda z: z / torch.sqrt((z * z).sum(-1, keepdim=True))
    att = torch.softmax(n(zq) @ n(zs).T, -1)                       # over all support points
    return att @ F.one_hot(t["ys"], way).to(att)
def matching_loss(p, t, joint):
    pr = matching_probs(p, t, joint)
    return -torch.log(pr[torch.arange(len(t["yq"])), t["yq"]]).mean()
def ridge_logits(p, t, joint, way=3):
    zs, zq = embed(p, t, joint)
    y = F.one_hot(t["ys"], way).to(zs)
    w = zs.T @ torch.linalg.solve(zs @ zs.T + p["lambda"] * torch.eye(len(zs)), y)
    return p["scale"] * (zq @ w) + p["bias"]
def ridge_loss(p, t, joint): return softmax_ce(ridge_logits(p, t, joint), t["yq"])

def case_head(name, kind, seed, f, outputs, extra, cfg):
    """one draw of parameters and one episode; joint: support and query through ONE batch (shared batch statistics); separate: two"""
    keep = {}
    def make(rng):
        p = draw_conv(rng); p.update({k: rt(v) for k, v in extra.items()}); t = draw_images(rng); exp = []
        for mode in ("joint", "separate"):
            j = mode == "joint"; q = leaf(p); l = f(q, t, j)
            g = dict(zip(q, torch.autograd.grad(l, list(q.values()))))
            exp.append({"batch": mode, "loss": num(l), **{k: T(o(p, t, j)) for k, o in outputs.items()}, "grad": TD(g)}); keep[mode] = (p, t, g)
        return p, t, exp
    (p, t, exp), k, a = retry(make, seed)
    for mode, (p_, t_, g) in keep.items(): fd(f"{name} {mode}", lambda q: f(q, t_, mode == "joint"), p_, g)
    return {"name": name, "kind": kind, "config": cfg, "kink": k, "params": TD(p), "tasks": tasks_out([t]), "expected": exp}

# ---------------------------------------------------------------- Reptile, Meta-SGD, ANIL on a small tanh sine net
def case_sine_variants(seed):
    out = []; net = lambda p, x: mlp(p, x, torch.tanh)
    rng = np.random.default_rng([seed, 99]); p = draw_mlp(rng, 10); ts = [draw_sine(rng) for _ in range(2)]
    base = {"net": "mlp", "widths": [1, 10, 10, 1], "activation": "tanh", "loss": "mse"}
    # Reptile
    exp = []
    for steps in (1, 5):
        ad = [adapt(net, mse, leaf(p), t, 0.02, steps, False) for t in ts]
        new = {k: p[k] + 0.5 * sum(a[k].detach() - p[k] for a in ad) / len(ad) for k in p}
        exp.append({"steps": steps, "adapted": [TD(a) for a in ad[:1]], "params": TD(new)})
    out.append({"name": "reptile-sine", "kind": "reptile", "config": {**base, "innerLr": 0.02, "outerStep": 0.5,
        "note": "inner plain SGD, full batch, on xs, ys; params <- params + outerStep * mean over tasks(adapted - params); adapted: task 0 only; xq, yq unused"},
        "params": TD(p), "tasks": tasks_out(ts), "expected": exp})
    # Meta-SGD
    lr = {k: rt(rng.uniform(0.005, 0.03, v.shape)) for k, v in p.items()}; exp = []
    for steps in (1, 3):
        both = {**{"p." + k: v for k, v in p.items()}, **{"lr." + k: v for k, v in lr.items()}}
        f = lambda q: meta_loss(net, mse, {k: q["p." + k] for k in p}, ts, {k: q["lr." + k] for k in p}, steps)
        q = leaf(both); l = f(q); g = dict(zip(q, torch.autograd.grad(l, list(q.values()))))
        fd(f"metasgd-sine steps={steps}", f, both, g)
        exp.append({"steps": steps, "metaLoss": num(l), "grad": TD({k: g["p." + k] for k in p}), "gradLr": TD({k: g["lr." + k] for k in p})})
    out.append({"name": "metasgd-sine", "kind": "metasgd", "config": {**base, "note": "params - lr * grad, elementwise, lr a tensor per parameter, the same in every step"},
        "params": TD(p), "lr": TD(lr), "tasks": tasks_out(ts), "expected": exp})
    # ANIL
    exp = []
    for steps in (1, 5):
        l, g, inner = second_order(net, mse, p, ts, 0.02, steps, only=("w3", "b3"))
        l1, g1 = first_order(net, mse, p, ts, 0.02, steps, only=("w3", "b3"))
        fd(f"anil-sine steps={steps}", lambda q: meta_loss(net, mse, q, ts, 0.02, steps, ("w3", "b3")), p, g)
        exp.append({"steps": steps, "metaLoss": num(l), "inner": inner, "secondOrder": TD(g), "firstOrder": TD(g1)})
    out.append({"name": "anil-sine", "kind": "anil", "config": {**base, "innerLr": 0.02, "adapted": ["w3", "b3"]}, "params": TD(p), "tasks": tasks_out(ts), "expected": exp})
    return out

# ---------------------------------------------------------------- elementary operations: value, gradient, Hessian-vector product
FLAT = {"relu", "max", "min", "mean", "maxPool2d", "maxPool2dOdd", "avgPool2d", "gather", "conv2dStride2", "matMul", "elu", "batchNorm"}
def case_ops(seed):
    rng = np.random.default_rng([seed, 7]); out = []
    n = lambda *s: rt(np.round(rng.normal(0, 1, s), 3)); u = lambda a, b, *s: rt(np.round(rng.uniform(a, b, s), 3))
    def away(*s):            # distinct values, at least 0.05 apart and away from 0
        k = int(np.prod(s)); v = (rng.permutation(k) - k // 2 + 0.5) * 0.11 + rng.uniform(-0.02, 0.02, k)
        return rt(np.round(v, 3).reshape(s))
    lab = torch.tensor([2, 0, 1, 2]); idx = torch.tensor([2, 0, 2])
    lsm = lambda x: torch.log_softmax(x, -1)
    ops = [
        ("exp", dict(x=n(3, 4)), lambda x: x.exp(), ""), ("log", dict(x=u(.2, 3, 3, 4)), lambda x: x.log(), ""),
        ("sigmoid", dict(x=n(3, 4)), torch.sigmoid, ""), ("tanh", dict(x=n(3, 4)), torch.tanh, ""),
        ("elu", dict(x=away(3, 4)), F.elu, "alpha 1"), ("softplus", dict(x=n(3, 4)), lambda x: torch.log1p(torch.exp(x)), "log(1 + e^x)"),
        ("relu", dict(x=away(3, 4)), torch.relu, ""), ("softmax", dict(x=n(3, 4)), lambda x: torch.softmax(x, -1), "last axis"),
        ("logSoftmax", dict(x=n(3, 4)), lsm, "last axis"), ("logSumExp", dict(x=n(3, 4)), lambda x: torch.logsumexp(x, -1), "last axis"),
        ("sqrt", dict(x=u(.2, 3, 3, 4)), torch.sqrt, ""), ("rsqrt", dict(x=u(.2, 3, 3, 4)), torch.rsqrt, "1 / sqrt(x)"),
        ("square", dict(x=n(3, 4)), lambda x: x * x, ""),
        ("pow", dict(x=u(.3, 2.5, 3, 4), y=u(-2, 3, 3, 4)), lambda x, y: x ** y, "x^y, derivative in both"),
        ("powScalar", dict(x=u(.3, 2.5, 3, 4)), lambda x: x ** 2.5, "x^2.5"),
        ("mul", dict(x=n(3, 4), y=n(3, 4)), lambda x, y: x * y, ""),
        ("mulBroadcast", dict(x=n(3, 4), y=n(4)), lambda x, y: x * y, "[3,4] * [4]"),
        ("div", dict(x=n(3, 4), y=u(.5, 2, 3, 4)), lambda x, y: x / y, ""),
        ("divBroadcast", dict(x=n(3, 4), y=u(.5, 2, 3, 1)), lambda x, y: x / y, "[3,4] / [3,1]"),
        ("max", dict(x=away(3, 4)), lambda x: x.amax(-1), "last axis"), ("min", dict(x=away(3, 4)), lambda x: x.amin(-1), "last axis"),
        ("mean", dict(x=n(3, 4)), lambda x: x.mean(-1), "last axis"),
        ("l2Normalize", dict(x=n(3, 4)), lambda x: x / torch.sqrt((x * x).sum(-1, keepdim=True)), "x / sqrt(sum x^2), last axis, no epsilon"),
        ("maxPool2d", dict(x=away(2, 4, 4, 2)), lambda x: F.max_pool2d(x.permute(0, 3, 1, 2), 2).permute(0, 2, 3, 1), "2x2, stride 2, valid"),
        ("maxPool2dOdd", dict(x=away(1, 5, 5, 2)), lambda x: F.max_pool2d(x.permute(0, 3, 1, 2), 2).permute(0, 2, 3, 1), "2x2, stride 2, valid: the last row and column fall away"),
        ("avgPool2d", dict(x=n(2, 4, 4, 2)), avgpool, "2x2, stride 2, valid"),
        ("conv2dStride1", dict(x=n(2, 5, 5, 2), y=n(3, 3, 2, 3)), lambda x, y: conv(x, y), "same"),
        ("conv2dStride2", dict(x=n(2, 6, 6, 2), y=n(3, 3, 2, 3)), lambda x, y: conv(x, y, stride=2), "same, stride 2, even size: pads 0 before, 1 after"),
        ("conv2dStride2Odd", dict(x=n(1, 5, 5, 2), y=n(3, 3, 2, 3)), lambda x, y: conv(x, y, stride=2), "same, stride 2, odd size: pads 1 and 1"),
        ("conv2dValid", dict(x=n(1, 5, 5, 2), y=n(3, 3, 2, 2)), lambda x, y: conv(x, y, padding="valid"), "valid, stride 1"),
        ("matMul", dict(x=n(3, 4), y=n(4, 2)), lambda x, y: x @ y, ""),
        ("gather", dict(x=n(4, 3)), lambda x: x[idx], "rows 2, 0, 2"),
        ("batchNorm", dict(x=n(3, 2, 2, 2), gamma=u(.5, 1.5, 2), beta=n(2)), batchnorm, "batch statistics, biased variance, eps 1e-3"),
        ("softmaxCrossEntropy", dict(x=n(4, 3)), lambda x: -lsm(x)[torch.arange(4), lab], "a loss per row, labels 2, 0, 1, 2"),
        ("squaredDistance", dict(x=n(3, 4), y=n(2, 4)), lambda x, y: ((x[:, None] - y[None]) ** 2).sum(-1), "pairwise, [3,4] x [2,4] -> [3,2]"),
        ("solve", dict(x=rt(np.eye(3) * 2 + np.round(rng.normal(0, .3, (3, 3)), 3)), y=n(3, 2)), lambda x, y: torch.linalg.solve(x, y), "x^-1 y"),
    ]
    for name, ins, f, note in ops:
        keys = list(ins); w = n(*f(*ins.values()).shape); v = {k: n(*t.shape) for k, t in ins.items()}
        c = {"op": name, "note": note, "inputs": TD(ins), "w": T(w), "v": TD(v), "value": T(f(*ins.values()))}
        for form, s in (("linear", lambda o: (o * w).sum()), ("squared", lambda o: (w * o * o).sum() / 2)):
            if form == "squared" and name not in FLAT: continue
            def grads(vals):
                vals = [a.detach().clone().requires_grad_(True) for a in vals]
                l = s(f(*vals)); return vals, l, torch.autograd.grad(l, vals, create_graph=True)
            vals, l, g = grads(ins.values())
            dot = sum((a * v[k]).sum() for a, k in zip(g, keys))
            hv = torch.autograd.grad(dot, vals, allow_unused=True) if dot.requires_grad else [None] * len(keys)
            hv = [torch.zeros_like(a) if b is None else b for a, b in zip(vals, hv)]
            if CHECK:
                h = 1e-6
                up = grads([ins[k] + h * v[k] for k in keys])[2]; dn = grads([ins[k] - h * v[k] for k in keys])[2]
                num_ = [(a - b) / (2 * h) for a, b in zip(up, dn)]
                e = max(float((a - b).abs().max()) for a, b in zip(num_, hv)) / max(1, max(float(b.abs().max()) for b in hv))
                CHECKS.append((f"hvp {name} {form}", e))
                if e > 1e-7: print(f"  hvp {name} {form} rel.err {e:.2e}", file=sys.stderr)
            c[form] = {"scalar": num(l), "grad": TD(dict(zip(keys, g))), "hvp": TD(dict(zip(keys, hv)))}
        out.append(c)
    return {"name": "ops", "kind": "hvp", "config": {"note": "linear: s = sum(w * f); squared: s = sum(w * f^2) / 2.  squared only where linear's H is 0 or sparse.  grad = ds/dinputs, hvp = H v over all inputs together (cross terms included)"}, "ops": out}

# ---------------------------------------------------------------- all
def main():
    global CHECK
    ap = argparse.ArgumentParser(); ap.add_argument("--seed", type=int, default=0); ap.add_argument("--out", required=True); ap.add_argument("--check", action="store_true")
    ap.add_argument("--slim", action="store_true", help="sine nets 10 wide, not 40")
    a = ap.parse_args(); CHECK = a.check; s = a.seed; W = 10 if a.slim else 40
    cases = []
    for act, f in (("tanh", torch.tanh), ("relu", relu)):
        cases.append(case_maml(f"sine-{act}", s, lambda r: draw_mlp(r, W), draw_sine, lambda p, x, f=f: mlp(p, x, f), mse, 0.01, (1, 5),
                               {"net": "mlp", "widths": [1, W, W, 1], "activation": act, "loss": "mse"}))
    img = {"loss": "softmaxCrossEntropy", "way": 3, "shot": 2, "query": 2, "filters": 4, "eps": EPS}
    cases.append(case_maml("conv-pool", s, lambda r: draw_conv(r, 16), draw_images, with_head(trunk_pool), softmax_ce, 0.4, (1, 3),
                           {"net": "conv-pool", "blocks": "2 x [conv3x3 same, batch-norm, relu, max-pool 2]", "head": "flatten (h, w, c), linear", **img}))
    cases.append(case_maml("conv-finn", s, lambda r: draw_conv(r, 4), draw_images, with_head(trunk_finn), softmax_ce, 0.4, (1, 5),
                           {"net": "conv-finn", "blocks": "2 x [conv3x3 stride 2 same (TensorFlow), batch-norm, relu]", "head": "mean over space, linear", **img}))
    cases.append(case_maml("conv-finn-odd", s + 1000, lambda r: draw_conv(r, 4), lambda r: draw_images(r, size=7), with_head(trunk_finn), softmax_ce, 0.4, (1,),
                           {"net": "conv-finn", "blocks": "as conv-finn, on 7x7 images (pads 1 and 1)", "head": "mean over space, linear", **img}))
    note = {"net": "conv-pool without head", "embedding": "flatten (h, w, c), 16 numbers", "note": "joint: support then query in ONE batch; separate: one batch each", **img}
    cases.append(case_head("protonet", "protonet", s, proto_loss, {"logits": proto_logits}, {}, {**note, "logits": "- squared Euclidean distance to the class means"}))
    cases.append(case_head("matching", "matching", s + 2000, matching_loss, {"probs": matching_probs}, {},
                           {**note, "probs": "softmax over the support points of cosine(query, support), summed per class; loss = - mean log probs[label]"}))
    cases.append(case_head("ridge", "ridge", s + 3000, ridge_loss, {"logits": ridge_logits}, {"lambda": 0.7, "scale": 3.0, "bias": 0.25},
                           {**note, "logits": "scale * (Zq W) + bias (bias a scalar), W = Zs^T (Zs Zs^T + lambda I)^-1 onehot(ys) = (Zs^T Zs + lambda I)^-1 Zs^T onehot(ys)"}))
    cases += case_sine_variants(s)
    cases.append(case_ops(s))
    doc = {"format": 1, "seed": s, "made": f"reference.py, PyTorch {torch.__version__}, float64", "conventions": " ".join(__doc__.split("Conventions:")[1].split())}
    with open(a.out, "w") as o:
        head = json.dumps(doc)[:-1]
        body = lambda c: json.dumps(c, separators=(",", ":")) if c["kind"] != "hvp" else \
            json.dumps({k: v for k, v in c.items() if k != "ops"}, separators=(",", ":"))[:-1] + ',"ops":[\n' + ",\n".join(json.dumps(x, separators=(",", ":")) for x in c["ops"]) + "]}"
        o.write(head + ', "cases": [\n' + ",\n".join(body(c) for c in cases) + "\n]}\n")
    import os
    print(a.out, os.path.getsize(a.out), "bytes;", [(c["name"], c.get("kink")) for c in cases], file=sys.stderr)
    if CHECK: print("worst check:", max(CHECKS, key=lambda c: c[1]), "of", len(CHECKS), file=sys.stderr)
CHECK = False
if __name__ == "__main__": main()

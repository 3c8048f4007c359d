"""Reference values of the convex heads. Needs torch, scikit-learn, cvxpy and clarabel;
python make.py > data/heads.json

- svm: the dual of Crammer & Singer's SVM on 50 problems, solved by an interior-point method in float64 (clarabel)
- logistic, ridge: scikit-learn
- derivatives: PyTorch in float64, through the steps of solvers that share nothing with kshot's: projected gradient
  descent (svm), Newton's method from zero (logistic), a dense solve (ridge). Beside them, central differences
  of the solution.

Matrices are lists of rows.
"""
import json
import sys

import cvxpy as cp
import numpy as np
import sklearn
import torch
from sklearn.linear_model import LogisticRegression, Ridge

torch.set_default_dtype(torch.float64)
random = np.random.default_rng(0)


def problem(n, d, ways, spread):
    """Embeddings of classes that overlap, as they are written down; every class has an example, at least."""
    labels = random.permutation(np.concatenate([np.arange(ways), random.integers(0, ways, n - ways)]))
    z = spread * (0.7 * random.normal(size=(ways, d))[labels] + random.normal(size=(n, d)))
    return z.round(3), labels


rows = lambda matrix: [[float(f"{v:.9g}") for v in row] for row in np.asarray(matrix)]
written = lambda z, labels, **rest: {"z": z.tolist(), "labels": labels.tolist(), **rest}


# Crammer & Singer's SVM, in its dual form.


def svm_duals(kernel, one_hot, c):
    alpha = cp.Variable(one_hot.shape)
    root = np.linalg.cholesky(kernel)
    objective = 0.5 * cp.sum_squares(root.T @ alpha) - cp.sum(cp.multiply(one_hot, alpha))
    constraints = [alpha <= c * one_hot, cp.sum(alpha, axis=1) == 0]
    tolerances = {"tol_gap_abs": 1e-13, "tol_gap_rel": 1e-13, "tol_feas": 1e-13}
    cp.Problem(cp.Minimize(objective), constraints).solve(solver=cp.CLARABEL, **tolerances)
    return alpha.value


def duality_gap(kernel, one_hot, c, alpha):
    """Of the primal problem over it: what the margins violate, times C, less what the dual promises."""
    f = kernel @ alpha
    quadratic = np.sum(alpha * f)
    own = np.sum(f * one_hot, axis=1, keepdims=True)
    primal = quadratic / 2 + c * np.sum(np.max(1 - one_hot + f - own, axis=1))
    return (primal - (np.sum(alpha * one_hot) - quadratic / 2)) / max(1, primal)


def svm_problems():
    for i in range(50):
        ways = int(random.choice([2, 3, 5, 8]))
        n = ways * int(random.choice([1, 2, 4])) + int(random.choice([0, 1, 3]))
        d = int(random.choice([2, 5, 16, 30]))
        c, ridge = float(random.choice([0.01, 0.1, 1])), float(random.choice([0.1, 1, 10]))
        z, labels = problem(n, d, ways, float(random.choice([0.3, 1, 3])))
        kernel, one_hot = z @ z.T + ridge * np.eye(n), np.eye(ways)[labels]
        alpha = svm_duals(kernel, one_hot, c)
        gap, condition = duality_gap(kernel, one_hot, c, alpha), np.linalg.cond(kernel)
        print(f"svm {i}: {n} x {d}, {ways} classes, condition {condition:.0f}, gap {gap:.1e}", file=sys.stderr)
        assert abs(gap) < 1e-8
        yield written(z, labels, c=c, ridge=ridge, condition=round(condition), alpha=rows(alpha))


# scikit-learn


def logistic_problems():
    for regularisation, (n, d, ways) in [(0.1, (10, 4, 2)), (1, (15, 8, 3)), (1, (10, 30, 5)), (10, (40, 6, 4))]:
        z, labels = problem(n, d, ways, 1)
        each = LogisticRegression(
            C=1 / regularisation, fit_intercept=False, solver="newton-cholesky", tol=1e-12, max_iter=1000
        )
        weights = [each.fit(z, labels == k).coef_[0].copy() for k in range(ways)]
        yield written(z, labels, **{"lambda": regularisation}, weights=rows(np.transpose(weights)))


def ridge_problems():
    # Fewer examples than dimensions, as many, and more.
    for regularisation, (n, d, ways) in [(0.5, (5, 20, 5)), (50, (10, 12, 3)), (1, (8, 8, 4)), (0.1, (30, 6, 3))]:
        z, labels = problem(n, d, ways, 1)
        fitted = Ridge(alpha=regularisation, fit_intercept=False, solver="cholesky").fit(z, np.eye(ways)[labels])
        yield written(z, labels, **{"lambda": regularisation}, weights=rows(fitted.coef_.T))


# Derivatives through the steps of solvers.


def unrolled_ridge(z, y, regularisation=0.5):
    return torch.linalg.solve(z.T @ z + regularisation * torch.eye(z.shape[1]), z.T @ y)


def unrolled_logistic(z, y, regularisation=0.5):
    w = torch.zeros(z.shape[1], y.shape[1])
    for _ in range(12):
        p = torch.sigmoid(z @ w)
        curvature = (p * (1 - p)).T[:, :, None]
        hessian = (z.T @ (curvature * z)) + regularisation * torch.eye(z.shape[1])
        gradient = z.T @ (p - y) + regularisation * w
        w = w - torch.linalg.solve(hessian, gradient.T[:, :, None])[:, :, 0].T
    return w


def projected(v, bounds):
    """The nearest rows below `bounds` that sum to zero: min(v - t, bounds), with the t that makes it so."""
    with torch.no_grad():
        ascending, order = (v - bounds).sort(1)
        # t, were the first 1, 2, ... of that order below their bounds, and the others at them.
        fixed = bounds.sum(1, True) - bounds.gather(1, order).cumsum(1)
        t = (v.gather(1, order).cumsum(1) + fixed) / torch.arange(1, v.shape[1] + 1)
        following = torch.cat([ascending[:, 1:], torch.full_like(t[:, :1], torch.inf)], 1)
        right = (ascending < t) & (t <= following)
        free = (v - bounds < torch.where(right, t, -torch.inf).amax(1, True)).double()
    t = (free * v + (1 - free) * bounds).sum(1, True) / free.sum(1, True)
    return free * (v - t) + (1 - free) * bounds


def unrolled_svm(z, y, c=0.5):
    kernel = z @ z.T + torch.eye(len(z))
    rate = 1 / torch.linalg.eigvalsh(kernel.detach())[-1]
    alpha = torch.zeros_like(y)
    for _ in range(800):
        alpha = projected(alpha - rate * (kernel @ alpha - y), c * y)
    return alpha


def derivatives(solve, n, d, ways):
    z, labels = problem(n, d, ways, 1)
    y, direction = torch.tensor(np.eye(ways)[labels]), torch.tensor(random.normal(size=(n, d)).round(3))
    x = torch.tensor(z, requires_grad=True)
    solution = solve(x, y)
    weights = torch.tensor(random.normal(size=tuple(solution.shape)).round(3))
    loss = (weights * solution).sum()
    gradient, = torch.autograd.grad(loss, x, create_graph=True)
    second, = torch.autograd.grad((gradient * direction).sum(), x)
    with torch.no_grad():
        at = lambda h: (weights * solve(x + h * direction, y)).sum()
        difference = (at(1e-5) - at(-1e-5)) / 2e-5
    slope = (gradient * direction).sum()
    print(f"{solve.__name__}: slope {slope:.6f}, central difference {difference:.6f}", file=sys.stderr)
    assert abs(slope - difference) < 1e-3 * abs(slope)
    return written(
        z, labels, weights=weights.tolist(), direction=direction.tolist(), solution=rows(solution.detach()),
        gradient=rows(gradient.detach()), difference=difference.item(), second=rows(second),
    )


json.dump(
    {
        "made": f"make.py, float64; clarabel, scikit-learn {sklearn.__version__}, PyTorch {torch.__version__}",
        "svm": list(svm_problems()),
        "logistic": list(logistic_problems()),
        "ridge": list(ridge_problems()),
        "derivatives": {
            "ridge": {"lambda": 0.5, **derivatives(unrolled_ridge, 9, 6, 3)},
            "logistic": {"lambda": 0.5, **derivatives(unrolled_logistic, 9, 6, 3)},
            "svm": {"c": 0.5, "ridge": 1, **derivatives(unrolled_svm, 9, 6, 3)},
        },
    },
    sys.stdout,
)
print()

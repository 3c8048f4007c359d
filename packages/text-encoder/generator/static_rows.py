"""Rows of the static encoder: for each piece and each frequent word the vector with which the mean over a sentence
comes nearest to USE-lite's embedding of that sentence (after Tulkens & van Dongen 2024, model2vec: its embedding
alone, principal components; here the frequent ones are then fitted to sentences)."""
import numpy as np
from scipy.sparse import csr_matrix


def principal(rows, dimensions):
    """Mean, strongest axes and the variances along them."""
    centre = rows.mean(0)
    variances, axes = np.linalg.eigh(np.cov((rows - centre).T))
    return centre, axes[:, ::-1][:, :dimensions], variances[::-1][:dimensions]


def bags(sentences, size):
    """Shares of each id in each sentence, a sparse matrix."""
    rows = np.repeat(np.arange(len(sentences)), [len(ids) for ids in sentences])
    shares = np.repeat([1 / max(1, len(ids)) for ids in sentences], [len(ids) for ids in sentences])
    return csr_matrix((shares, (rows, np.concatenate(sentences))), (len(sentences), size))


def fitted(shares, wanted, prior, strength, steps=30):
    """argmin_R ‖shares R − wanted‖² + strength ‖R − prior‖², by conjugate gradients."""
    apply = lambda r: shares.T @ (shares @ r) + strength * r
    x = np.zeros_like(prior)
    residual = shares.T @ (wanted - shares @ prior)
    step, norm = residual.copy(), (residual**2).sum(0)
    for _ in range(steps):
        moved = apply(step)
        rate = norm / np.maximum((step * moved).sum(0), 1e-30)
        x, residual = x + rate * step, residual - rate * moved
        norm, before = (residual**2).sum(0), norm
        step = residual + norm / np.maximum(before, 1e-30) * step
    return prior + x

"""Heads of MetaOptNet as its authors wrote them, in PyTorch: for each line on stdin, a line of milliseconds a call.
Needs torch and qpth (0.0.18); heads.mjs runs it.

Ridge regression is the closed form with a dense solve (`R2D2Head`); the SVM is Crammer & Singer's dual by qpth's
batched interior-point method, K ⊗ I + I of n · ways unknowns (`MetaOptNetHead_SVM_CS`).
"""
import json
import os
import sys
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch
import torch.nn.functional as F
from qpth.qp import QPFunction

torch.set_num_threads(1)
torch.manual_seed(0)
WAYS, SHOTS, QUERIES, D = 5, 5, 15, 1600
N = WAYS * SHOTS
support = (torch.randn(N, D) / D**0.5).requires_grad_()
queries = (torch.randn(WAYS * QUERIES, D) / D**0.5).requires_grad_()
one_hot = F.one_hot(torch.arange(N) % WAYS, WAYS).float()
truth = torch.arange(WAYS * QUERIES) % WAYS
scale = torch.tensor(10.0, requires_grad=True)
empty = torch.Tensor()


def ridge():
    gram = support @ support.T + torch.eye(N)
    return support.T @ torch.linalg.solve(gram, one_hot)


def svm(c=0.1):
    quadratic = torch.kron(support @ support.T, torch.eye(WAYS)) + torch.eye(N * WAYS)
    bounds = (c * one_hot).reshape(1, -1)
    sums = torch.kron(torch.eye(N), torch.ones(1, WAYS))
    duals = QPFunction(verbose=-1, maxIter=15)(
        quadratic[None], -one_hot.reshape(1, -1), torch.eye(N * WAYS)[None], bounds, sums[None], torch.zeros(1, N)
    )
    return support.T @ duals.reshape(N, WAYS)


def call(head):
    loss = F.cross_entropy(scale * queries @ head(), truth)
    torch.autograd.grad(loss, [support, queries, scale])


def measured(head, seconds=0.5):
    """Milliseconds of the processor a call."""
    begin, calls = time.process_time(), 0
    while time.process_time() - begin < seconds:
        for _ in range(10):
            call(head)
        calls += 10
    return 1000 * (time.process_time() - begin) / calls


for head in (ridge, svm):
    for _ in range(3):
        call(head)
print(json.dumps({"torch": torch.__version__}), flush=True)
for _ in sys.stdin:
    print(json.dumps({"ridge": measured(ridge), "svm": measured(svm)}), flush=True)

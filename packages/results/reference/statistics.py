"""Reference values for statistics.ts, from scipy.

    pip install scipy && python statistics.py > data/statistics.json

Everything the TypeScript reads is in the output, inputs too. Holm's adjustment, which scipy lacks, is
written down from its definition, the other way round than in TypeScript: by testing each level.
"""
import json
import numpy as np
from scipy import stats

random = np.random.default_rng(20250101)


def interval(values):
    result = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    return {"mean": float(np.mean(values)), "low": float(result.low), "high": float(result.high)}


def paired(a, b):
    result = stats.ttest_rel(a, b)
    low, high = result.confidence_interval(0.95)
    return {
        "mean": float(np.mean(np.array(a) - np.array(b))),
        **{"low": float(low), "high": float(high), "p": float(result.pvalue), "df": int(result.df)},
    }


def holm(p):
    """Holm 1979: the smallest level at which each hypothesis is rejected by the step-down test."""

    def rejected(level):
        order = np.argsort(p, kind="stable")
        out = np.zeros(len(p), bool)
        for place, i in enumerate(order):
            if p[i] * (len(p) - place) > level:
                break
            out[i] = True
        return out

    levels = sorted({min(1.0, q * k) for q in p for k in range(1, len(p) + 1)})
    found = [next((level for level in levels if rejected(level)[i]), 1.0) for i in range(len(p))]
    return [float(level) for level in found]


def accuracies(mean, episodes, queries=75):
    difficulty = random.normal(0, 0.6, episodes)
    logit = np.log(mean / (1 - mean)) + difficulty
    right = random.binomial(queries, 1 / (1 + np.exp(-logit)))
    return [float(n) / queries for n in right]


def ranking(names, means, seeds, episodes, shift=0.004):
    difficulty = random.normal(0, 0.6, episodes)
    contenders = []
    for name, mean in zip(names, means):
        scores = []
        for _ in range(seeds):
            logit = np.log(mean / (1 - mean)) + difficulty + random.normal(0, 0.05)
            right = random.binomial(75, 1 / (1 + np.exp(-logit)))
            scores.append([int(n) for n in right])
        contenders.append({"name": name, "right": scores})
    first = {c["name"]: np.mean(np.array(c["right"]) / 75, axis=0) for c in contenders}
    by_seed = {c["name"]: np.mean(np.array(c["right"]) / 75, axis=1) for c in contenders}
    pairs = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
    over_episodes = [paired(first[a], first[b]) for a, b in pairs]
    over_seeds = [paired(by_seed[a], by_seed[b]) for a, b in pairs] if seeds > 1 else []
    adjusted = holm([d["p"] for d in over_episodes])
    rank = {name: 1 for name in names}
    for (a, b), difference, p in zip(pairs, over_episodes, adjusted):
        if p < 0.05:
            rank[b if difference["mean"] > 0 else a] += 1
    return {
        "contenders": contenders,
        "overEpisodes": {name: interval(values) for name, values in first.items()},
        "overSeeds": {name: interval(values) for name, values in by_seed.items()} if seeds > 1 else {},
        "pairs": [
            {"first": a, "second": b, "difference": d, "adjustedP": p}
            for (a, b), d, p in zip(pairs, over_episodes, adjusted)
        ],
        "pairsOverSeeds": [
            {"first": a, "second": b, "difference": d, "adjustedP": p}
            for (a, b), d, p in zip(pairs, over_seeds, holm([d["p"] for d in over_seeds]))
        ],
        "rank": rank,
    }


values = {
    "two": [0.5, 0.75],
    "three": [0.9, 0.8, 1.0],
    "five seeds": [0.912, 0.921, 0.905, 0.917, 0.911],
    "600 episodes": accuracies(0.93, 600),
    "1000 episodes": accuracies(0.99, 1000),
}
pairs = {
    "far apart": (accuracies(0.95, 600), accuracies(0.85, 600)),
    "close": (accuracies(0.9, 600), accuracies(0.9, 600)),
    "few": ([0.9, 0.8, 0.7, 0.95], [0.85, 0.8, 0.75, 0.9]),
    "two": ([0.9, 0.8], [0.85, 0.7]),
}
p_values = {
    "one": [0.03],
    "none significant": [0.2, 0.5, 0.9],
    "Holm's own order": [0.01, 0.04, 0.03, 0.005],
    "equal ones": [0.01, 0.01, 0.01],
    "an adjusted one below the one before": [0.02, 0.021, 0.5, 0.001],
    "tiny": [1e-300, 1e-20, 0.04],
}
print(
    json.dumps(
        {
            "scipy": __import__("scipy").__version__,
            "intervals": [{"name": n, "values": v, **interval(v)} for n, v in values.items()],
            "paired": [{"name": n, "a": a, "b": b, **paired(a, b)} for n, (a, b) in pairs.items()],
            "holm": [{"name": n, "p": p, "adjusted": holm(p)} for n, p in p_values.items()],
            "rankings": [
                ranking(["a", "b", "c", "d"], [0.93, 0.931, 0.9, 0.8], 1, 600),
                ranking(["a", "b", "c"], [0.9, 0.9, 0.902], 2, 600),
                ranking(["a", "b", "c"], [0.92, 0.9, 0.9], 5, 200),
            ],
        }
    )
)

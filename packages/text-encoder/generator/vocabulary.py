"""USE-lite's vocabulary, mended, and as a model of the reference library (PyPI `sentencepiece`)."""
import io
import json

import sentencepiece
from sentencepiece import sentencepiece_model_pb2 as protocol

# <unk> is the first; the five that follow are marks that no text contains.
RESERVED = 6


def pieces(path):
    """The pieces with their log probabilities, in the order of the rows of the embedding.

    The published file lost the scores of nine pieces with a colon (`null`, or 30 for ':30'): pieces are sorted
    by score, so each gets the mean of its neighbours'. And three pieces became the same, '”5': what they were
    is not known, so they are None, and match nothing.
    """
    table = json.load(open(path))
    known = [isinstance(score, float) for _, score in table]
    names = [piece for piece, _ in table]
    return [
        (None if names.count(piece) > 1 else piece, score if known[i] or i < RESERVED else _between(table, known, i))
        for i, (piece, score) in enumerate(table)
    ]


def _between(table, known, i):
    before = next(j for j in range(i, 0, -1) if known[j])
    after = next(j for j in range(i, len(table)) if known[j])
    return (table[before][1] + table[after][1]) / 2


def reference(path):
    """A processor that splits text into these pieces, with the library's default normalization."""
    table = pieces(path)
    return processor([('<unk>', 0.0), *table[1:]], range(1, RESERVED))


def processor(table, control=()):
    """A processor of pieces with their scores; the first stands for what is in none. `None` matches nothing."""
    model = protocol.ModelProto()
    model.ParseFromString(_normalizer())
    del model.pieces[:]
    kinds = protocol.ModelProto.SentencePiece
    for i, (piece, score) in enumerate(table):
        kind = kinds.UNKNOWN if i == 0 else kinds.CONTROL if i in control else kinds.NORMAL
        model.pieces.add(piece=piece or f'<unused {i}>', score=score, type=kind if piece else kinds.UNUSED)
    model.trainer_spec.vocab_size = len(model.pieces)
    return sentencepiece.SentencePieceProcessor(model_proto=model.SerializeToString())


def _normalizer():
    """A model of one sentence, for the tables of `nmt_nfkc` inside it."""
    out = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(['a b c d e f g']), model_writer=out, vocab_size=12, minloglevel=2,
        hard_vocab_limit=False, normalization_rule_name='nmt_nfkc')
    return out.getvalue()

"""Writes ../data/universal.safetensors: python universal.py FOLDER, that of the published graph (`dist`)."""
import json
import pathlib
import sys

import numpy as np
import safetensors_file
from graph import folded, published
from vocabulary import RESERVED, pieces

folder = sys.argv[1]
output = pathlib.Path(__file__).parent / '../data/universal.safetensors'
vocabulary = pieces(f'{folder}/vocab.json')
# Kernels in float16, which moves no embedding by more than a cosine of 0.999999; biases stay as they are.
tensors = {
    name: weight.astype(np.float16 if weight.ndim == 2 else np.float32)
    for name, weight in folded(published(folder)).items()
}
tensors['scores'] = np.array([score for _, score in vocabulary], np.float32)
matching = [piece if i >= RESERVED else None for i, (piece, _) in enumerate(vocabulary)]
safetensors_file.write(str(output), tensors, {'encoder': 'universal', 'pieces': json.dumps(matching, ensure_ascii=False)})
print(output.stat().st_size, 'bytes')

"""The weights of USE-lite's published graph, folded into what `../src/universal.ts` computes with."""
import json

import numpy as np

HEADS = 4


def published(folder):
    """The constants of the graph by their names there."""
    manifest = json.load(open(f'{folder}/model.json'))['weightsManifest']
    types = {'float32': np.float32, 'int32': np.int32, 'bool': np.bool_}
    constants = {}
    for group in manifest:
        data = b''.join(open(f'{folder}/{path}', 'rb').read() for path in group['paths'])
        at = 0
        for entry in group['weights']:
            kind, count = types[entry['dtype']], int(np.prod(entry['shape']))
            constants[entry['name']] = np.frombuffer(data, kind, count, at).reshape(entry['shape'])
            at += count * np.dtype(kind).itemsize
    return constants


def folded(constants):
    """Weights by name. Folded in: the scale and bias of each layer norm into the kernel that follows, 1 / √d
    of the attention into the queries, and that the graph adds the embedding twice."""

    def one(*parts):
        names = [name for name in constants if all(part in name for part in parts)]
        assert len(names) == 1, (parts, names)
        return constants[names[0]].astype(np.float64)

    weights = {
        'embeddings': 2 * one('module/Embeddings_en'),
        'frequencies': one('TimingSignal/ExpandDims_1')[0],
        'residual/kernel': one('Layer_0/TransformerLayer/dense/kernel'),
        'residual/bias': one('Layer_0/TransformerLayer/dense/bias'),
        'output/kernel': one('tanh_layer_0/weights'),
        'output/bias': one('tanh_layer_0/bias'),
    }
    for i in range(2):
        layer = f'Layer_{i}/TransformerLayer'
        norm = '/layer_prepostprocess/layer_norm/layer_norm_'
        attention = f'{layer}/MultiheadAttention'

        def after_norm(place, kernel, bias):
            scale, shift = one(place + norm + 'scale'), one(place + norm + 'bias')
            return scale[:, None] * kernel, bias + shift @ kernel

        qkv = after_norm(layer, one(f'{attention}/qkv_transform_single/kernel')[0, 0],
                         one(f'{attention}/qkv_transform_single/bias'))
        width = qkv[1].size // 3
        scaled = np.where(np.arange(3 * width) < width, (width // HEADS) ** -0.5, 1)
        inner = after_norm(f'{layer}/FFN', one(f'TransformerStack/{layer}/FFN/conv1/Tensordot/Reshape_1'),
                           one(f'{layer}/FFN/conv1/bias'))
        weights |= {
            f'layers/{i}/qkv/kernel': qkv[0] * scaled,
            f'layers/{i}/qkv/bias': qkv[1] * scaled,
            f'layers/{i}/attended/kernel': one(f'{attention}/output_transform_single/kernel')[0, 0],
            f'layers/{i}/attended/bias': one(f'{attention}/output_transform_single/bias'),
            f'layers/{i}/inner/kernel': inner[0],
            f'layers/{i}/inner/bias': inner[1],
            f'layers/{i}/outer/kernel': one(f'TransformerStack/{layer}/FFN/conv2/Tensordot/Reshape_1'),
            f'layers/{i}/outer/bias': one(f'{layer}/FFN/conv2/bias'),
        }
    return weights

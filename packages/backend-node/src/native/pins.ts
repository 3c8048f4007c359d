/** A file of a Python package index that libraries are taken out of. */
export interface Wheel {
  /** As pip names it, with its version. */
  readonly requirement: string
  readonly sha256: string
}

/** What a device needs: the package with the binding's sources, and the libraries it is linked to. */
export interface Pins {
  readonly device: 'cpu' | 'cuda'
  /** A package of the npm registry, with its checksum as the registry states it. */
  readonly source: { readonly name: string; readonly version: string; readonly integrity: string }
  /** TensorFlow for Python: inside are the C libraries and headers. */
  readonly tensorflow: Wheel
  /** Where what libtensorflow loads at run time comes from. */
  readonly libraries: readonly Wheel[]
  /** What has to lie next to each other then. */
  readonly files: readonly string[]
}

export const TENSORFLOW = '2.15.1'
const TFJS = '4.22.0'
/** Of the wheels; nothing in them is run, so the Python here may be another. */
export const WHEEL_PYTHON = '3.11'

const TENSORFLOW_FILES = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']

/** What of CUDA 12 libtensorflow 2.15 loads. */
export const CUDA_FILES = [
  'libcudart.so.12',
  'libcublas.so.12',
  'libcublasLt.so.12',
  'libcufft.so.11',
  'libcusolver.so.11',
  'libcusparse.so.12',
  'libcudnn.so.8',
]

const cpu: Pins = {
  device: 'cpu',
  source: {
    name: '@tensorflow/tfjs-node',
    version: TFJS,
    integrity:
      'sha512-uHrXeUlfgkMxTZqHkESSV7zSdKdV0LlsBeblqkuKU9nnfxB1pC6DtoyYVaLxznzZy7WQSegjcohxxCjAf6Dc7w==',
  },
  tensorflow: {
    requirement: `tensorflow-cpu==${TENSORFLOW}`,
    sha256: '54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26',
  },
  libraries: [],
  files: TENSORFLOW_FILES,
}

const cuda: Pins = {
  device: 'cuda',
  source: {
    name: '@tensorflow/tfjs-node-gpu',
    version: TFJS,
    integrity:
      'sha512-p//NN6DGiN4hInUmIkRffaFVMcdTREUMjPyjW04J7OXvB2zBlQimj61eFKSgRrH3f5TnOfKzb0n56he/B6a4bw==',
  },
  tensorflow: {
    requirement: `tensorflow==${TENSORFLOW}`,
    sha256: 'bb0edd69103c154245c5f209f0507355cc68ba7e4de350084bc31edc562478e4',
  },
  libraries: [
    {
      requirement: 'nvidia-cublas-cu12==12.2.5.6',
      sha256: 'f448d8db463f9a2c7dd9a1e607c0961d3e95f825b86839c5882f7d073d406df0',
    },
    {
      requirement: 'nvidia-cuda-cupti-cu12==12.2.142',
      sha256: 'ce68d1009dd14215e38ed49643d31374c71d6fea381181cb0b9da7f19dfd1624',
    },
    {
      requirement: 'nvidia-cuda-nvrtc-cu12==12.2.140',
      sha256: 'b1cdcae6443cb7cdcfb5d1bf51896a148c9f82f9e65b27db9ab095eaed689aa7',
    },
    {
      requirement: 'nvidia-cuda-runtime-cu12==12.2.140',
      sha256: 'acb9cb7e44594a3512533497ea790d9f0b0e399abcc888584c157d1ffa080e41',
    },
    {
      requirement: 'nvidia-cudnn-cu12==8.9.4.25',
      sha256: '9f882d5b11753c566fd32427839089eb4f8ba7a58c28446ad359e32c40229723',
    },
    {
      requirement: 'nvidia-cufft-cu12==11.0.8.103',
      sha256: '72e961e578f9be9e316ccb4db8652c421dd0b57442624faa71061d452f449a67',
    },
    {
      requirement: 'nvidia-curand-cu12==10.3.3.141',
      sha256: '7b6bad6817b5df2a6f5ec221206fb895d9195fdd7d2443f3e86554108c141a0a',
    },
    {
      requirement: 'nvidia-cusolver-cu12==11.5.2.141',
      sha256: '5a85c4653ce34339a5688137f494a0f903e0f0532418550998167f00844161da',
    },
    {
      requirement: 'nvidia-cusparse-cu12==12.1.2.141',
      sha256: '4e13d6a51d2303dcb2a023ba09546811161f0334fc64e13689397bbd3b1eb126',
    },
    {
      requirement: 'nvidia-nccl-cu12==2.16.5',
      sha256: '84695a4248138fb2ca12f5fd3defe986e790e71ccdaad51b2ca34ca4e83ef421',
    },
    {
      requirement: 'nvidia-nvjitlink-cu12==12.2.140',
      sha256: '95635cafbf9f96c38bea5200ab145a2e6aefbb5405e0b04c1e4ba54df2d84ec9',
    },
    {
      requirement: 'nvidia-cuda-nvcc-cu12==12.2.140',
      sha256: 'c6ff4ae7a636eb6cab7621191e19ac3779690686bbcf52c04d8b1ca2944e1e27',
    },
  ],
  files: [...TENSORFLOW_FILES, ...CUDA_FILES],
}

export const pins = { cpu, cuda } as const
export type Device = keyof typeof pins

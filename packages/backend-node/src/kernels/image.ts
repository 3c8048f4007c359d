import type { Kernels } from './kernel'

export const images: Kernels = {
  ResizeBilinear: (backend, { inputs: { images }, attrs }) =>
    backend.run('ResizeBilinear', [images, backend.ints(attrs.size)], resizing(attrs)),
  ResizeBilinearGrad: (backend, { inputs: { images, dy }, attrs }) =>
    backend.run('ResizeBilinearGrad', [dy, images], resizing(attrs)),
  ResizeNearestNeighbor: (backend, { inputs: { images }, attrs }) =>
    backend.run('ResizeNearestNeighbor', [images, backend.ints(attrs.size)], resizing(attrs)),
  ResizeNearestNeighborGrad: (backend, { inputs: { images, dy }, attrs }) =>
    backend.run(
      'ResizeNearestNeighborGrad',
      [dy, backend.ints(images.shape.slice(1, 3))],
      resizing(attrs),
    ),
  LRN: (backend, { inputs: { x }, attrs }) => backend.run('LRN', [x], normalising(attrs)),
  LRNGrad: (backend, { inputs: { x, y, dy }, attrs }) =>
    backend.run('LRNGrad', [dy, x, y], normalising(attrs)),
}

const resizing = ({ alignCorners = false, halfPixelCenters = false }) => ({
  align_corners: alignCorners,
  half_pixel_centers: halfPixelCenters,
})

interface Normalising {
  readonly depthRadius: number
  readonly bias: number
  readonly alpha: number
  readonly beta: number
}

const normalising = ({ depthRadius, bias, alpha, beta }: Normalising) => ({
  depth_radius: depthRadius,
  bias: { decimal: bias },
  alpha: { decimal: alpha },
  beta: { decimal: beta },
})

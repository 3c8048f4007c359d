import { expect, it } from 'vitest'
import { missingInstructions } from './processor'

it('names what libtensorflow needs and a processor lacks', () => {
  expect(missingInstructions('processor : 0\nflags\t\t: fpu sse2 avx2 avx fma\n')).toBeUndefined()
  expect(missingInstructions('processor : 0\nflags\t\t: fpu sse2 ssse3\n')).toBe('AVX')
})

it('misses nothing where the system does not tell', () => {
  expect(missingInstructions('')).toBeUndefined()
})

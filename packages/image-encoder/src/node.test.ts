import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { wasm } from '@kshot/backend-wasm'
import { activate, leaked } from '@kshot/testkit'
import { getBackend, tensor3d } from '@tensorflow/tfjs-core'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { imageEncoder, type Picture } from './node'
import { cosine, embeddings, photos, rowsOf } from './reference.testing'

const folder = mkdtempSync(join(tmpdir(), 'kshot-pictures-'))
const at = (name: string) => join(folder, name)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const encoder = imageEncoder()
beforeAll(async () => {
  await wasm().activate()
})
afterAll(() => encoder.dispose())

async function rows(...pictures: Picture[]): Promise<Float32Array[]> {
  const encoded = await encoder.encode(pictures)
  const values = (await encoded.data()) as Float32Array
  encoded.dispose()
  return rowsOf(values)
}

describe('photos in Node', () => {
  it('are embedded as PyTorch does', async () => {
    const found = await rows(...photos)
    const cosines = found.map((row, i) => cosine(row, embeddings.photos[i]!))
    expect(cosines).toHaveLength(9)
    expect(Math.min(...cosines)).toBeGreaterThan(0.9999)
  })

  it('are the same from a path, a URL, bytes, a buffer, a Blob, a sharp and a tensor', async () => {
    const [path] = photos
    const bytes = readFileSync(path!)
    const { data, info } = await sharp(path).raw().toBuffer({ resolveWithObject: true })
    const shape: [number, number, number] = [info.height, info.width, info.channels]
    const whole = tensor3d(Int32Array.from(data), shape, 'int32')
    const shares = tensor3d(
      Float32Array.from(data, (byte) => byte / 255),
      shape,
    )
    const [expected, ...others] = await rows(
      path!,
      pathToFileURL(path!),
      bytes,
      new Uint8Array(bytes).buffer,
      new Blob([new Uint8Array(bytes)]),
      sharp(path),
      whole,
      shares,
    )
    for (const other of others) expect(other).toEqual(expected)
    for (const x of [whole, shares]) x.dispose()
  })

  it('are turned upright, and white where they are transparent', async () => {
    const upright = await sharp(photos[3]).png().toBuffer()
    const turned = await sharp(photos[3])
      .rotate(270)
      .withMetadata({ orientation: 6 })
      .png()
      .toBuffer()
    const [a, b] = await rows(upright, turned)
    expect(cosine(a!, b!)).toBeGreaterThan(0.99999)
    const clear = { create: { width: 50, height: 50, channels: 4, background: '#0000' } } as const
    const white = { create: { width: 50, height: 50, channels: 3, background: '#fff' } } as const
    const [c, d] = await rows(sharp(clear), sharp(white))
    expect(c).toEqual(d)
    expect((await rows(await sharp(clear).png().toBuffer()))[0]).toEqual(d)
  })

  it('may be grey, of 16 bits, CMYK or moving, and in any of the usual formats', async () => {
    const photo = () => sharp(photos[4]).resize(300, 224)
    const [expected, ...others] = await rows(
      ...(await Promise.all([
        photo().png().toBuffer(),
        photo().webp({ lossless: true }).toBuffer(),
        photo().tiff({ compression: 'lzw' }).toBuffer(),
        photo().toColourspace('rgb16').png().toBuffer(),
        photo().jpeg({ quality: 100 }).toBuffer(),
        photo().toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer(),
        photo().gif().toBuffer(),
      ])),
    )
    const cosines = others.map((row) => cosine(row, expected!))
    expect(cosines.slice(0, 2)).toEqual([1, 1].map((one) => expect.closeTo(one, 6)))
    expect(Math.min(...cosines)).toBeGreaterThan(0.9)
    const grey = await rows(await sharp(photos[2]).toColourspace('b-w').png().toBuffer())
    expect(cosine(grey[0]!, embeddings.photos[2]!)).toBeGreaterThan(0.999)
  })

  it('of a camera are shrunk while they are read', { timeout: 120_000 }, async () => {
    const large = sharp(photos[3]).resize(4000, 3000, { fit: 'fill' })
    const jpeg = await large.clone().jpeg({ quality: 92 }).toBuffer()
    const small = await sharp(jpeg).resize(299, 224, { kernel: 'cubic', fastShrinkOnLoad: false })
    const [a, b] = await rows(jpeg, await small.png().toBuffer())
    expect(cosine(a!, b!)).toBeGreaterThan(0.99)
  })
})

describe('the encoder', () => {
  it('gives a row for each picture, in any number, whatever lies beside it', async () => {
    const [cat, rocket] = [photos[3]!, photos[8]!]
    const [alone] = await rows(cat)
    const many = await rows(rocket, cat, cat, rocket, rocket, cat)
    expect(many).toHaveLength(6)
    for (const i of [1, 2, 5]) expect(cosine(many[i]!, alone!)).toBeGreaterThan(0.999999)
    expect((await encoder.encode([])).shape).toEqual([0, 1280])
  })

  it('computes on the backend that it is given, and leaves the active one', async () => {
    await activate('cpu')
    const other = imageEncoder({ backend: wasm() })
    const left = await leaked(async () => {
      const encoded = await other.encode([photos[3]!])
      expect(getBackend()).toBe('cpu')
      expect(cosine((await encoded.data()) as Float32Array, embeddings.photos[3]!)).toBeGreaterThan(
        0.9999,
      )
      encoded.dispose()
      other.dispose()
      await Promise.resolve()
    })
    expect(left).toBe(0)
    await activate(wasm())
  })

  it('reads its weights again after it was disposed of, and after a failure', async () => {
    const own = imageEncoder()
    const first = await own.encode([photos[0]!])
    own.dispose()
    own.dispose()
    const second = await own.encode([photos[0]!])
    expect(second.dataSync()).toEqual(first.dataSync())
    own.dispose()
    const source = at('weights.safetensors')
    const late = imageEncoder({ source })
    await expect(late.encode([photos[0]!])).rejects.toMatchObject({
      code: 'image-encoder/unreadable',
    })
    writeFileSync(
      source,
      readFileSync(new URL('../data/efficientnet-lite0.safetensors', import.meta.url)),
    )
    const third = await late.encode([photos[0]!])
    expect(third.dataSync()).toEqual(first.dataSync())
    late.dispose()
    for (const x of [first, second, third]) x.dispose()
  })

  it('names what a cache needs: the content of an input, whatever it came as', async () => {
    const bytes = readFileSync(photos[0]!)
    const [fromPath, fromBytes] = [
      await encoder.content!(photos[0]!),
      await encoder.content!(bytes),
    ]
    expect(Buffer.compare(fromPath, fromBytes)).toBe(0)
    const grey = tensor3d([0.5], [1, 1, 1])
    const same = tensor3d([128], [1, 1, 1], 'int32')
    expect(await encoder.content!(grey)).toEqual(await encoder.content!(same))
    for (const x of [grey, same]) x.dispose()
  })
})

describe('bad pictures in Node', () => {
  const cat = readFileSync(photos[3]!)
  const bad: [string, () => unknown, string][] = [
    ['a path of nothing', () => at('nowhere.png'), 'nowhere.png'],
    ['a folder', () => folder, 'a folder'],
    ['a device', () => '/dev/zero', 'a pipe or a device'],
    ['a file of 0 bytes', () => file('empty.png', ''), '0 bytes'],
    ['no bytes', () => new Uint8Array(), 'picture 0: 0 bytes'],
    ['text', () => file('text.png', 'this is no picture'), 'text.png'],
    ['an svg, which is a program', () => file('svg.png', '<svg width="9" height="9"/>'), 'svg.png'],
    ['half a picture', () => cat.subarray(0, cat.length / 2), 'picture 0'],
  ]

  it.each(bad)('%s', async (_, picture, says) => {
    const left = await leaked(async () => {
      const failing = encoder.encode([picture() as Picture])
      await expect(failing).rejects.toMatchObject({
        code: 'image-encoder/bad-picture',
        message: expect.stringContaining(says),
      })
    })
    expect(left).toBe(0)
  })

  it.skipIf(process.platform === 'win32')('a pipe that nobody writes to', async () => {
    execFileSync('mkfifo', [at('pipe')])
    await expect(encoder.encode([at('pipe')])).rejects.toMatchObject({
      code: 'image-encoder/bad-picture',
    })
  })

  it('anything else, and no list', async () => {
    for (const input of [null, undefined, 5, {}, [cat], () => cat]) {
      await expect(encoder.encode([input as never])).rejects.toMatchObject({
        code: 'image-encoder/unknown-input',
      })
    }
    await expect(encoder.encode(cat as never)).rejects.toMatchObject({
      code: 'image-encoder/not-a-list',
    })
  })

  it('weights that are not these', async () => {
    const whole = readFileSync(new URL('../data/efficientnet-lite0.safetensors', import.meta.url))
    const changed = Uint8Array.from(whole)
    changed[3_000_000]! ^= 1
    for (const source of [changed, whole.subarray(0, 5_000_000), new Uint8Array(), cat]) {
      await expect(imageEncoder({ source }).encode([cat])).rejects.toMatchObject({
        code: 'image-encoder/damaged',
      })
    }
  })

  it('a machine without sharp', async () => {
    vi.resetModules()
    vi.doMock('sharp', () => {
      throw new Error('Cannot find package sharp')
    })
    const { encodedPixels } = await import('./sharp-picture')
    await expect(encodedPixels(cat, 'cat.png')).rejects.toMatchObject({
      code: 'image-encoder/sharp-missing',
    })
    vi.doUnmock('sharp')
  })

  function file(name: string, text: string): string {
    writeFileSync(at(name), text)
    return at(name)
  }
})

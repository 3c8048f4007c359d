/** A learner's colour, symbol and line, the same in every chart of a page. */
export interface Look {
  /** A CSS variable that is another colour in dark. */
  readonly colour: string
  readonly symbol: Symbol
  /** From the second round of colours on. */
  readonly dashed: boolean
}

/** What Plot draws as a symbol, and {@link symbolPath} as a path. */
interface Symbol {
  readonly points: readonly (readonly [x: number, y: number])[]
  draw(context: PathContext, size: number): void
}

interface PathContext {
  moveTo(x: number, y: number): void
  lineTo(x: number, y: number): void
  closePath(): void
}

/** Told apart by the colour-blind too: they differ in lightness, and in their symbols. */
export const COLOURS = {
  light: ['#0b62a8', '#cf4f06', '#0a8562', '#a03a78', '#2f8fc4', '#a87400', '#52525b', '#6d4bb3'],
  dark: ['#6db3f2', '#ff9e5e', '#46cfa0', '#ee9ccd', '#a9e1ff', '#e9c25c', '#c8c8cf', '#b9a5f0'],
}

const SYMBOLS = [
  polygon(24, 0, 1),
  polygon(4, 45, 1.25),
  polygon(3, -90, 1.35),
  polygon(4, 0, 1.3),
  polygon(3, 90, 1.35),
  polygon(5, -90, 1.2),
  star(4, 0, 1.5),
  star(5, -90, 1.5),
]

/** The looks of learners, by name. */
export function looksOf(names: readonly string[]): ReadonlyMap<string, Look> {
  const n = COLOURS.light.length
  return new Map(
    names.map((name, i) => [
      name,
      {
        colour: `var(--c${i % n})`,
        symbol: SYMBOLS[(i + Math.floor(i / n)) % SYMBOLS.length]!,
        dashed: i >= n,
      },
    ]),
  )
}

/** A symbol as the path of an SVG around `x`, `y`. */
export function symbolPath({ points }: Symbol, radius: number, x: number, y: number): string {
  const at = points.map(([a, b]) => `${(x + radius * a).toFixed(1)},${(y + radius * b).toFixed(1)}`)
  return `M${at.join('L')}Z`
}

function polygon(corners: number, degrees: number, radius: number): Symbol {
  return symbol(corners, degrees, () => radius)
}

function star(tips: number, degrees: number, radius: number): Symbol {
  return symbol(2 * tips, degrees, (i) => (i % 2 === 0 ? radius : 0.45 * radius))
}

function symbol(corners: number, degrees: number, radius: (i: number) => number): Symbol {
  const points = Array.from({ length: corners }, (_, i) => {
    const angle = ((degrees + (360 * i) / corners) * Math.PI) / 180
    return [radius(i) * Math.cos(angle), radius(i) * Math.sin(angle)] as const
  })
  const draw = (context: PathContext, size: number) => {
    const r = Math.sqrt(size / Math.PI)
    for (const [i, [x, y]] of points.entries()) {
      context[i === 0 ? 'moveTo' : 'lineTo'](r * x, r * y)
    }
    context.closePath()
  }
  return { points, draw }
}

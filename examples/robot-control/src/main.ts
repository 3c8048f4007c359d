// A goal that nobody tells, found from a few tries: `pnpm example robot-control`.
import { wasm } from '@kshot/backend-wasm'
import { type Adaptation, adaptPolicy, type Goal, straightReturn } from '@kshot/control'
import { type Meta, rng, tree, useBackend } from '@kshot/core'
import {
  type Form,
  mean,
  picture,
  progress,
  runExample,
  show,
  spread,
  table,
} from '@kshot/examples-kit'
import { dot, line, text } from '@observablehq/plot'
import { environment, LEARNERS, type LearnerName, learnerOf, policyOf } from './policies'

const STEPS = 3
const EPISODES = 20
/** Rates of adaptation that each learner may choose among, on goals of its own. */
const RATES = [0.02, 0.05, 0.1, 0.2, 0.5]
const NAMES: { readonly [name in LearnerName]: string } = {
  maml: 'MAML',
  pretrained: 'trained on all goals at once',
  random: 'not trained',
}

const goalOf = (stream: string, i: number): Goal => environment.task(rng(stream).split(i))

function adapted(
  name: LearnerName,
  meta: Meta,
  goal: Goal,
  rate: number,
  seed: number,
  i: number,
): Adaptation {
  const how = { steps: STEPS, episodes: EPISODES, rng: rng(seed).split('adapt').split(i) }
  return adaptPolicy(environment, learnerOf(name, rate), meta.params, goal, how)
}

/** The rate with the best mean return after 1 … 3 steps, on other goals than those of the test. */
function bestRate(name: LearnerName, meta: Meta, goals: number, seed: number): number {
  const scores = RATES.map((rate) =>
    mean(
      Array.from({ length: goals }, (_, i) =>
        mean(adapted(name, meta, goalOf('validation', i), rate, seed, i).returns.slice(1)),
      ),
    ),
  )
  return RATES[scores.indexOf(Math.max(...scores))]!
}

export async function main({ short, seeds, flag, write }: Form): Promise<string> {
  await useBackend(wasm())
  const [goals, tuning] = short ? [2, 1] : [20, 5]
  const bar = progress('adapting', seeds.length * LEARNERS.length)
  const returns = new Map<LearnerName, number[][]>()
  const rates: string[] = []
  let paths: Path[] = []
  for (const name of LEARNERS) {
    for (const seed of seeds) {
      const meta = await policyOf(name, seed, flag('train'))
      const rate = bestRate(name, meta, tuning, seed)
      rates.push(`${NAMES[name]} ${rate}`)
      const found = Array.from({ length: goals }, (_, i) =>
        adapted(name, meta, goalOf('test', i), rate, seed, i),
      )
      const own = Array.from({ length: STEPS + 1 }, (_, k) => mean(found.map((f) => f.returns[k]!)))
      returns.set(name, [...(returns.get(name) ?? []), own])
      if (seed === 1) paths = [...paths, ...pathsOf(name, found.slice(0, 3))]
      tree.dispose(meta.params)
      bar.step()
    }
  }
  bar.stop()
  const steps = Array.from({ length: STEPS + 1 }, (_, k) => k)
  const rows = LEARNERS.map((name) => [
    NAMES[name],
    ...steps.map((k) =>
      show(
        returns.get(name)!.map((own) => own[k]!),
        1,
      ),
    ),
  ])
  const best = mean(Array.from({ length: goals }, (_, i) => straightReturn(goalOf('test', i))))
  const curves = LEARNERS.flatMap((name) =>
    steps.map((k) => ({
      name: NAMES[name],
      step: k,
      return: mean(returns.get(name)!.map((own) => own[k]!)),
    })),
  )
  return [
    `mean return on ${goals} new goals, each gradient step from ${EPISODES} episodes; straight to the goal: ${best.toFixed(1)}`,
    table(['after gradient steps', ...steps.map(String)], rows),
    `rates chosen: ${[...new Set(rates)].join(', ')}`,
    `written to ${write('robot-control-returns.svg', chart(curves))}`,
    `and to ${write('robot-control.svg', drawing(paths, Math.min(3, goals)))}`,
  ].join('\n')
}

interface Path {
  readonly who: string
  readonly goal: string
  readonly step: string
  readonly x: number
  readonly y: number
}

const STEP_NAMES = ['before', '1 step', '2 steps', '3 steps']

/** The first episode of each policy. */
function pathsOf(name: LearnerName, found: readonly Adaptation[]): Path[] {
  return found.flatMap(({ episodes }, i) =>
    episodes.flatMap((list, k) =>
      list[0]!.states.map(([x, y]) => ({
        who: NAMES[name],
        goal: `goal ${i + 1}`,
        step: STEP_NAMES[k]!,
        x: x!,
        y: y!,
      })),
    ),
  )
}

function drawing(paths: readonly Path[], goals: number): string {
  const all = Object.values(NAMES)
  const targets = Array.from({ length: goals }, (_, i) => goalOf('test', i)).flatMap((goal, i) =>
    all.map((who) => ({ ...goal, goal: `goal ${i + 1}`, who })),
  )
  const range = [-1, 1]
  return picture('2-D navigation: one episode before and after each gradient step', {
    width: 820,
    height: 760,
    marginRight: 60,
    x: { domain: range, ticks: 3, label: null },
    y: { domain: range, ticks: 3, label: null },
    fx: { label: null, domain: all },
    fy: { label: null },
    color: {
      domain: STEP_NAMES,
      range: ['#c9d3da', '#7fb2d9', '#2f7fc1', '#0b3c6f'],
      legend: false,
    },
    marks: [
      line([...paths], {
        x: 'x',
        y: 'y',
        fx: 'who',
        fy: 'goal',
        stroke: 'step',
        z: 'step',
        clip: true,
        strokeWidth: 1.5,
      }),
      dot(targets, {
        x: 'x',
        y: 'y',
        fx: 'who',
        fy: 'goal',
        symbol: 'star',
        fill: '#d1495b',
        r: 6,
      }),
    ],
  })
}

function chart(
  curves: readonly { readonly name: string; readonly step: number; readonly return: number }[],
): string {
  const marks = { x: 'step', y: 'return', stroke: 'name' } as const
  const last = curves.filter(({ step }) => step === STEPS)
  const places = spread(
    last.map((point) => point.return),
    4,
  )
  const names = last.map((point, i) => ({ ...point, at: places[i]! }))
  return picture('2-D navigation: mean return on new goals', {
    width: 820,
    marginRight: 220,
    x: { label: 'gradient steps', ticks: [0, 1, 2, 3], tickFormat: 'd' },
    y: { label: 'return', grid: true },
    color: {
      legend: false,
      domain: Object.values(NAMES),
      range: ['#0b3c6f', '#d1495b', '#9aa5ad'],
    },
    marks: [
      line([...curves], { ...marks, strokeWidth: 2 }),
      dot([...curves], { ...marks, fill: 'name' }),
      text(names, { x: 'step', y: 'at', text: 'name', fill: 'name', dx: 8, textAnchor: 'start' }),
    ],
  })
}

await runExample(import.meta.url, main)

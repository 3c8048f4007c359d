import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { rng } from '@kshot/core'
import type { RegressionData, RegressionTask } from '@kshot/episodes'
import { userCache } from '@kshot/episodes/node'

/** What is measured at each visit, and predicted. */
export const MEASURES = ['log bilirubin', 'albumin', 'log prothrombin time'] as const

/** Years since the first visit, age at the first visit, sex, treatment. */
const INPUTS = 4

export interface Patients {
  readonly source: string
  readonly tasks: readonly RegressionTask[]
}

/** Fewer visits leave nothing to predict after five. */
const LEAST_VISITS = 7

/** Follow-up of a liver disease, where `kshot data fetch pbc` has put it; for a short run without it, drawn curves. */
export function patients(short: boolean): Patients {
  const folder = userCache('pbc')
  const path = folder === undefined ? '' : join(folder, 'pbc2.csv')
  if (existsSync(path)) return { source: 'Mayo Clinic PBC', tasks: pbc(readFileSync(path, 'utf8')) }
  if (short) return { source: 'drawn curves', tasks: drawnCurves() }
  throw new Error('The patients are not here. Fetch them once: npx kshot data fetch pbc')
}

function pbc(text: string): RegressionTask[] {
  const [names, ...lines] = text
    .trimEnd()
    .split('\n')
    .map((line) => line.trim().split(',').map(unquoted))
  const at = (name: string) => names!.indexOf(name)
  const visits = new Map<string, { x: number[]; y: number[] }[]>()
  for (const line of lines) {
    const number = (name: string) => Number(line[at(name)])
    const y = [Math.log(number('serBilir')), number('albumin'), Math.log(number('prothrombin'))]
    if (!y.every(Number.isFinite)) continue
    const x = [
      number('year'),
      number('age') / 10,
      line[at('sex')] === 'female' ? 1 : 0,
      line[at('drug')] === 'placebo' ? 1 : 0,
    ]
    const id = line[at('id')]!
    visits.set(id, [...(visits.get(id) ?? []), { x, y }])
  }
  return [...visits]
    .filter(([, list]) => list.length >= LEAST_VISITS)
    .map(([id, list]) => ({
      id: `patient ${id}`,
      x: Float32Array.from(list.flatMap(({ x }) => x)),
      y: Float32Array.from(list.flatMap(({ y }) => y)),
    }))
}

function unquoted(field: string): string {
  return field.replace(/^"(.*)"$/, '$1')
}

function drawnCurves(): RegressionTask[] {
  return Array.from({ length: 24 }, (_, p) => {
    const random = rng('curves').split(p)
    const level = MEASURES.map(() => random.normal())
    const visits = Array.from({ length: 8 }, (_, i) => i / 2)
    return {
      id: `patient ${p}`,
      x: Float32Array.from(visits.flatMap((year) => [year, 5, p % 2, 0])),
      y: Float32Array.from(
        visits.flatMap((year) => level.map((v) => v + 0.1 * year + 0.2 * random.normal())),
      ),
    }
  })
}

/** As data of regression tasks: a patient is a task, a visit a point. */
export function asData(tasks: readonly RegressionTask[]): RegressionData {
  return {
    spec: { package: '@kshot/example-medicine', export: 'patients', options: {} },
    inputs: INPUTS,
    outputs: MEASURES.length,
    tasks,
  }
}

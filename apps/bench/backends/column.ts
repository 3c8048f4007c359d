import { cpu } from '@kshot/backend-cpu'
import type { DeviceInfo } from '@kshot/core'
import { maml, metaSgd, reptile } from '@kshot/maml'
import { matching } from '@kshot/matching'
import { protonet } from '@kshot/protonet'
import { conformanceChecks, examine, keyOf } from '@kshot/testkit/conformance'
import { loadReference } from '@kshot/testkit/reference'
import { allowRelaxedSimd } from '../src/backends/relaxed-simd'
import { columns } from './columns'

/** What one check showed. */
export interface Cell {
  /** `section: name`. */
  readonly key: string
  readonly verdict: string
  readonly text: string
  readonly ok: boolean
}

/** What a backend showed, or why it does not run here. */
export type Found =
  | { readonly device: DeviceInfo; readonly cells: readonly Cell[] }
  | { readonly reason: string; readonly remedy: string }

export const learners = { maml, metaSgd, reptile, matching, protonet }

async function examined(title: string, references: string): Promise<Found> {
  const { make, known, tolerance = 1e-4 } = columns[title]!
  const backend = make()
  const availability = await backend.available()
  if (!availability.available) return availability
  await cpu().activate()
  const device = await backend.activate()
  const cells: Cell[] = []
  for (const check of conformanceChecks(learners, loadReference(references))) {
    const { verdict, text, ok } = await examine(check, backend, known, { tolerance })
    cells.push({ key: keyOf(check), verdict, text, ok })
  }
  return { device, cells }
}

// A process of its own for one column: `node column.js TITLE REFERENCES`, whose answer is a message.
allowRelaxedSimd()
const [title, references] = process.argv.slice(2)
process.send!(await examined(title!, references!), () => process.disconnect())

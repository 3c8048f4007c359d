import { type Choice, chooseBackend } from '../backends/auto-backend'
import { backends } from '../backends/backends'
import { datasetCards } from '../catalogue/cards'
import { locate } from '../data/open-dataset'
import { type Machine, machine } from './machine'
import { type NodeVersion, nodeVersion } from './node-version'
import { type Probed, probeApart } from './probe'
import { CASE } from './speed'

/** What `kshot doctor --json` prints; its keys are stable. */
export interface DoctorReport {
  readonly node: NodeVersion
  readonly machine: Machine
  readonly backends: readonly ({ readonly name: string } & Probed)[]
  /** Which one `--backend auto` takes; null where not all were looked at. */
  readonly auto: Choice | null
  /** What `imagesPerSecond` is of; null where nothing was measured. */
  readonly speed: string | null
  readonly data: readonly { readonly name: string; readonly ok: boolean; readonly detail: string }[]
}

export interface DoctorJob {
  readonly data: string | undefined
  /** The only one to look at. */
  readonly backend?: string | undefined
  /** For the speed of each backend; 0 measures none. */
  readonly seconds: number
  readonly on?: (what: string) => void
}

/** Looks at the machine, one backend after the other. */
export async function doctorReport(job: DoctorJob): Promise<DoctorReport> {
  const { data, backend, seconds, on } = job
  const found: ({ readonly name: string } & Probed)[] = []
  for (const name of backend ? [backend] : Object.keys(backends)) {
    on?.(seconds > 0 ? `measuring ${name} …` : `looking for ${name} …`)
    found.push({ name, ...(await probeApart(name, seconds)) })
  }
  const node = found.find(({ name }) => name === 'node')
  return {
    node: nodeVersion(),
    machine: machine(),
    backends: found,
    auto: node && !backend ? await chooseBackend(0, () => asFound(node)) : null,
    speed: seconds > 0 ? CASE : null,
    data: locateAll(data),
  }
}

// it was loaded once, apart from this process; that is enough
function asFound({ name, ...probed }: { readonly name: string } & Probed) {
  return {
    ...backends[name]!(),
    available: async () => probed,
    activate: async () => ({ backend: name, ...probed }) as never, // called only of what is available
  }
}

function locateAll(data: string | undefined): DoctorReport['data'] {
  return datasetCards.map((card) => ({ name: card.name, ...locate(card, data) }))
}

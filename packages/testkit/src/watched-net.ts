import type { Model, NormMode, Spec } from '@kshot/core'
import type { ModuleLoader } from './rebuilt'

/** One call of a net. */
export interface Application {
  readonly norm: NormMode
  /** Examples in its batch. */
  readonly size: number
  readonly normalises: boolean
}

/**
 * A loader whose builds of this net write down each of their calls, and that list: which net a learner
 * stands on, and how, is seen by building the learner again with it.
 */
export function watchedNet(net: Spec, load: ModuleLoader) {
  const applications: Application[] = []
  const watched: ModuleLoader = async (name) => {
    const module = (await load(name)) as Record<string, (options: unknown) => Model>
    const build = module[net.export]
    if (name !== net.package || !build) return module
    return { ...module, [net.export]: (options: unknown) => watch(build(options), applications) }
  }
  return { load: watched, applications }
}

function watch(model: Model, applications: Application[]): Model {
  return {
    ...model,
    apply(weights, x, options) {
      const { norm } = options
      applications.push({ norm, size: x.shape[0]!, normalises: model.normalises })
      return model.apply(weights, x, options)
    },
  }
}

import { createHash } from 'node:crypto'
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { KshotError } from '@kshot/core'
import { nativeSources } from '../native-sources'

/** A place in the binding's sources, and what stands there in ours. */
interface Change {
  readonly file: string
  readonly from: string
  readonly to: string
}

const changes = (flags: readonly string[]): readonly Change[] => [
  // a set of names that all threads add to without a lock: each gets one of its own
  {
    file: 'binding/tfjs_backend.cc',
    from: 'static std::set<std::string> ATTR_NAME_SET;',
    to: 'static thread_local std::set<std::string> ATTR_NAME_SET;',
  },
  {
    file: 'binding/tfjs_backend.h',
    from: ' private:\n  TFJSBackend(napi_env env);',
    to: '  friend struct KshotAccess;\n\n private:\n  TFJSBackend(napi_env env);',
  },
  {
    file: 'binding/tfjs_binding.cc',
    from: '#undef EXPORT_INT_PROPERTY\n',
    to: '#undef EXPORT_INT_PROPERTY\n  KshotInit(env, exports);\n',
  },
  {
    file: 'binding/tfjs_binding.cc',
    from: 'namespace tfnodejs {\n',
    to: 'namespace tfnodejs {\nvoid KshotInit(napi_env env, napi_value exports);\n',
  },
  {
    file: 'binding.gyp',
    from: "'include_dirs' : [ '..',",
    to: "'include_dirs' : [ '..', 'binding',",
  },
  {
    file: 'binding.gyp',
    from: "      'binding/tfjs_binding.cc'\n    ],",
    to: `      'binding/tfjs_binding.cc', 'kshot/addon.cc'\n    ],\n    'cflags_cc': [${flags.map((flag) => `'${flag}'`).join(', ')}],`,
  },
]

/** Adds kshot's kernels to the sources of the binding. */
export function addKernels(source: string): void {
  cpSync(nativeSources(), join(source, 'kshot'), { recursive: true })
  for (const { file, from, to } of changes(flags())) {
    const path = join(source, file)
    const text = readFileSync(path, 'utf8')
    if (!text.includes(from)) throw changed(file, from)
    writeFileSync(path, text.replace(from, to))
  }
}

function changed(file: string, from: string): KshotError {
  return new KshotError('native/sources-failed', {
    got: `${file} without '${from.trim()}'`,
    expected: 'the sources that kshot adds its kernels to',
    remedy: 'Please report this',
  })
}

/** Instructions of the last ten years, where the processor has them. */
export function flags(): string[] {
  const fast = ['-O3', '-fno-math-errno', '-fno-trapping-math']
  return hasAvx2() ? [...fast, '-mavx2', '-mfma'] : fast
}

function hasAvx2(): boolean {
  try {
    return /\bavx2\b/.test(readFileSync('/proc/cpuinfo', 'utf8'))
  } catch {
    return false
  }
}

/** A short name of kshot's own sources and how they are compiled: what is built of others is not used. */
export function kernelsKey(): string {
  const hash = createHash('sha256')
  const folder = nativeSources()
  for (const file of readdirSync(folder).sort()) hash.update(readFileSync(join(folder, file)))
  return hash.update(flags().join()).digest('hex').slice(0, 8)
}

// The arrows of docs/architecture.md. Imports of types count.

/** Packages that import a sibling, and why. */
const siblings = {
  // the same code with another library
  'backend-node-gpu': 'backend-node',
  // turns its sentences into numbers as `texts` does
  intents: 'episodes',
  // has its splits, rotations and resizing
  omniglot: 'episodes',
}

/** The folders of apps/bench/src, from the top floor down. */
const floors = [
  'commands',
  'classify',
  'leaderboard',
  'report',
  'doctor',
  'optimizers',
  'running',
  'lake',
  'data',
  'configuration',
  'backends',
  'catalogue',
  'checking',
  'files',
  'terminal',
  'process',
]
/** What a floor may not import: those above it, folders without a floor, and what starts the program. */
const below = (floor) => [...floors.slice(floor), 'version\\.ts'].join('|')

const tests = '(\\.test\\.ts|(^|/|\\.)(testing|suite)\\.ts|/testing/.*|^packages/[^/]+/bench/.*)$'
const exceptions = Object.keys(siblings).map((name) => `^packages/${name}/`)
const ofTests = [tests, '^packages/testkit/', '^apps/[^/]+/test/', '^e2e/']

export default {
  forbidden: [
    {
      name: 'no-circle',
      comment: 'Files that import each other cannot be read, tested or moved alone.',
      severity: 'error',
      from: { path: '^(packages|apps)/' },
      to: { circular: true },
    },
    {
      name: 'not-installed',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'core-knows-nobody',
      comment: 'core knows no algorithm, data set or device.',
      severity: 'error',
      from: { path: '^packages/core/', pathNot: tests },
      to: { path: '^packages/', pathNot: '^packages/core/' },
    },
    {
      name: 'packages-import-core-only',
      comment: 'A package imports core and npm. Exceptions stand at the top of this file.',
      severity: 'error',
      from: { path: '^packages/([^/]+)/', pathNot: [tests, ...exceptions] },
      to: { path: '^packages/', pathNot: '^packages/(core|$1)/' },
    },
    ...Object.entries(siblings).map(([name, sibling]) => ({
      name: `${name}-imports-${sibling}-only`,
      severity: 'error',
      from: { path: `^packages/${name}/`, pathNot: tests },
      to: { path: '^packages/', pathNot: `^packages/(core|${name}|${sibling})/` },
    })),
    {
      name: 'nothing-imports-apps',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^(apps|e2e|examples)/' },
    },
    ...floors.map((folder, i) => ({
      name: `bench-${folder}-imports-downwards`,
      comment:
        'Folders of apps/bench import those below them, in the order at the top of this file.',
      severity: 'error',
      from: { path: `^apps/bench/src/${folder}/`, pathNot: tests },
      to: { path: `^apps/bench/src/(?!(${below(i)})(/|$))` },
    })),
    {
      name: 'bench-folders-have-a-floor',
      comment:
        'What is neither on a floor nor starts the program gets a folder, at the top of this file.',
      severity: 'error',
      from: { path: `^apps/bench/src/(?!(${floors.join('|')})/|(cli|start|version)\\.ts)` },
      to: {},
    },
    {
      name: 'leaderboards-and-reports-apart',
      comment: 'What both need is @kshot/results, or lies on a floor below.',
      severity: 'error',
      from: { path: '^apps/bench/src/leaderboard/' },
      to: { path: '^apps/bench/src/report/' },
    },
    {
      name: 'tests-are-not-imported',
      severity: 'error',
      from: { path: '^packages/', pathNot: ofTests },
      to: { path: ofTests },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    exclude: { path: '(^|/)(dist|generator|node_modules/\\.cache)/' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@kshot/source', 'import', 'node', 'default'],
    },
  },
}

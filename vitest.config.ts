import { defineConfig } from 'vitest/config'

// The workspace's packages are read from source: no build is needed to test them.
const conditions = ['@kshot/source']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    maxWorkers: 2,
    // TensorFlow.js' own cpu backend says so on its first use; that of kshot does not
    onConsoleLog: (text) => !text.includes('Hi, looks like you are running TensorFlow.js'),
    reporters: process.env.CI ? ['default', 'json'] : ['default'],
    outputFile: '.vitest-report.json',
    projects: [
      {
        extends: true,
        test: {
          name: 'packages',
          include: [
            'packages/*/src/**/*.test.ts',
            'apps/*/src/**/*.test.ts',
            'apps/*/test/**/*.test.ts',
            'e2e/{packages,readme}.test.ts',
          ],
          // for what hangs; what a test does is bounded by its steps and episodes, not by the clock
          testTimeout: 300_000,
          hookTimeout: 300_000,
          setupFiles: ['vitest.setup.ts'],
        },
      },
      {
        extends: true,
        test: {
          // what packs and installs packages, or builds apps with them
          name: 'apps',
          include: ['e2e/**/*.test.ts', 'examples/**/*.test.ts'],
          exclude: ['e2e/{packages,readme}.test.ts', '**/node_modules/**'],
          testTimeout: 300_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
})

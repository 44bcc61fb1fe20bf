import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // A child process, a pty or a thousand random cases may take long on a busy machine; none of it is asserted.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Most of a test is waiting for somebody: processes that start, terminals that draw.
    maxWorkers: 3,
  },
})

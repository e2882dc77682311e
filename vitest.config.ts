/** The test projects: fast files side by side, files that start servers one after another. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const ninefold = fileURLToPath(new URL('./index.ts', import.meta.url));

/** Folders whose files start or use real servers, whole processes or long faults. */
const withServers = ['test/services/**', 'test/e2e/**'];

const shared = {
  environment: 'node' as const,
  // Examples, packs and platforms import what a user imports.
  alias: { ninefold },
};

export default defineConfig({
  resolve: { alias: { ninefold } },
  test: {
    reporters: ['default'],
    projects: [
      {
        extends: true,
        test: {
          ...shared,
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: [...withServers, 'test/**/*.service.test.ts', 'test/soak/**'],
          maxWorkers: 2,
          testTimeout: 30_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: 'servers',
          include: [
            'test/services/**/*.test.ts',
            'test/e2e/**/*.test.ts',
            'test/**/*.service.test.ts',
          ],
          exclude: ['test/soak/**'],
          fileParallelism: false,
          maxWorkers: 1,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});

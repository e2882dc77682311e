/** The test projects: fast files side by side, files that need servers one after another, long ones only when asked for. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Examples, packs and platforms import what a user imports. */
const alias = [
  { find: /^ninefold$/, replacement: fileURLToPath(new URL('./index.ts', import.meta.url)) },
];

/** Files that start servers or whole processes: they would starve each other, so they take turns. */
const withServers = [
  'test/services/**/*.test.ts',
  'test/e2e/**/*.test.ts',
  'test/**/*.service.test.ts',
];

/** Files that take many minutes: `npm run test:soak`. */
const soak = ['test/soak/**/*.test.ts'];

/** After this a test hangs; a machine that is merely slow or shared should never fail one. */
const HANGS_MS = 300_000;

/** What runs before each file. */
const setupFiles = ['test/random-seed.ts'];

const fastProject = {
  extends: true as const,
  test: {
    setupFiles,
    name: 'fast',
    include: ['test/**/*.test.ts'],
    exclude: [...withServers, ...soak],
    maxWorkers: 2,
    testTimeout: HANGS_MS,
    sequence: { groupOrder: 0 },
  },
};

const serversProject = {
  extends: true as const,
  test: {
    setupFiles,
    name: 'servers',
    include: withServers,
    exclude: soak,
    fileParallelism: false,
    maxWorkers: 1,
    testTimeout: HANGS_MS,
    hookTimeout: HANGS_MS,
    sequence: { groupOrder: 1 },
  },
};

const soakProject = {
  extends: true as const,
  test: {
    name: 'soak',
    include: soak,
    fileParallelism: false,
    maxWorkers: 1,
    testTimeout: 3_600_000,
    hookTimeout: HANGS_MS,
  },
};

export default defineConfig(({ mode }) => ({
  resolve: { alias },
  test: {
    projects: mode === 'soak' ? [soakProject] : [fastProject, serversProject],
    coverage: {
      provider: 'v8',
      include: [
        'slo/**',
        'formats/**',
        'synthetics/**',
        'catalog/**',
        'collector/**',
        'cli/**',
        'index.ts',
      ],
      reporter: ['text-summary', 'html', 'json-summary'],
    },
  },
}));

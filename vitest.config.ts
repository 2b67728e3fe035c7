import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

const framework = fileURLToPath(new URL('./framework', import.meta.url));

/** Unit tests read the sources; processes started by the other tiers read `dist`, as users do. */
const sources = [
  { find: /^@pomelo-ts\/([a-z]+)$/, replacement: `${framework}/$1/src/index.ts` },
  { find: /^@pomelo-ts\/([a-z]+)\/([a-z-]+)$/, replacement: `${framework}/$1/src/$2.ts` },
];

/**
 * What makes TypeScript programs, half a second each, tries thousands of inputs or calls, starts processes or waits for a clock: a tier of its own,
 * so that the unit tests stay quick.
 */
const long = [
  'framework/dev/test/**/*.test.ts',
  'test/fuzz/**/*.test.ts',
  'framework/cli/test/{migrate/migrate,commands/init}.test.ts',
  'framework/core/test/{schedule,schedule/cluster-cron,ids/rising-ids,directory/uid-simulation}.test.ts',
  'framework/master/test/{processes/host-processes,hosts/lying-hosts}.test.ts',
  'framework/rpc/test/late-answers.test.ts',
];

/** Old apps `require` what was built: their tests do as well. */
const ofBuilt = 'framework/compat/test/**/*.test.ts';

/** What needs several hosts. */
const ofHosts = 'test/integration/hosts/**/*.test.ts';

/**
 * Integration tests whose games have the ports that their texts show: one file after the other, as no two may have the same at once.
 * All others ask for ports that are free.
 */
const ofFixedPorts = [
  'check-is-start',
  'config',
  'config-reload',
  'full-disk',
  'log-rotation',
  'logs',
  'master-files',
  'operating-guide',
  'operator',
  'operator-crash',
  'run',
  'run-etcd',
  'security-guide',
  'start',
  'start-terminal',
  'systemd-guide',
  'topology',
].map((name) => `test/integration/${name}.test.ts`);

/** Fails a run in which listeners pile up; gives what is waited for its time on a busy machine. */
const setupFiles = ['strict-warnings', 'patient-waits'].map((name) =>
  fileURLToPath(new URL(`./test/helpers/${name}.ts`, import.meta.url)),
);

/** A tier that reads the sources, in threads. */
function fromSources(
  name: string,
  files: { include: string[]; exclude?: string[]; testTimeout?: number },
): TestProjectInlineConfiguration {
  return {
    resolve: { alias: sources },
    test: {
      name,
      setupFiles,
      pool: 'threads',
      isolate: false,
      // Half of the time they wait for sockets: two at once pay off on a machine with two cores too.
      maxWorkers: Math.max(2, availableParallelism() - 1),
      // How long a test or a condition may take is no measure of speed: a busy machine has its time, too.
      testTimeout: 20_000,
      hookTimeout: 30_000,
      expect: { poll: { timeout: 10_000 } },
      ...files,
    },
  };
}

/** A tier that starts what was built, as users do. */
function ofProcesses(
  name: string,
  files: { include: string[]; exclude?: string[]; maxWorkers?: number; fileParallelism?: false },
): TestProjectInlineConfiguration {
  return {
    test: {
      name,
      setupFiles,
      pool: 'forks',
      testTimeout: 120_000,
      hookTimeout: 120_000,
      expect: { poll: { timeout: 10_000 } },
      ...files,
    },
  };
}

export default defineConfig({
  test: {
    projects: [
      fromSources('unit', {
        include: ['framework/*/test/**/*.test.ts', 'web-admin/test/**/*.test.ts', 'test/*.test.ts'],
        exclude: [...long, ofBuilt],
      }),
      fromSources('long', { include: long, testTimeout: 60_000 }),
      ofProcesses('integration', {
        include: ['test/integration/**/*.test.ts', 'game-server/test/**/*.test.ts', ofBuilt],
        exclude: [ofHosts, ...ofFixedPorts],
        maxWorkers: 2,
      }),
      ofProcesses('fixed-ports', { include: ofFixedPorts, fileParallelism: false }),
      {
        // Each file has a lab of its own, and waits for most of its time: two at once.
        test: {
          name: 'hosts',
          setupFiles,
          include: [ofHosts],
          pool: 'forks',
          maxWorkers: 2,
          testTimeout: 90_000,
          hookTimeout: 60_000,
          expect: { poll: { timeout: 10_000 } },
        },
      },
      {
        test: {
          name: 'chaos',
          setupFiles,
          include: ['test/chaos/**/*.test.ts'],
          pool: 'forks',
          fileParallelism: false,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'figures',
          setupFiles,
          execArgv: ['--expose-gc'], // memory is what is left after it
          include: ['test/figures/**/*.test.ts'],
          pool: 'forks',
          fileParallelism: false,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          setupFiles,
          include: ['test/e2e/**/*.test.ts'],
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 240_000,
          hookTimeout: 240_000,
          expect: { poll: { timeout: 10_000 } },
        },
      },
    ],
  },
});

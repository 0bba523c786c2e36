import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const every = '**/*.test.{ts,tsx}'
/** What walks through everything once more: in a browser, under load, started and killed again and again. */
const slow = '**/*.slow.test.{ts,tsx}'
const folders = ['server/test', 'client/test']

/**
 * Files that take more than some ten seconds, the longest first. They begin before all others, so that the workers end
 * together; vitest knows no more of a file in a fresh checkout than its size.
 */
const long = [
  'conform/faults.slow',
  'pages/accessibility.slow',
  'handbook/handbook.slow',
  'musts/mutants.slow',
  'cli/rolling_restart.slow',
  'mail/processes.slow',
  'webhooks/killed.slow',
  'keys/given_up_root_secret.slow',
  'moving/import.slow',
  'cli/start.slow',
  'cli/workers.slow',
  'audit/killed.slow',
  'api/long_reads_sqlite.slow',
  'cli/stop.slow',
  'http/locked_database.slow',
  'conform/started.slow',
  'storage/postgres',
  'where_to_add',
  'cli/cli',
  'conform/conform',
  'audit/verify',
  'security/k_acts',
  'storage/sqlite',
  'cli/keys',
  'backup/backup',
  'account/data',
]

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const at = long.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`))
      return at < 0 ? long.length : at
    }
    return (await super.sort(files)).sort((one, other) => place(one) - place(other))
  }
}

const project = (name: string, files: string, exclude: readonly string[] = []) => ({
  test: {
    name,
    include: folders.map((folder) => `${folder}/${files}`),
    exclude: [...exclude],
    // Two processes that load the server once each. Test files share its modules, so what one changes it puts back.
    isolate: false,
    // They end what hangs, on a slow and busy machine too. No test is about them.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
  },
})

export default defineConfig({
  test: {
    globalSetup: ['server/test/support/global_setup.ts'],
    maxWorkers: 2,
    // What the first run has made of the sources serves the next one.
    experimental: { fsModuleCache: true },
    sequence: { sequencer: LongestFirst },
    projects: [project('fast', every, [slow]), project('slow', slow)],
  },
})

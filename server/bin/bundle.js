/**
 * Puts the command line with its pure packages into one file, `dist/consentry.js`, straight from the sources: types are
 * stripped, not checked (`npm run types` does that). Half of a start would otherwise go into finding and opening some six
 * hundred modules.
 */
import { join } from 'node:path'

/**
 * Packages that are left where they are: CommonJS that loads fast, native code, what finds files beside itself, and large
 * lists that few starts read.
 */
const apart = /^(?:node:|fastify$|@fastify\/|pg$|pino$|@node-rs\/|@photostructure\/|@zxcvbn-ts\/)/

/** All files lie side by side in `dist`, as what reads beside itself expects. Throws with what rolldown found wrong. */
export async function bundle(root) {
  const { rolldown } = await import('rolldown')
  const build = await rolldown({
    input: { consentry: join(root, 'src', 'cli', 'main.ts') },
    platform: 'node',
    tsconfig: false,
    transform: { jsx: { runtime: 'automatic', importSource: 'hono/jsx' } },
    external: (id) => apart.test(id),
  })
  await build.write({ dir: join(root, 'dist'), entryFileNames: '[name].js', chunkFileNames: 'consentry-[name].js' })
  await build.close()
}

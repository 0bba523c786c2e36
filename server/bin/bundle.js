/**
 * Puts each program with its pure packages into one file, `dist/consentry.js` before all, straight from the sources: types are
 * stripped, not checked (`npm run types` does that). Half of a start would otherwise go into finding and opening some six
 * hundred modules.
 */
import { join } from 'node:path'

/**
 * Packages that are left where they are: CommonJS that loads fast, native code, what finds files beside itself, and large
 * lists that few starts read.
 */
const apart =
  /^(?:node:|fastify$|@fastify\/|pg$|pino$|@node-rs\/|@photostructure\/|@zxcvbn-ts\/|ipaddr\.js$|undici$|nodemailer$|sharp$)/

/**
 * The programs by name: the command line, and the processes that work for it. Each is bundled for itself, as what they
 * share would be a file more for each to load.
 */
const programs = {
  consentry: ['cli', 'main.ts'],
  read_worker: ['storage', 'sqlite', 'read_worker.ts'],
  checkpoint_worker: ['storage', 'sqlite', 'checkpoint_worker.ts'],
  picture_worker: ['runtime', 'pictures', 'picture_worker.ts'],
}

/** All files lie side by side in `dist`, as what reads beside itself expects. Throws with what rolldown found wrong. */
export async function bundle(root) {
  for (const [name, path] of Object.entries(programs)) await bundleOne(root, name, join(root, 'src', ...path))
}

async function bundleOne(root, name, entry) {
  const { rolldown } = await import('rolldown')
  const build = await rolldown({
    input: { [name]: entry },
    platform: 'node',
    tsconfig: false,
    transform: { jsx: { runtime: 'automatic', importSource: 'hono/jsx' } },
    external: (id) => apart.test(id),
  })
  await build.write({ dir: join(root, 'dist'), entryFileNames: '[name].js', chunkFileNames: `${name}-[name].js` })
  await build.close()
}

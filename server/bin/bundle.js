/**
 * Puts the command line with its pure packages into one file, `dist/consentry.js`. Half of a start would otherwise go
 * into finding and opening some six hundred modules. What it is made from, `dist/`, stays for whoever imports it.
 */
import { join } from 'node:path'

/** Packages that are left where they are: CommonJS that loads fast, native code, and what finds files beside itself. */
const apart = /^(?:node:|fastify$|@fastify\/|pg$|pino$|@node-rs\/|@photostructure\/)/

/** All files lie side by side in `dist`, as what reads beside itself expects. */
async function bundle(root) {
  const { rolldown } = await import('rolldown')
  const build = await rolldown({
    input: { consentry: join(root, 'dist', 'cli', 'main.js') },
    platform: 'node',
    // What comes in is JavaScript already; where the configuration is left out of an image it would be missed.
    tsconfig: false,
    external: (id) => apart.test(id),
  })
  await build.write({ dir: join(root, 'dist'), entryFileNames: '[name].js', chunkFileNames: 'consentry-[name].js' })
  await build.close()
}

await bundle(process.argv[2])

/**
 * Puts each program with its pure packages into one file, `dist/consentry.js` before all, straight from the sources: types are
 * stripped, not checked (`npm run types` does that). Half of a start would otherwise go into finding and opening some six
 * hundred modules.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Packages that are left where they are: CommonJS that loads fast, native code, what finds files beside itself, and large
 * lists that few starts read.
 */
const apart =
  /^(?:node:|fastify$|@fastify\/|pg$|pino$|prom-client$|@node-rs\/|@photostructure\/|@zxcvbn-ts\/|ipaddr\.js$|undici$|nodemailer$|sharp$)/

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
  const folders = new Set()
  for (const [name, path] of Object.entries(programs)) {
    const found = await bundleAs(root, name, { [name]: join(root, 'src', ...path) })
    for (const folder of found) folders.add(folder)
  }
  put(root, 'licenses.txt', licensesOf([...folders].sort()))
}

/** Writes a file of `dist` that is there whole or not at all: somebody may be starting, or building the same, just now. */
function put(root, name, text) {
  const dist = join(root, 'dist')
  mkdirSync(dist, { recursive: true })
  const unfinished = join(dist, `.${name}.${process.pid}`)
  writeFileSync(unfinished, text)
  renameSync(unfinished, join(dist, name))
}

/**
 * Bundles programs by their names, which begin with `name`, as do those of the parts that they share. Answers the folders of
 * the packages that went into them.
 */
export async function bundleAs(root, name, input) {
  const { rolldown } = await import('rolldown')
  const build = await rolldown({
    input,
    platform: 'node',
    tsconfig: false,
    transform: { jsx: { runtime: 'automatic', importSource: 'hono/jsx' } },
    external: (id) => apart.test(id),
  })
  const { output } = await build.generate({ entryFileNames: '[name].js', chunkFileNames: `${name}-[name].js` })
  await build.close()
  // The program comes after the parts that it loads.
  for (const part of output.toReversed()) put(root, part.fileName, part.type === 'chunk' ? part.code : part.source)
  // Parts of an earlier build that this one has no more would otherwise be published with it.
  const written = new Set(output.map(({ fileName }) => fileName))
  const dist = join(root, 'dist')
  for (const file of readdirSync(dist)) {
    if (file.startsWith(`${name}-`) && file.endsWith('.js') && !written.has(file)) rmSync(join(dist, file))
  }
  const modules = output.flatMap(({ moduleIds = [] }) => moduleIds)
  return new Set(modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(id)?.[0] ?? []))
}

/** The licences of the packages in these folders, which ask that they go along with every copy. Throws where one has none. */
function licensesOf(folders) {
  const texts = folders.map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))
    if (file === undefined && license === undefined) throw new Error(`${name} says nothing of its licence`)
    const text = file === undefined ? `Licence: ${license}` : readFileSync(join(folder, file), 'utf8').trim()
    return `${name} ${version}\n\n${text}\n`
  })
  return `Parts of these packages are in the files beside this one.\n\n${texts.join(`\n${'-'.repeat(80)}\n\n`)}`
}

/**
 * Bundles the programs of this folder that tests start, again and again, as processes of their own: `dist/test-*.js`. Each
 * start would otherwise find and open some six hundred modules.
 */
import { readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isNewer, recorded } from '../../bin/build_if_needed.js'
import { bundleAs } from '../../bin/bundle.js'

const here = dirname(fileURLToPath(import.meta.url))
const root = dirname(dirname(here))
const record = join(root, 'dist', '.built_for_tests')
const programs = readdirSync(here).filter((name) => name.endsWith('.mjs') && !name.startsWith('build_'))

if (!isNewer(record, join(root, 'src'), here)) {
  const input = Object.fromEntries(programs.map((name) => [`test-${basename(name, '.mjs')}`, join(here, name)]))
  await recorded(record, () => bundleAs(root, 'test', input))
}

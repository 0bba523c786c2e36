/** Packs `consentry`, installs the file in an empty folder as an operator would, and walks through what was installed. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { holds, passed, root, run } from './tools.mjs'

/** What may be in the package, and nothing else. */
const allowed = /^package\/(?:LICENSE|README\.md|package\.json|bin\/consentry\.js|dist\/(?:[\w.-]+\.js|licenses\.txt))$/

/** `folder` is empty. Answers the packed file. */
export async function checkPackage(folder) {
  await run('npm', ['pack', '--workspace', 'consentry', '--pack-destination', folder], { cwd: root })
  const { version } = JSON.parse(await readFile(join(root, 'server', 'package.json'), 'utf8'))
  const file = join(folder, `consentry-${version}.tgz`)
  const files = (await run('tar', ['--list', '--gzip', '--file', file])).trim().split('\n')
  const strange = files.filter((name) => !allowed.test(name))
  holds(
    strange.length === 0,
    `the package has programs and documents alone${strange.map((name) => ` (${name})`).join('')}`,
  )
  for (const name of ['LICENSE', 'README.md', 'dist/licenses.txt', 'dist/read_worker.js']) {
    holds(files.includes(`package/${name}`), `the package has ${name}`)
  }
  const licence = await run('tar', ['--extract', '--gzip', '--to-stdout', '--file', file, 'package/LICENSE'])
  holds(licence === (await readFile(join(root, 'LICENSE'), 'utf8')), 'its LICENSE is that of the repository')
  await run(join(root, 'node_modules', '.bin', 'publint'), ['run', file, '--strict'])
  passed('publint finds nothing')

  const place = join(folder, 'installed')
  await run('npm', ['install', '--prefer-offline', '--prefix', place, file, '--omit=dev'], { cwd: folder })
  passed('npm install --omit=dev takes it')
  const bin = join(place, 'node_modules', '.bin', 'consentry')
  const said = await run(process.execPath, [join(root, 'scripts', 'smoke.mjs')], {
    env: { ...process.env, SMOKE_COMMAND: JSON.stringify([bin]), SMOKE_FOLDER: place },
  })
  process.stdout.write(said)
}

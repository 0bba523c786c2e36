/** The shape of the house, as tests: who may import whom, what a file looks like, and where the world comes in. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseAst } from 'rolldown/parseAst'
import { describe, expect, test } from 'vitest'
import { dialects } from '../src/protocol/dialects.ts'

const server = dirname(dirname(fileURLToPath(import.meta.url)))
const root = dirname(server)

/**
 * The layers from top to bottom. A file may import from its own part and from parts in the lines below; parts in one
 * line are neighbours and never import each other. A folder ends with a slash, and the first match counts.
 */
const layers: readonly (readonly string[])[] = [
  ['cli/'],
  ['settings_reference.ts'],
  ['app.ts', 'open_backup.ts', 'open_mailer.ts', 'open_storage.ts', 'settings.ts', 'version.ts'],
  ['setting_sources.ts', 'settings_schema.ts'],
  ['setting_values.ts', 'setting_shapes.ts', 'brand_file.ts'],
  ['root_secrets.ts'],
  ['settings_error.ts'],
  ['dialects/index.ts'],
  ['dialects/*/', 'pages/', 'api/'],
  ['dialects/'],
  ['http/'],
  ['engine/job_handlers.ts'],
  ['engine/mail/'],
  ['engine/operator/', 'engine/providers/', 'engine/logout/'],
  ['engine/authorize/'],
  ['engine/token/'],
  ['engine/access_tokens/', 'engine/developer/'],
  ['engine/client/'],
  ['engine/account/', 'engine/grant/', 'engine/measurements/', 'engine/deliveries/'],
  ['runtime/lifecycle.ts'],
  ['runtime/metrics/'],
  ['runtime/tracing/'],
  ['runtime/jobs/'],
  ['runtime/context.ts'],
  ['runtime/providers/', 'runtime/mailer/', 'runtime/brand.ts'],
  ['runtime/kept/', 'runtime/log/'],
  ['runtime/keys/', 'runtime/limits/', 'runtime/pictures/'],
  ['runtime/act.ts'],
  ['runtime/caller.ts', 'runtime/outbound.ts'],
  ['words/'],
  ['storage/contract.ts'],
  ['storage/contract/'],
  // What judges servers from outside knows nothing of this one.
  ['protocol/', 'conform/'],
  ['lib/'],
]

/** The top files are one part together: the others are read by app, and by the commands beside it. */
const composition = new Set([
  'app.ts',
  'open_backup.ts',
  'open_mailer.ts',
  'open_storage.ts',
  'settings.ts',
  'version.ts',
])

/** Those of them that open databases: they alone name the drivers. */
const openers = new Set(['open_backup.ts', 'open_storage.ts'])

/** What stands behind the storage contract. It may use what is below the contract. */
const drivers = 'storage drivers'

/** Packages that have one place, so that they can be exchanged without looking further. */
const packagePlaces: Readonly<Record<string, readonly string[]>> = {
  fastify: ['app.ts', 'dialects/', 'pages/', 'api/', 'http/'],
  '@fastify/multipart': ['http/'],
  hono: ['pages/'],
  kysely: ['storage/'],
  pg: ['storage/'],
  commander: ['cli/'],
  pino: ['lib/log.ts', 'http/instance.ts', 'http/management.ts'],
  '@node-rs/argon2': ['runtime/limits/passwords.ts', 'runtime/limits/password_hash.ts'],
  '@node-rs/bcrypt': ['runtime/limits/password_hash.ts'],
  'openid-client': ['runtime/providers/'],
  '@photostructure/sqlite': ['storage/sqlite/'],
  'ipaddr.js': ['setting_values.ts', 'runtime/limits/network.ts', 'lib/guarded_fetch.ts'],
  undici: ['lib/guarded_fetch.ts'],
  'prom-client': ['runtime/metrics/metrics.ts'],
  sharp: ['runtime/pictures/picture_worker.ts'],
}

/**
 * The file of each room that one opens first. Its header says what the room is for, what it is not for, who its neighbours
 * are, and where to add. A room is a folder of a layer with more than one file; the folders in it belong to it.
 */
const rooms: Readonly<Record<string, string>> = {
  api: 'index.ts',
  'api/query': 'list_query.ts',
  'api/admin': 'index.ts',
  'api/reference': 'reference.ts',
  'api/resources': 'measurements.ts',
  cli: 'main.ts',
  'cli/audit': 'audit.ts',
  'cli/backups': 'backup.ts',
  'cli/moving': 'import.ts',
  'cli/findings': 'apps.ts',
  'cli/serving': 'workers.ts',
  conform: 'run.ts',
  'conform/checks': 'index.ts',
  'conform/report': 'evidence.ts',
  dialects: 'index.ts',
  'dialects/jwt_login': 'index.ts',
  'dialects/oauth': 'index.ts',
  'dialects/password_token': 'index.ts',
  'dialects/quantimodo': 'index.ts',
  'engine/access_tokens': 'bearer.ts',
  'engine/account': 'accounts.ts',
  'engine/authorize': 'authorize.ts',
  'engine/client': 'client_authentication.ts',
  'engine/deliveries': 'webhooks.ts',
  'engine/developer': 'developer_apps.ts',
  'engine/grant': 'credentials.ts',
  'engine/mail': 'mails.ts',
  'engine/logout': 'logout.ts',
  'engine/measurements': 'measurements.ts',
  'engine/operator': 'operator.ts',
  'engine/providers': 'attempt.ts',
  'engine/token': 'token.ts',
  http: 'frame.ts',
  'http/bodies': 'bodies.ts',
  'http/browser': 'cookies.ts',
  'http/connection': 'connections.ts',
  lib: 'clock.ts',
  pages: 'index.ts',
  'pages/account': 'account.ts',
  'pages/admin': 'home.ts',
  'pages/by_mail': 'verify.ts',
  'pages/developer': 'developer.ts',
  'pages/kit': 'layout.tsx',
  'pages/problem': 'problems.ts',
  'pages/webhooks': 'webhooks.ts',
  'pages/sign_in': 'sign_in.ts',
  'pages/start': 'start.ts',
  'pages/style': 'tokens.ts',
  protocol: 'names.ts',
  'protocol/audit': 'row.ts',
  'protocol/refusals': 'index.ts',
  runtime: 'context.ts',
  'protocol/openid': 'claims.ts',
  'runtime/jobs': 'job.ts',
  'runtime/kept': 'rows.ts',
  'runtime/keys': 'keyring.ts',
  'runtime/limits': 'throttle.ts',
  'runtime/log': 'trace.ts',
  'runtime/mailer': 'mailer.ts',
  'runtime/metrics': 'table.ts',
  'runtime/pictures': 'pictures.ts',
  'runtime/providers': 'providers.ts',
  'runtime/tracing': 'tracer.ts',
  'lib/text': 'nearest.ts',
  storage: 'contract.ts',
  'storage/backup': 'rows.ts',
  'storage/contract': 'grants.ts',
  'storage/data_map': 'index.ts',
  'storage/migrations': 'index.ts',
  'storage/plan': 'plan.ts',
  'storage/postgres': 'pool.ts',
  'storage/sql': 'connection.ts',
  'storage/sqlite': 'database.ts',
  words: 'index.ts',
  'words/de': 'index.ts',
  'words/en': 'index.ts',
}

/** Longer than a file should be, and why. */
const longFiles: Readonly<Record<string, string>> = {}
const longest = 420
/** The composition root says what there is; how it is made is said elsewhere. */
const shortFiles: Readonly<Record<string, number>> = { 'app.ts': 120 }

/** Functions that are longer than a function should be, by the lines that they may have at most: they only shrink. */
const longFunctions: Readonly<Record<string, number>> = {
  // A released migration is never edited.
  'storage/migrations/0001_initial.ts initial': 187,
}
const longestFunction = 100

/** More parameters by position are easy to exchange for one another: the rest comes as an object with names. */
const mostParameters = 4

/** A node of the syntax tree (ESTree with TypeScript's own kinds). */
interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [member: string]: unknown
}

interface Source {
  readonly path: string
  readonly text: string
  /** Every node of the file, parents before their children. */
  readonly nodes: readonly Node[]
  /** Paths below src, or names of packages. */
  readonly imports: readonly string[]
}

/** Source files by their paths below src. Each rule takes them, so that it can be shown to fail on planted ones. */
type Sources = ReadonlyMap<string, Source>

const sources: Sources = new Map(
  readdirSync(join(server, 'src'), { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => /\.tsx?$/.test(path))
    .sort()
    .map((path) => [path, toSource(path, readFileSync(join(server, 'src', path), 'utf8'))]),
)

function planted(texts: Readonly<Record<string, string>>): Sources {
  return new Map(Object.entries(texts).map(([path, text]) => [path, toSource(path, text)]))
}

function toSource(path: string, text: string): Source {
  const nodes = parse(path, text)
  const imports = nodes.flatMap(importedBy).map((name) => {
    return name.startsWith('.') ? posix.join(posix.dirname(path), name) : name
  })
  return { path, text, nodes, imports }
}

function parse(path: string, text: string): readonly Node[] {
  return [...nodesOf(parseAst(text, { lang: path.endsWith('x') ? 'tsx' : 'ts' }))]
}

function* nodesOf(value: unknown): Generator<Node> {
  if (Array.isArray(value)) {
    for (const item of value) yield* nodesOf(item)
  } else if (isNode(value)) {
    yield value
    for (const member of Object.values(value)) yield* nodesOf(member)
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}

/**
 * What a node imports: `import … from`, `export … from`, `import()`, `import('…').Type`, `import … = require()`, and any call
 * that is given a file of ours by its relative path.
 */
function importedBy({ type, source, expression, arguments: given }: Node): string[] {
  const imports = /^(?:ImportDeclaration|Export(?:Named|All)Declaration|ImportExpression|TSImportType)$/.test(type)
  const [first] = /^(?:Call|New)Expression$/.test(type) ? nodesIn(given) : []
  const called = plainText(first)
  const text = plainText(imports ? source : type === 'TSExternalModuleReference' ? expression : undefined)
  return [text, called !== undefined && /^\.\.?\/[^ ]*\.[jt]sx?$/.test(called) ? called : undefined].filter(
    (name) => name !== undefined,
  )
}

/** A text that is written out, in whichever quotes. */
function plainText(node: unknown): string | undefined {
  if (!isNode(node)) return undefined
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : undefined
  const [only, more] = node.type === 'TemplateLiteral' ? nodesIn(node.quasis) : []
  return only === undefined || more !== undefined ? undefined : String((only.value as { cooked?: string }).cooked)
}

/** What a member is called, whether it stands behind a dot, in brackets or before a colon. */
function memberOf({ property, key, computed }: Node): string | undefined {
  const name = property ?? key
  return plainText(name) ?? (computed === true ? undefined : nameOf(name))
}

/** Whether a path is meant by a line of one of the tables; `*` stands for one folder. */
function belongs(path: string, place: string): boolean {
  if (!place.endsWith('/')) return path === place
  const wanted = place.slice(0, -1).split('/')
  const folders = path.split('/').slice(0, -1)
  return wanted.every((name, at) => folders[at] !== undefined && (name === '*' || name === folders[at]))
}

/** The layer of a file (0 is the top) and its part within, or the drivers. */
function placeOf(path: string): { readonly layer: number; readonly part: string } {
  if (/^storage\/(?!contract[./])/.test(path)) return { layer: -1, part: drivers }
  const layer = layers.findIndex((places) => places.some((place) => belongs(path, place)))
  const place = layers[layer]?.find((candidate) => belongs(path, candidate))
  if (place === undefined) return { layer, part: path }
  if (composition.has(place)) return { layer, part: 'app' }
  return {
    layer,
    part:
      path
        .split('/')
        .slice(0, place.split('/').length - 1)
        .join('/') || path,
  }
}

/** Why the import is wrong, if it is. */
function objection(from: string, to: string): string | undefined {
  const above = placeOf(from)
  const below = placeOf(to)
  if (above.part === below.part) return undefined
  if (below.part === drivers)
    return openers.has(from) ? undefined : 'only open_storage.ts and open_backup.ts name a driver'
  if (above.part === drivers) {
    return below.layer >= placeOf('storage/contract.ts').layer ? undefined : 'a driver knows the contract, not above it'
  }
  if (above.layer === below.layer) return 'neighbours do not know each other'
  return below.layer > above.layer ? undefined : 'arrows go down'
}

function localImports(of: Sources): (readonly [from: string, to: string])[] {
  return [...of.values()].flatMap(({ path, imports }) =>
    imports.filter((name) => of.has(name)).map((name) => [path, name] as const),
  )
}

function wrongImports(of: Sources): string[] {
  return localImports(of).flatMap(([from, to]) => {
    const problem = objection(from, to)
    return problem === undefined ? [] : [`${from} imports ${to}: ${problem}`]
  })
}

function circles(of: Sources): string[] {
  const settled = new Set<string>()
  const found: string[] = []
  const walk = (path: string, way: readonly string[]): void => {
    if (way.includes(path)) found.push([...way.slice(way.indexOf(path)), path].join(' → '))
    if (way.includes(path) || settled.has(path)) return
    for (const name of of.get(path)?.imports ?? []) if (of.has(name)) walk(name, [...way, path])
    settled.add(path)
  }
  for (const path of of.keys()) walk(path, [])
  return found
}

const packageImports = [...sources.values()].flatMap(({ path, imports }) =>
  imports
    .filter((name) => !sources.has(name) && !name.startsWith('node:'))
    .map((name) => [path, /^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name] as const),
)

/** Places in the code (not in comments or strings) that the question finds, as `file:line what`. */
function find(
  question: (node: Node, text: (node: Node) => string) => string | undefined,
  except: (path: string) => boolean = () => false,
  of: Sources = sources,
) {
  return [...of.values()]
    .filter(({ path }) => !except(path))
    .flatMap(({ path, text, nodes }) =>
      nodes.flatMap((node) => {
        const answer = question(node, ({ start, end }) => text.slice(start, end))
        return answer === undefined ? [] : [`${path}:${text.slice(0, node.start).split('\n').length} ${answer}`]
      }),
    )
}

describe('imports', () => {
  test('every source file has its place in a layer', () => {
    expect([...sources.keys()].filter((path) => placeOf(path).layer === -1 && placeOf(path).part !== drivers)).toEqual(
      [],
    )
    expect(localImports(sources).length).toBeGreaterThan(100)
  })

  test('arrows go down, neighbours do not know each other, and two files alone name the drivers', () => {
    expect(wrongImports(sources)).toEqual([])
    const wrong = wrongImports(
      planted({
        'protocol/scope.ts': "import { exchange } from '../engine/token/token.ts'",
        'engine/token/token.ts': "export { close } from '../../storage/sqlite.ts'",
        'pages/page.ts': "const { resource } = await import('../api/resources/user.ts')",
        'api/resources/user.ts': "import type { Pool } from '../../storage/sql/pool.ts'",
        'storage/sql/pool.ts': "import { find } from '../../engine/token/token.ts'",
        'storage/sqlite.ts': '',
        'lib/a.ts': "import b = require('../protocol/scope.ts')\nconst c = await import(`../words/index.ts`)",
        'lib/b.ts':
          "createRequire(import.meta.url)('../words/index.ts')\nnew URL('../words/index.ts', import.meta.url)",
        'words/index.ts': '',
      }),
    )
    expect(wrong).toEqual([
      'protocol/scope.ts imports engine/token/token.ts: arrows go down',
      'engine/token/token.ts imports storage/sqlite.ts: only open_storage.ts and open_backup.ts name a driver',
      'pages/page.ts imports api/resources/user.ts: neighbours do not know each other',
      'api/resources/user.ts imports storage/sql/pool.ts: only open_storage.ts and open_backup.ts name a driver',
      'storage/sql/pool.ts imports engine/token/token.ts: a driver knows the contract, not above it',
      'lib/a.ts imports protocol/scope.ts: arrows go down',
      'lib/a.ts imports words/index.ts: arrows go down',
      'lib/b.ts imports words/index.ts: arrows go down',
      'lib/b.ts imports words/index.ts: arrows go down',
    ])
  })

  test('what is imported is written out: no name of a file is put together', () => {
    const hidden = (of: Sources) =>
      find(
        ({ type, source }) => {
          return type === 'ImportExpression' && plainText(source) === undefined
            ? 'imports what it does not name'
            : undefined
        },
        // Either of two packages, by what the machine has.
        (path) => path === 'storage/sqlite/database.ts',
        of,
      )
    expect(hidden(sources)).toEqual([])
    const breach = planted({
      'lib/a.ts': "await import('../engine/' + room)\nawait import(path)\nawait import('./b.ts')",
    })
    expect(hidden(breach)).toEqual([
      'lib/a.ts:1 imports what it does not name',
      'lib/a.ts:2 imports what it does not name',
    ])
  })

  test('the API and the pages decode, call an operation and encode: only the engine names storage', () => {
    const above = (path: string) => /^(?:api|pages|dialects)\//.test(path)
    // What asks whether the database is there, for those who watch the server.
    const beside = (path: string) => path.startsWith('http/') && path !== 'http/operations.ts'
    const named = (of: Sources) => [
      ...find(
        (node) => {
          const name = nameOf(node) ?? plainText(node) ?? ''
          return /^\w*storage\w*$/i.test(name) ? name : undefined
        },
        (path) => !above(path),
        of,
      ),
      ...find(
        (node) => (memberOf(node) === 'storage' ? 'storage' : undefined),
        (path) => !beside(path),
        of,
      ),
      ...[...of.values()].flatMap(({ path, imports, nodes }) => {
        const all = above(path) ? imports.filter((name) => name.startsWith('storage/')) : []
        const handed = path.startsWith('storage/') ? [] : nodes.filter(({ type }) => /^Export(?:Named|All)/.test(type))
        const values = handed.filter(({ exportKind }) => exportKind !== 'type').flatMap(importedBy)
        return [
          ...all.map((name) => `${path} imports ${name}`),
          ...values.filter((name) => /\/storage\//.test(name)).map((name) => `${path} hands on ${name}`),
        ]
      }),
    ]
    expect(named(sources)).toEqual([])
    const breach = planted({
      'api/a.ts': "import type { Filter } from '../storage/contract.ts'\nconst { storage } = context",
      'api/resources/b.ts': 'const found = context.storage.measurements.list(1)',
      'api/resources/e.ts':
        "context['storage']\ncontext[`storage`]\nconst { ['storage']: all } = context\nstorageOf(context)",
      'pages/account/d.ts': 'await visit.context.storage.accounts.find(id)',
      'http/of.ts': 'export const of = ({ storage: rows }) => rows\nexport const all = (context) => context["storage"]',
      'engine/grant/c.ts': "context.storage\nexport { openAll } from '../../storage/contract.ts'",
    })
    expect(named(breach)).toEqual([
      'api/a.ts:2 storage',
      'api/a.ts:2 storage',
      'api/resources/b.ts:1 storage',
      'api/resources/e.ts:1 storage',
      'api/resources/e.ts:2 storage',
      'api/resources/e.ts:3 storage',
      'api/resources/e.ts:4 storageOf',
      'pages/account/d.ts:1 storage',
      'http/of.ts:1 storage',
      'http/of.ts:2 storage',
      'api/a.ts imports storage/contract.ts',
      'engine/grant/c.ts hands on ../../storage/contract.ts',
    ])
  })

  test('a relative import names a file that is there', () => {
    const missing = [...sources.values()].flatMap(({ path, imports }) =>
      imports
        .filter((name) => /^\.\.|\.tsx?$/.test(name) && !sources.has(name))
        .map((name) => `${path} imports ${name}`),
    )
    expect(missing).toEqual([])
  })

  test('no file imports itself by way of others', () => {
    expect(circles(sources)).toEqual([])
    const round = { 'lib/a.ts': "import './b.ts'", 'lib/b.ts': "import './c.ts'", 'lib/c.ts': "import './a.ts'" }
    expect(circles(planted(round))).toEqual(['lib/a.ts → lib/b.ts → lib/c.ts → lib/a.ts'])
  })

  test('every package that is imported is a declared dependency, and stays in its place', () => {
    const manifest = JSON.parse(readFileSync(join(server, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>
    }
    const wrong = packageImports.flatMap(([path, name]) => {
      if (!(name in manifest.dependencies)) return [`${path} imports ${name}, which is not declared`]
      const places = packagePlaces[name]
      if (places === undefined || places.some((place) => belongs(path, place))) return []
      return [`${path} imports ${name}, which belongs to ${places.join(', ')}`]
    })
    expect(wrong).toEqual([])
  })
})

/** What a file exports as values, by the names that others import. Types are no matter of use: they describe. */
function exportedBy({ nodes }: Source): string[] {
  return nodes.flatMap(({ type, exportKind, declaration, specifiers }) => {
    // Nothing here takes what has no name.
    if (type === 'ExportDefaultDeclaration' || type === 'TSExportAssignment') return ['default']
    if (type !== 'ExportNamedDeclaration' || exportKind === 'type') return []
    const declared = isNode(declaration) ? [declaration, ...nodesIn(declaration.declarations)] : []
    const listed = nodesIn(specifiers).filter((specifier) => specifier.exportKind !== 'type')
    return [...declared.map(({ id }) => nameOf(id)), ...listed.map(({ exported }) => nameOf(exported))].filter(
      (name) => name !== undefined,
    )
  })
}

/** `file name` for everything that a file takes from files of the sources; after an `import()` that is every name in it. */
function* takenBy(file: string, nodes: readonly Node[], of: Sources = sources): Generator<string> {
  for (const node of nodes) {
    for (const name of importedBy(node)) {
      const path = posix.join(posix.dirname(file), name).replace(/^server\/(?:src|dist)\//, '')
      const from = [path, path.replace(/js$/, 'ts'), path.replace(/js$/, 'tsx')].find((one) => of.has(one))
      if (from === undefined) continue
      const listed = nodesIn(node.specifiers).map(({ imported, local }) => nameOf(imported ?? local))
      for (const taken of isNode(node.specifiers) || listed.length > 0 ? listed : nodes.map(nameOf))
        yield `${from} ${taken}`
    }
  }
}

function nodesIn(value: unknown): Node[] {
  return Array.isArray(value) ? value.filter(isNode) : []
}

function nameOf(node: unknown): string | undefined {
  return isNode(node) && typeof node.name === 'string' ? node.name : undefined
}

/** What the sources export and neither they nor those outside (`taken`) use. */
function unusedExports(of: Sources, taken: ReadonlySet<string>): string[] {
  const own = new Set([...of.values()].flatMap(({ path, nodes }) => [...takenBy(`server/src/${path}`, nodes, of)]))
  return [...of.values()]
    .filter(({ path }) => path !== 'app.ts')
    .flatMap((source) => exportedBy(source).map((name) => `${source.path} ${name}`))
    .filter((one) => !own.has(one) && !taken.has(one))
}

/** Where else the sources are used: by tests, scripts and measurements. */
const outside = ['server/test', 'server/bin', 'scripts', 'bench', 'interop/test', 'interop/support'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(?:tsx?|m?js)$/.test(path) && !path.includes('node_modules'))
    .map((path) => posix.join(folder, path.replaceAll('\\', '/'))),
)

describe('nothing is kept that nobody uses', () => {
  test('what a file exports is used by another file, except for what the package offers', () => {
    const taken = new Set<string>()
    for (const file of outside) {
      const text = readFileSync(join(root, file), 'utf8')
      // Where all imports stand at the top, what follows need not be read.
      const imports = text.match(/^import [^'"]*['"][^'"]+['"]/gm) ?? []
      const nodes = parse(file, /\bimport\(/.test(text) ? text : imports.join('\n'))
      for (const one of takenBy(file, nodes)) taken.add(one)
    }
    expect([...sources.values()].flatMap(exportedBy).length).toBeGreaterThan(500)
    expect(unusedExports(sources, taken)).toEqual([])
    const breach = planted({
      'lib/a.ts': 'export const used = 1\nexport function unused() {}\nexport const tested = 2',
      'lib/b.ts': "import { used } from './a.ts'\nused\nexport default used",
    })
    expect(unusedExports(breach, new Set(['lib/a.ts tested']))).toEqual(['lib/a.ts unused', 'lib/b.ts default'])
  })

  test('every package that is declared is used', () => {
    // Some are found by their name when they are needed.
    const named = new Set(
      [...sources.values()].flatMap(({ nodes }) => nodes.map(({ type, value }) => type === 'Literal' && value)),
    )
    for (const [, name] of packageImports) named.add(name)
    const declared = (path: string) =>
      JSON.parse(readFileSync(join(root, path), 'utf8')) as Record<'dependencies' | 'devDependencies', object>
    const packages = Object.keys(declared('server/package.json').dependencies)
    const unused = packages.filter((name) => !named.has(name))
    // Tools are named where they are called; types belong to a package that is there or to Node.
    const texts = ['package.json', '.ci/run', 'vitest.config.ts', ...outside].map((path) => {
      return readFileSync(join(root, path), 'utf8').replace(/"devDependencies": \{[^}]*\}/, '')
    })
    const tools = Object.keys(declared('package.json').devDependencies).filter((name) => {
      const word = name.replace(/^@biomejs\//, '').replace(/^@types\//, '')
      return !packages.includes(word) && !texts.some((text) => text.includes(word))
    })
    expect([...unused, ...tools]).toEqual([])
  })
})

const headerSays = ['Not here:', 'Neighbours:', 'To add:']

/** What is wrong with the headers of rooms, or with the list of them. */
function roomsWithout(of: Sources, listed: Readonly<Record<string, string>>): string[] {
  const files = [...of.keys()].map((path) => posix.dirname(path)).filter((folder) => folder !== '.')
  const found = new Set(files.filter((folder, at) => folder.split('/').length < 3 && files.indexOf(folder) !== at))
  return [...new Set([...found, ...Object.keys(listed)])].flatMap((room) => {
    const file = listed[room]
    if (file === undefined) return [`${room} is not in the list of rooms`]
    const text = of.get(`${room}/${file}`)?.text
    if (text === undefined) return [`${room} has no ${file}`]
    const header = /^\/\*\*.*?\*\//s.exec(text)?.[0] ?? ''
    const lines = header.split('\n').length
    if (lines < 5 || lines > 15) return [`${room}: the header of ${file} has ${lines} lines`]
    const said = header.replaceAll('\n * ', ' ')
    return headerSays
      .filter((word) => !said.includes(word))
      .map((word) => `${room}: the header of ${file} does not say ${word}`)
  })
}

describe('files', () => {
  test('a room is taken in at a glance: no folder has more than twenty files beside its index', () => {
    const rooms = new Map<string, number>()
    for (const path of sources.keys()) {
      const room = posix.dirname(path)
      // Numbered migrations are a list and no room: each only comes on top, is looked for by its number, and stays where it is.
      if (/\/migrations\/[0-9]{4}_/.test(path)) continue
      if (posix.basename(path) !== 'index.ts') rooms.set(room, (rooms.get(room) ?? 0) + 1)
    }
    expect([...rooms].filter(([, files]) => files > 20).map(([room, files]) => `${room} has ${files} files`)).toEqual(
      [],
    )
  })

  test('every file opens with a sentence that says what it is for', () => {
    expect([...sources.values()].filter(({ text }) => !text.startsWith('/**')).map(({ path }) => path)).toEqual([])
  })

  test('every room opens with a header that says what it is for, what not, who is beside it and where to add', () => {
    expect(roomsWithout(sources, rooms)).toEqual([])
    const header = '/**\n * For a.\n * Not here: b.\n * Neighbours: c. To add: d.\n */'
    const breach = {
      'lib/a.ts': header,
      'lib/b.ts': '',
      'http/a.ts': '/** For a. Not here: b. Neighbours: c. To add: d. */',
      'http/b.ts': '',
      'cli/a.ts': header.replace('Neighbours: c. ', ''),
      'cli/b.ts': '',
      'api/a.ts': header,
      'api/b.ts': '',
      'engine/token/grants/a.ts': '',
      'engine/token/grants/b.ts': '',
    }
    const named = { lib: 'a.ts', http: 'a.ts', cli: 'a.ts', words: 'a.ts' }
    expect(roomsWithout(planted(breach), named)).toEqual([
      'http: the header of a.ts has 1 lines',
      'cli: the header of a.ts does not say Neighbours:',
      'api is not in the list of rooms',
      'words has no a.ts',
    ])
  })

  test('a file is read in one sitting', () => {
    const long = (of: Sources) =>
      [...of.values()]
        .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
        .filter(({ path, lines }) => !(path in longFiles) && lines > (shortFiles[path] ?? longest))
        .map(({ path, lines }) => `${path} has ${lines} lines`)
    expect(long(sources)).toEqual([])
    const breach = planted({ 'app.ts': 'work()\n'.repeat(121), 'lib/a.ts': 'work()\n'.repeat(121) })
    expect(long(breach)).toEqual(['app.ts has 121 lines'])
  })

  test('the list of long files names only files that are long', () => {
    const short = Object.keys(longFiles).filter(
      (path) => (sources.get(path)?.text.split('\n').length ?? 0) - 1 <= longest,
    )
    expect(short).toEqual([])
  })

  test('every RFC that the code cites is listed in docs/threats.md or ARCHITECTURE.md', () => {
    const documents = ['docs/threats.md', 'ARCHITECTURE.md'].map((path) => readFileSync(join(root, path), 'utf8'))
    const listed = new Set(documents.flatMap((text) => text.match(/RFC \d{4}/g) ?? []))
    const cited = new Set([...sources.values()].flatMap(({ text }) => text.match(/RFC \d{4}/g) ?? []))
    expect([...cited].filter((rfc) => !listed.has(rfc)).sort()).toEqual([])
  })
})

interface FoundFunction {
  /** Its path and name. */
  readonly name: string
  readonly line: number
  readonly parameters: number
  readonly lines: number
}

/**
 * Every function of the sources, whether declared, written as a value or promised by an interface. One without a name
 * has that of the variable or member that it is the value of.
 */
function functionsIn(of: Sources): FoundFunction[] {
  return [...of.values()].flatMap(({ path, text, nodes }) => {
    const names = new Map<unknown, string | undefined>()
    for (const { id, init, key, value } of nodes) {
      if (isNode(init)) names.set(init, nameOf(id))
      if (isNode(value)) names.set(value, nameOf(key))
    }
    return nodes
      .filter(({ params }) => Array.isArray(params))
      .filter(({ type }) => /Function|^TS(?:Method|Call|Construct)Signature|^TSConstructorType$/.test(type))
      .map((node) => ({
        name: `${path} ${nameOf(node.id) ?? nameOf(node.key) ?? names.get(node) ?? 'a function'}`,
        line: text.slice(0, node.start).split('\n').length,
        parameters: nodesIn(node.params)
          .filter((parameter) => nameOf(parameter) !== 'this')
          .reduce((sum, parameter) => sum + restOf(parameter), 0),
        lines: text.slice(node.start, node.end).split('\n').length,
      }))
  })
}

/** How many parameters one stands for: a rest that is a tuple stands for as many as the tuple has. */
function restOf({ type, typeAnnotation }: Node): number {
  const given = isNode(typeAnnotation) ? typeAnnotation.typeAnnotation : undefined
  return type === 'RestElement' && isNode(given) && given.type === 'TSTupleType'
    ? nodesIn(given.elementTypes).length
    : 1
}

function manyParameters(of: Sources): string[] {
  return functionsIn(of)
    .filter(({ parameters }) => parameters > mostParameters)
    .map(({ name, line, parameters }) => `${name} (line ${line}) has ${parameters} parameters`)
}

function tooLong(of: Sources, ceilings: Readonly<Record<string, number>>): string[] {
  return functionsIn(of)
    .filter(({ name, lines }) => lines > (ceilings[name] ?? longestFunction))
    .map(({ name, lines }) => `${name} has ${lines} lines`)
}

describe('functions', () => {
  test('no function has more than four parameters by position', () => {
    expect(functionsIn(sources).length).toBeGreaterThan(1000)
    expect(manyParameters(sources)).toEqual([])
    const five = planted({
      'lib/declared.ts': 'export function five(a: 1, b: 2, c: 3, d?: 4, e = 5) {}\nfunction four(a, b, c, d) {}',
      'lib/values.ts': 'const arrow = (a, b, c, d, ...e) => a\nconst all = { method(a, b, c, d, { e }) {} }',
      'lib/classes.ts': 'class A {\n  constructor(a, b, c, d, e) {}\n}',
      'lib/promised.ts':
        'interface A {\n  method(a: 1, b: 2, c: 3, d: 4, e: 5): void\n  four(a: 1, b: 2, c: 3, d: 4): void\n}',
      'lib/types.ts': 'type Five = (a: 1, b: 2, c: 3, d: 4, e: 5) => void',
      'lib/rest.ts': 'const rest = (...all: [1, 2, 3, 4, 5]) => all\nconst list = (...all: string[]) => all',
      'lib/called.ts':
        'interface B {\n  (a: 1, b: 2, c: 3, d: 4, e: 5): void\n  new (a: 1, b: 2, c: 3, d: 4, e: 5): B\n}',
    })
    expect(manyParameters(five)).toEqual([
      'lib/declared.ts five (line 1) has 5 parameters',
      'lib/values.ts arrow (line 1) has 5 parameters',
      'lib/values.ts method (line 2) has 5 parameters',
      'lib/classes.ts constructor (line 2) has 5 parameters',
      'lib/promised.ts method (line 2) has 5 parameters',
      'lib/types.ts a function (line 1) has 5 parameters',
      'lib/rest.ts rest (line 1) has 5 parameters',
      'lib/called.ts a function (line 2) has 5 parameters',
      'lib/called.ts a function (line 3) has 5 parameters',
    ])
  })

  test('no function is longer than a hundred lines, and those that are do not grow', () => {
    expect(tooLong(sources, longFunctions)).toEqual([])
    const body = (lines: number) => `() => {\n${'work()\n'.repeat(lines - 2)}}`
    const long = planted({
      'lib/a.ts': `const fits = ${body(100)}\nconst long = ${body(101)}\nconst known = ${body(130)}`,
    })
    expect(tooLong(long, { 'lib/a.ts known': 130 })).toEqual(['lib/a.ts long has 101 lines'])
    expect(tooLong(long, { 'lib/a.ts known': 129 })).toContain('lib/a.ts known has 130 lines')
  })

  test('the list of long functions names only functions that are long', () => {
    const long = new Set(tooLong(sources, {}).map((one) => one.replace(/ has [0-9]+ lines$/, '')))
    expect(Object.keys(longFunctions).filter((name) => !long.has(name))).toEqual([])
  })
})

/** Routes of pages that nobody guards: made past `page`, or by it without a guard. */
function unguardedPages(of: Sources): string[] {
  const routes = new Set(['get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'all', 'route'])
  // By whatever name a file has them.
  const renamed = [...of.values()].flatMap(({ nodes }) =>
    nodes
      .filter(({ type, imported }) => type === 'ImportSpecifier' && /^(?:page|upload)$/.test(nameOf(imported) ?? ''))
      .map(({ local }) => nameOf(local) ?? ''),
  )
  const made = new Set(['page', 'upload', ...renamed])
  return find(
    ({ type, callee, arguments: given }) => {
      if (type !== 'CallExpression' || !isNode(callee)) return undefined
      const [first, second] = nodesIn(given)
      const method = memberOf(callee) ?? nameOf(callee) ?? ''
      // What is got from a form or a map is asked for by its name alone.
      if (routes.has(method) && (second !== undefined || method === 'route')) return `makes a route by ${method}`
      if (!made.has(nameOf(callee) ?? '')) return undefined
      const named = nodesIn(first?.properties).map(({ key }) => nameOf(key))
      return named.includes('guard') ? undefined : 'is a page without a guard'
    },
    (path) => !path.startsWith('pages/') || ['pages/page.ts', 'pages/upload.ts'].includes(path),
    of,
  )
}

describe('pages', () => {
  test('every route of a page says who may come there', () => {
    expect(unguardedPages(sources)).toEqual([])
    const breach = planted({
      'pages/account/a.ts': "app.get('/a', handler)\nform.get('name')\napp.route({ url: '/b' })",
      'pages/account/b.ts':
        "export const b = page({ path: '/b', get })\nexport const c = upload({ path: '/c', post })\npage({ guard: anyone })",
      'api/resources/a.ts': "app.get('/a', handler)",
      'pages/account/c.ts':
        "scope['post']('/a', handler)\nconst { get } = scope\nget('/b', handler)\nimport { page as shown } from '../page.ts'\nshown({ path, get })",
      'pages/page.ts': '',
    })
    expect(unguardedPages(breach)).toEqual([
      'pages/account/a.ts:1 makes a route by get',
      'pages/account/a.ts:3 makes a route by route',
      'pages/account/b.ts:1 is a page without a guard',
      'pages/account/b.ts:2 is a page without a guard',
      'pages/account/c.ts:1 makes a route by post',
      'pages/account/c.ts:3 makes a route by get',
      'pages/account/c.ts:5 is a page without a guard',
    ])
  })
})

/**
 * Places where what was thrown is looked at for a refusal: in a `catch`, or in what a file hands to one. By its class, by
 * another name for it, or by what only a refusal has.
 */
function refusalsCaught(of: Sources): string[] {
  const looks = (text: string, names: readonly string[], of = '[\\w.]+') =>
    names.some((name) =>
      new RegExp(`\\b${of} instanceof ${name}\\b|\\b${name}\\.prototype\\b|=== ${name}\\b`).test(text),
    ) || /\.name\s*[!=]==?\s*['"`]Refusal['"`]/.test(text)
  return [...of.values()].flatMap(({ path, text, nodes }) => {
    const at = ({ start, end }: Node) => text.slice(start, end)
    const renamed = nodes.filter(({ type, imported }) => type === 'ImportSpecifier' && nameOf(imported) === 'Refusal')
    const names = ['Refusal', ...renamed.map(({ local }) => nameOf(local) ?? 'Refusal')]
    // Functions that look for one in what may be anything: what is caught has no type.
    const judges = nodes.filter((node) => {
      const given = /Function/.test(node.type) ? nodesIn(node.params) : []
      return given.some((one) => {
        const anything = /:\s*(?:unknown|Error)\b/.test(at(one))
        return anything && looks(at(node), names, nameOf(one))
      })
    })
    return [
      ...nodes.filter((node) => {
        if (node.type === 'CatchClause') return looks(at(node), names)
        const method = isNode(node.callee) ? (memberOf(node.callee) ?? '') : ''
        return /^(?:catch|then|setErrorHandler)$/.test(method) && looks(at(node), names)
      }),
      ...judges,
    ].map(() => `${path} catches a refusal`)
  })
}

/** Where a fault is classified beside the one table, by the classes that the table knows. */
function faultsClassified(of: Sources): string[] {
  const known = new Set(['StorageUnavailable', 'DatabaseBehind', 'ReadTooLong', 'LaneFull'])
  return find(
    ({ type, imported, name, value }) => {
      if (type === 'ImportSpecifier') return known.has(nameOf(imported) ?? '') ? `knows ${nameOf(imported)}` : undefined
      const named = type === 'Identifier' ? name : value
      return type === 'Literal' && known.has(String(named)) ? `knows ${named}` : undefined
    },
    // What watches the database answers by it, and is no request's answer.
    (path) => !/^(?:http|pages|api|dialects)\//.test(path) || ['http/faults.ts', 'http/operations.ts'].includes(path),
    of,
  )
}

/** Where a check of an authorization request throws, or calls what does: its refusal is an answer, which goes to the client. */
function checksThatThrow(of: Sources): string[] {
  return find(
    ({ type, callee }) => {
      const thrown =
        type === 'ThrowStatement' ||
        (type === 'CallExpression' && /^(?:require[A-Z]|orThrow$)/.test(nameOf(callee) ?? ''))
      return thrown ? 'throws' : undefined
    },
    (path) => !path.startsWith('engine/authorize/checks/'),
    of,
  )
}

/** Where a dialect or a page does what is for the frame, the engine or the facts of dialects. */
function beyondSpelling(of: Sources): string[] {
  const spells = (path: string) => /^(?:dialects|pages)\//.test(path)
  const names = find(
    ({ type, name, value }) => {
      const named = (type === 'Identifier' && name === 'storage') || (type === 'Literal' && value === 'storage')
      return named ? 'names storage' : undefined
    },
    (path) => !spells(path),
    of,
  )
  const imports = localImports(of).flatMap(([from, to]) => {
    return spells(from) && to.startsWith('storage/') ? [`${from} imports ${to}`] : []
  })
  const handles = find(
    ({ type, callee, name }, text) => {
      if (type === 'TryStatement') return 'has a try'
      if (type === 'CallExpression' && isNode(callee) && /\.(?:catch|setErrorHandler)$/.test(text(callee))) {
        return 'handles errors'
      }
      return type === 'Identifier' && name === 'record' ? 'records' : undefined
    },
    (path) => !path.startsWith('dialects/'),
    of,
  )
  return [...names, ...imports, ...handles]
}

/** Where something is decided by the name of a dialect, and not by a fact of it. */
function dialectsCompared(of: Sources): string[] {
  const named = (value: unknown) => (dialects as readonly unknown[]).includes(plainText(value))
  const legacy: readonly string[] = dialects.filter((name) => name !== 'oauth')
  // Each dialect says its own name, and developers choose one of them by a setting that is called so.
  const says = (path: string) => path.startsWith('dialects/') || path === 'engine/developer/client_leniencies.ts'
  return [...of.values()].flatMap(({ path }) =>
    find(
      (node, text) => {
        const { type, operator, left, right, callee, arguments: given, test: judged } = node
        const compared = type === 'BinaryExpression' && /^[!=]==?$/.test(String(operator)) && [left, right].some(named)
        const looked = type === 'CallExpression' && isNode(callee) && /\.(?:has|includes)$/.test(text(callee))
        const asked = looked && nodesIn(given).some(named)
        const taken = type === 'MemberExpression' && legacy.includes(memberOf(node) ?? '')
        const said = !says(path) && (taken || legacy.includes(plainText(node) ?? ''))
        const goes = compared || asked || said || (type === 'SwitchCase' && named(judged))
        return goes ? 'goes by the name of a dialect' : undefined
      },
      (one) => one !== path || one === 'protocol/dialects.ts',
      of,
    ),
  )
}

describe('the frame', () => {
  test('one place catches a refusal: all others throw it to the frame, or are answered it as a value', () => {
    expect([...new Set(refusalsCaught(sources))]).toEqual(['http/frame.ts catches a refusal'])
    const text = 'try { work() } catch (error) { if (!(error instanceof Refusal)) throw error }'
    const breaches = planted({
      'engine/token/token.ts': text,
      'pages/page.ts': 'work().catch((error) => error instanceof Refusal)',
      'pages/visit.ts': 'work().then(done, (error) => error instanceof Refusal)',
      'http/frame.ts': 'if (error instanceof Refusal) answer(error)',
      'engine/a.ts':
        "import { Refusal as No } from '../protocol/refusal.ts'\ntry { work() } catch (error) { error instanceof No }",
      'engine/b.ts': "try { work() } catch (error) { if (error.name === 'Refusal') work() }",
      'engine/c.ts': 'const isOne = (thrown: unknown) => thrown instanceof Refusal',
      'engine/d.ts': "work()['catch']((error) => error.constructor === Refusal)",
      'engine/e.ts': 'const found = (value: Found | Refusal) => value instanceof Refusal',
    })
    expect(refusalsCaught(breaches)).toEqual([
      'engine/token/token.ts catches a refusal',
      'pages/page.ts catches a refusal',
      'pages/visit.ts catches a refusal',
      'engine/a.ts catches a refusal',
      'engine/b.ts catches a refusal',
      'engine/c.ts catches a refusal',
      'engine/d.ts catches a refusal',
    ])
  })

  test('one table says what a fault is answered with: nothing else that answers knows the faults of the server', () => {
    expect(faultsClassified(sources)).toEqual([])
    const breach = planted({
      'api/envelope.ts': "import { StorageUnavailable as Away } from '../storage/contract.ts'\nerror instanceof Away",
      'pages/account/a.ts': "if (error.name === 'ReadTooLong') again()",
      'http/faults.ts': "import { LaneFull } from '../lib/lane.ts'",
      'engine/a.ts': "import { LaneFull } from '../lib/lane.ts'",
    })
    expect(faultsClassified(breach)).toEqual([
      'api/envelope.ts:1 knows StorageUnavailable',
      'pages/account/a.ts:1 knows ReadTooLong',
    ])
  })

  test('a check of an authorization request answers its refusal, and throws none', () => {
    expect(checksThatThrow(sources)).toEqual([])
    const breach = planted({
      'engine/authorize/checks/pkce.ts': "throw new Refusal('code_challenge_missing')",
      'engine/authorize/checks/scope.ts': 'await requireScope(form)\norThrow(found)',
      'engine/authorize/next_step.ts': 'throw work()',
    })
    expect(checksThatThrow(breach)).toEqual([
      'engine/authorize/checks/pkce.ts:1 throws',
      'engine/authorize/checks/scope.ts:1 throws',
      'engine/authorize/checks/scope.ts:2 throws',
    ])
  })

  test('a dialect spells: it tries nothing, handles no error, records nothing, and names no storage, nor does a page', () => {
    expect(beyondSpelling(sources)).toEqual([])
    const breaches = planted({
      'dialects/oauth/token.ts':
        'try { exchange() } finally {}\ncontext.requests.record(trace)\nscope.setErrorHandler(failed)',
      'dialects/oauth/a.ts': 'find().catch(fail)\nimport type { Grant } from "../../storage/contract.ts"',
      'pages/start/start.ts': 'context.storage.accounts.find(id)\nconst { storage } = context',
      'storage/contract.ts': '',
    })
    expect(beyondSpelling(breaches)).toEqual([
      'pages/start/start.ts:1 names storage',
      'pages/start/start.ts:2 names storage',
      'pages/start/start.ts:2 names storage',
      'dialects/oauth/a.ts imports storage/contract.ts',
      'dialects/oauth/token.ts:1 has a try',
      'dialects/oauth/token.ts:2 records',
      'dialects/oauth/token.ts:3 handles errors',
      'dialects/oauth/a.ts:1 handles errors',
    ])
  })

  test('what is peculiar to a dialect is a fact in its row: nothing else goes by its name', () => {
    expect(dialectsCompared(sources)).toEqual([])
    const breaches = planted({
      'engine/token/token.ts': "if (grant.dialect === 'quantimodo') work()\nopen.has('jwt_login')",
      'api/options.ts': "switch (dialect) {\n  case 'oauth':\n}",
      'protocol/dialects.ts': "dialect !== 'oauth'",
      'engine/a.ts': "const old = 'quantimodo'\nclients.jwt_login\ncase_of[`password_token`]",
      'dialects/jwt_login/a.ts': 'clients.jwt_login\ndialect === `jwt_login`',
    })
    expect([...new Set(dialectsCompared(breaches))]).toEqual([
      'engine/token/token.ts:1 goes by the name of a dialect',
      'engine/token/token.ts:2 goes by the name of a dialect',
      'api/options.ts:2 goes by the name of a dialect',
      'engine/a.ts:1 goes by the name of a dialect',
      'engine/a.ts:2 goes by the name of a dialect',
      'engine/a.ts:3 goes by the name of a dialect',
      'dialects/jwt_login/a.ts:2 goes by the name of a dialect',
    ])
  })
})

describe('the world comes in through the context', () => {
  const mayTouchTheWorld = (path: string) => path.startsWith('lib/') || placeOf(path).part === drivers

  test('K164, K171: only lib and the drivers read the machine’s clock or roll its dice', () => {
    const dice = /^(?:randomBytes|randomInt|randomUUID|randomFill\w*|getRandomValues|webcrypto|hrtime|performance)$/
    const touched = (of: Sources) =>
      find(
        (node, text) => {
          const { type, object, callee, init } = node
          const member = type === 'MemberExpression' ? (memberOf(node) ?? '') : ''
          const of = isNode(object) ? (memberOf(object) ?? nameOf(object) ?? '') : ''
          if (`${of}.${member}` === 'Date.now' || `${of}.${member}` === 'Math.random' || dice.test(member))
            return text(node)
          const taken = nodesIn(node.specifiers).some(({ imported }) => dice.test(nameOf(imported) ?? ''))
          if (type === 'ImportDeclaration' && /^node:/.test(plainText(node.source) ?? '') && taken) return text(node)
          if (type === 'VariableDeclarator' && /^(?:Date|Math|performance)$/.test(nameOf(init) ?? '')) return text(node)
          if (type === 'CallExpression' && nameOf(callee) === 'Date') return text(node)
          return type === 'NewExpression' && /^new Date(?:\(\))?$/.test(text(node)) ? text(node) : undefined
        },
        mayTouchTheWorld,
        of,
      )
    expect(touched(sources)).toEqual([])
    const text = '// Date.now()\nexport const now = Date.now()\nexport const today = new Date()'
    expect(touched(planted({ 'engine/token/token.ts': text, 'lib/clock.ts': text }))).toEqual([
      'engine/token/token.ts:2 Date.now',
      'engine/token/token.ts:3 new Date()',
    ])
    const others = [
      'const a = (now = globalThis.Date.now()) => now',
      "Date['now']()",
      'const { now } = Date',
      "import { randomBytes as bytes } from 'node:crypto'",
      'crypto.getRandomValues(into)',
      'process.hrtime.bigint()',
      'new Date(at)',
    ]
    expect(touched(planted({ 'engine/a.ts': others.join('\n') }))).toEqual([
      'engine/a.ts:1 globalThis.Date.now',
      "engine/a.ts:2 Date['now']",
      'engine/a.ts:3 { now } = Date',
      "engine/a.ts:4 import { randomBytes as bytes } from 'node:crypto'",
      'engine/a.ts:5 crypto.getRandomValues',
      'engine/a.ts:6 process.hrtime',
    ])
  })

  test('only the command line reads the environment', () => {
    const readers = (of: Sources) =>
      find(
        ({ type, object, init, source, ...node }, text) => {
          const read = type === 'MemberExpression' && memberOf({ type, ...node }) === 'env'
          if (read && isNode(object) && /\bprocess$/.test(text(object))) return 'process.env'
          if (type === 'VariableDeclarator' && nameOf(init) === 'process') return 'process.env'
          return type === 'ImportDeclaration' && plainText(source) === 'node:process' ? 'process.env' : undefined
        },
        (path) => path.startsWith('cli/'),
        of,
      )
    expect(readers(sources)).toEqual([])
    const text = 'export const home = process.env.HOME'
    expect(readers(planted({ 'app.ts': text, 'cli/main.ts': text }))).toEqual(['app.ts:1 process.env'])
    const others = ["globalThis.process['env']", 'const { env } = process', "import { env } from 'node:process'"]
    expect(readers(planted({ 'engine/a.ts': others.join('\n') }))).toHaveLength(3)
  })
})

/** Attributes that people read or hear. */
const spoken = /^(?:about|alt|aria-label|detail|heading|hint|label|legend|or|placeholder|summary|text|title)$/

/** What files of the pages say themselves: texts and spoken attributes of views, and whatever looks like a sentence. */
function ownTexts(of: Sources): string[] {
  return [...of.values()]
    .filter(({ path }) => path.startsWith('pages/'))
    .flatMap(({ path, text, nodes }) => {
      const valuesOf = (names: RegExp) =>
        nodes.filter(({ type, name }) => type === 'JSXAttribute' && names.test(nameOf(name) ?? ''))
      const heard = new Set(valuesOf(spoken).map(({ value }) => value))
      // What a trace notes is for the log of an app.
      const noted = nodes.filter(
        ({ type, callee }) =>
          type === 'CallExpression' && nameOf(isNode(callee) ? callee.property : undefined) === 'note',
      )
      const silent = new Set(
        [...valuesOf(/^(?:class|rel|content|sandbox)$/), ...noted].flatMap((node) => [...nodesOf(node)]),
      )
      const sentence = path.endsWith('x') ? /^\p{Lu}\p{Ll}|^[^<]*\p{L} \p{L}/u : /^\p{Lu}.* .*[.?!]$/u
      return nodes.flatMap((node) => {
        const said = saidBy(node)?.trim() ?? ''
        const isText = node.type === 'JSXText' || heard.has(node) ? /\p{L}/u : sentence
        if (silent.has(node) || !isText.test(said)) return []
        return [`${path}:${text.slice(0, node.start).split('\n').length} ${said}`]
      })
    })
}

function saidBy({ type, value }: Node): string | undefined {
  if (type === 'TemplateElement') return String((value as { readonly cooked?: string }).cooked)
  return (type === 'Literal' || type === 'JSXText') && typeof value === 'string' ? value : undefined
}

describe('types and words', () => {
  test('nothing is of type any, and no error of the compiler is switched off', () => {
    const untyped = (of: Sources) => {
      const any = find(
        (node) => (node.type === 'TSAnyKeyword' ? 'any' : undefined),
        () => false,
        of,
      )
      const silenced = [...of.values()].filter(({ text }) => /@ts-(ignore|expect-error|nocheck)/.test(text))
      return [...any, ...silenced.map(({ path }) => path)]
    }
    expect(untyped(sources)).toEqual([])
    const breaches = { 'lib/a.ts': 'export const a: any = 1', 'lib/b.ts': ['// @ts', 'ignore\n'].join('-') }
    expect(untyped(planted(breaches))).toEqual(['lib/a.ts:1 any', 'lib/b.ts'])
  })

  test('what people read on a page is one of its words, and no text of a view or a route', () => {
    expect(ownTexts(sources)).toEqual([])
    const view = (text: string) => `export const shown = view(() => ${text})`
    const breaches = planted({
      'pages/start/text.tsx': view('<p class="small muted">Welcome</p>'),
      'pages/start/attribute.tsx': view('<Field label="name" />'),
      'pages/start/choice.tsx': view('<p>{done ? "all done" : `some are left`}</p>'),
      'pages/start/route.ts': "const notices = { done: 'It is done.', go: '/account?done=1' }",
      'pages/start/words.tsx': view('<p class={done ? "small good" : "small"} id="state">{say.done}</p>'),
    })
    expect(ownTexts(breaches)).toEqual([
      'pages/start/text.tsx:1 Welcome',
      'pages/start/attribute.tsx:1 name',
      'pages/start/choice.tsx:1 all done',
      'pages/start/choice.tsx:1 some are left',
      'pages/start/route.ts:1 It is done.',
    ])
  })

  test('lib is at home in any program: no identifier there is a word of OAuth', () => {
    const oauth = /oauth|openid|token|grant|consent|refusal|scope|pkce|client_?id|redirect_?uri/i
    const found = find(
      ({ type, name }) => (type === 'Identifier' && typeof name === 'string' && oauth.test(name) ? name : undefined),
      (path) => !path.startsWith('lib/'),
    )
    expect(found).toEqual([])
  })
})

describe('documents', () => {
  const documents = ['README.md', 'ARCHITECTURE.md', 'SECURITY.md', 'docs/threats.md']

  test('every file that a document names is there', () => {
    const missing = documents.flatMap((document) => {
      const text = readFileSync(join(root, document), 'utf8')
      const named =
        text.match(/(?<=[`(])(?:server|scripts|docs|examples|interop|bench|client|\.ci)\/[\w./-]*\w(?=[`)#])/g) ?? []
      return named.filter((path) => !existsSync(join(root, path))).map((path) => `${document} names ${path}`)
    })
    expect(missing).toEqual([])
  })

  /** Pairs of a number and a file that only one of both has: the table of the document, or the titles of the tests. */
  function unlikeTheTitles(document: string, texts: readonly (readonly [file: string, text: string])[]): string[] {
    const numbers = (text: string) =>
      text.split(', ').flatMap((part) => {
        const [first = 0, last = first] = part.split('–').map((one) => Number(one.slice(1)))
        return Array.from({ length: last - first + 1 }, (_, i) => `${part[0]}${first + i}`)
      })
    const listed = new Set(
      [...document.matchAll(/^\| ([A-L]\d[^|]*) \|[^|]*\|([^|]*)\|$/gm)].flatMap(([, of = '', files = '']) =>
        [...files.matchAll(/`([^`]+)`/g)].flatMap(([, file]) => numbers(of).map((number) => `${number} ${file}`)),
      ),
    )
    const shown = new Set(
      texts.flatMap(([file, text]) =>
        [...text.matchAll(/(?<=['`])[A-L]\d+(?:, [A-L]\d+)*(?=: )/g)].flatMap(([of]) =>
          numbers(of).map((number) => `${number} ${file}`),
        ),
      ),
    )
    return [
      ...[...listed].filter((one) => !shown.has(one)).map((one) => `${one} is listed and not shown`),
      ...[...shown].filter((one) => !listed.has(one)).map((one) => `${one} is shown and not listed`),
    ]
  }

  test('every number of the security bar is shown by the tests that docs/threats.md names for it, and by no others', () => {
    const tests = outside.filter((path) => path.endsWith('.test.ts'))
    const texts = tests.map((file) => [file, readFileSync(join(root, file), 'utf8')] as const)
    expect(unlikeTheTitles(readFileSync(join(root, 'docs/threats.md'), 'utf8'), texts)).toEqual([])
    const breach = ['A1, A2', 'B7'].map((of) => `test('${of}: a sentence', () => {})`).join('\n')
    expect(unlikeTheTitles('| A1–A3 | what | `a.test.ts` |', [['a.test.ts', breach]])).toEqual([
      'A3 a.test.ts is listed and not shown',
      'B7 a.test.ts is shown and not listed',
    ])
  })
})

/** The shape of the house, as tests: who may import whom, what a file looks like, and where the world comes in. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseAst } from 'rolldown/parseAst'
import { describe, expect, test } from 'vitest'

const server = dirname(dirname(fileURLToPath(import.meta.url)))
const root = dirname(server)

/**
 * The layers from top to bottom. A file may import from its own part and from parts in the lines below; parts in one
 * line are neighbours and never import each other. A folder ends with a slash, and the first match counts.
 */
const layers: readonly (readonly string[])[] = [
  ['cli/'],
  ['app.ts', 'settings.ts', 'version.ts'],
  ['root_secrets.ts'],
  ['settings_error.ts'],
  ['dialects/index.ts'],
  ['dialects/*/', 'pages/', 'api/'],
  ['dialects/'],
  ['http/'],
  ['engine/operator/', 'engine/providers/'],
  ['engine/authorize/'],
  ['engine/token/'],
  ['engine/access_tokens/', 'engine/developer/'],
  ['engine/client/'],
  ['engine/account/', 'engine/grant/'],
  ['runtime/context.ts'],
  ['runtime/kept/', 'runtime/log/'],
  ['runtime/providers/'],
  ['runtime/keys/', 'runtime/limits/', 'runtime/caller.ts'],
  ['storage/contract.ts'],
  ['protocol/'],
  ['lib/'],
]

/** The top files are one part together: settings and version are read by app, and by the commands beside it. */
const composition = new Set(['app.ts', 'settings.ts', 'version.ts'])

/** What stands behind the storage contract. It may use what is below the contract, and only app.ts may use it. */
const drivers = 'storage drivers'

/** Packages that have one place, so that they can be exchanged without looking further. */
const packagePlaces: Readonly<Record<string, readonly string[]>> = {
  fastify: ['app.ts', 'dialects/', 'pages/', 'api/', 'http/'],
  '@fastify/multipart': ['http/'],
  hono: ['pages/'],
  kysely: ['storage/'],
  pg: ['storage/'],
  commander: ['cli/'],
  pino: ['lib/log.ts', 'app.ts'],
  '@node-rs/argon2': ['runtime/limits/passwords.ts'],
  'openid-client': ['runtime/providers/relying_party.ts'],
  '@photostructure/sqlite': ['storage/sqlite/'],
}

/** Longer than a file should be, and why. */
const longFiles: Readonly<Record<string, string>> = {
  'protocol/refusal.ts': 'one table, one row for each reason',
  'storage/contract.ts': 'all that storage promises, in one place',
}
const longest = 420

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

const sources = new Map(
  readdirSync(join(server, 'src'), { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => /\.tsx?$/.test(path))
    .sort()
    .map((path) => [path, read(path)]),
)

function read(path: string): Source {
  const text = readFileSync(join(server, 'src', path), 'utf8')
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

/** What a node imports: `import … from`, `export … from`, `import()` and `import('…').Type`. */
function importedBy({ type, source }: Node): string[] {
  const imports = /^(?:ImportDeclaration|Export(?:Named|All)Declaration|ImportExpression|TSImportType)$/.test(type)
  return imports && isNode(source) && typeof source.value === 'string' ? [source.value] : []
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
  if (path.startsWith('storage/') && path !== 'storage/contract.ts') return { layer: -1, part: drivers }
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
  if (below.part === drivers) return from === 'app.ts' ? undefined : 'only app.ts names a driver'
  if (above.part === drivers) {
    return below.layer >= placeOf('storage/contract.ts').layer ? undefined : 'a driver knows the contract, not above it'
  }
  if (above.layer === below.layer) return 'neighbours do not know each other'
  return below.layer > above.layer ? undefined : 'arrows go down'
}

const localImports = [...sources.values()].flatMap(({ path, imports }) =>
  imports.filter((name) => sources.has(name)).map((name) => [path, name] as const),
)

const packageImports = [...sources.values()].flatMap(({ path, imports }) =>
  imports
    .filter((name) => !sources.has(name) && !name.startsWith('node:'))
    .map((name) => [path, /^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name] as const),
)

/** Places in the code (not in comments or strings) that the question finds, as `file:line what`. */
function find(
  question: (node: Node, text: (node: Node) => string) => string | undefined,
  except: (path: string) => boolean = () => false,
) {
  return [...sources.values()]
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
    expect(localImports.length).toBeGreaterThan(100)
  })

  test('arrows go down, neighbours do not know each other, and app.ts alone names the drivers', () => {
    const wrong = localImports.flatMap(([from, to]) => {
      const problem = objection(from, to)
      return problem === undefined ? [] : [`${from} imports ${to}: ${problem}`]
    })
    expect(wrong).toEqual([])
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
    const settled = new Set<string>()
    const circles: string[] = []
    const walk = (path: string, way: readonly string[]): void => {
      if (way.includes(path)) circles.push([...way.slice(way.indexOf(path)), path].join(' → '))
      if (way.includes(path) || settled.has(path)) return
      for (const name of sources.get(path)?.imports ?? []) if (sources.has(name)) walk(name, [...way, path])
      settled.add(path)
    }
    for (const path of sources.keys()) walk(path, [])
    expect(circles).toEqual([])
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
    if (type !== 'ExportNamedDeclaration' || exportKind === 'type') return []
    const declared = isNode(declaration) ? [declaration, ...nodesIn(declaration.declarations)] : []
    const listed = nodesIn(specifiers).filter((specifier) => specifier.exportKind !== 'type')
    return [...declared.map(({ id }) => nameOf(id)), ...listed.map(({ exported }) => nameOf(exported))].filter(
      (name) => name !== undefined,
    )
  })
}

/** `file name` for everything that a file takes from files of the sources; after an `import()` that is every name in it. */
function* takenBy(file: string, nodes: readonly Node[]): Generator<string> {
  for (const node of nodes) {
    for (const name of importedBy(node)) {
      const path = posix.join(posix.dirname(file), name).replace(/^server\/(?:src|dist)\//, '')
      const from = [path, path.replace(/js$/, 'ts'), path.replace(/js$/, 'tsx')].find((one) => sources.has(one))
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

/** Where else the sources are used: by tests, scripts and measurements. */
const outside = ['server/test', 'server/bin', 'scripts', 'bench', 'interop/test', 'interop/support'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(?:tsx?|m?js)$/.test(path) && !path.includes('node_modules'))
    .map((path) => posix.join(folder, path.replaceAll('\\', '/'))),
)

describe('nothing is kept that nobody uses', () => {
  test('what a file exports is used by another file, except for what the package offers', () => {
    const taken = new Set([...sources.values()].flatMap(({ path, nodes }) => [...takenBy(`server/src/${path}`, nodes)]))
    for (const file of outside) {
      const text = readFileSync(join(root, file), 'utf8')
      // Where all imports stand at the top, what follows need not be read.
      const imports = text.match(/^import [^'"]*['"][^'"]+['"]/gm) ?? []
      const nodes = parse(file, /\bimport\(/.test(text) ? text : imports.join('\n'))
      for (const one of takenBy(file, nodes)) taken.add(one)
    }
    const unused = [...sources.values()]
      .filter(({ path }) => path !== 'app.ts')
      .flatMap((source) => exportedBy(source).map((name) => `${source.path} ${name}`))
    expect(unused.length).toBeGreaterThan(500)
    expect(unused.filter((one) => !taken.has(one))).toEqual([])
  })

  test('every package that is declared is used', () => {
    // Some are found by their name when they are needed.
    const named = new Set(
      [...sources.values()].flatMap(({ nodes }) => nodes.map(({ type, value }) => type === 'Literal' && value)),
    )
    for (const [, name] of packageImports) named.add(name)
    const declared = (path: string) =>
      JSON.parse(readFileSync(join(root, path), 'utf8')) as Record<'dependencies' | 'devDependencies', object>
    const unused = Object.keys(declared('server/package.json').dependencies).filter((name) => !named.has(name))
    // Tools are named where they are called; types belong to a package that is there or to Node.
    const texts = ['package.json', '.ci/run', 'vitest.config.ts', ...outside].map((path) => {
      return readFileSync(join(root, path), 'utf8').replace(/"devDependencies": \{[^}]*\}/, '')
    })
    const tools = Object.keys(declared('package.json').devDependencies).filter((name) => {
      const word = name.replace(/^@biomejs\//, '').replace(/^@types\//, '')
      return !texts.some((text) => text.includes(word))
    })
    expect([...unused, ...tools]).toEqual([])
  })
})

describe('files', () => {
  test('a room is taken in at a glance: no folder has more than twenty files beside its index', () => {
    const rooms = new Map<string, number>()
    for (const path of sources.keys()) {
      const room = posix.dirname(path)
      if (posix.basename(path) !== 'index.ts') rooms.set(room, (rooms.get(room) ?? 0) + 1)
    }
    expect([...rooms].filter(([, files]) => files > 20).map(([room, files]) => `${room} has ${files} files`)).toEqual(
      [],
    )
  })

  test('every file opens with a sentence that says what it is for', () => {
    expect([...sources.values()].filter(({ text }) => !text.startsWith('/**')).map(({ path }) => path)).toEqual([])
  })

  test('a file is read in one sitting', () => {
    const long = [...sources.values()]
      .filter(({ path, text }) => !(path in longFiles) && text.split('\n').length - 1 > longest)
      .map(({ path, text }) => `${path} has ${text.split('\n').length - 1} lines`)
    expect(long).toEqual([])
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

describe('the world comes in through the context', () => {
  const mayTouchTheWorld = (path: string) => path.startsWith('lib/') || placeOf(path).part === drivers

  test('only lib and the drivers read the machine’s clock or roll its dice', () => {
    const worldly = new Set(['Date.now', 'Math.random', 'performance.now'])
    const found = find((node, text) => {
      if (node.type === 'MemberExpression' && worldly.has(text(node))) return text(node)
      return node.type === 'NewExpression' && /^new Date(?:\(\))?$/.test(text(node)) ? text(node) : undefined
    }, mayTouchTheWorld)
    expect(found).toEqual([])
  })

  test('only the command line reads the environment', () => {
    const found = find(
      (node, text) => (node.type === 'MemberExpression' && text(node) === 'process.env' ? 'process.env' : undefined),
      (path) => path.startsWith('cli/'),
    )
    expect(found).toEqual([])
  })
})

describe('types and words', () => {
  test('nothing is of type any, and no error of the compiler is switched off', () => {
    const any = find((node) => (node.type === 'TSAnyKeyword' ? 'any' : undefined))
    const silenced = [...sources.values()].filter(({ text }) => /@ts-(ignore|expect-error|nocheck)/.test(text))
    expect([...any, ...silenced.map(({ path }) => path)]).toEqual([])
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
})

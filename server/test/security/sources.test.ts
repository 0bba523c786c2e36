/** What the sources and the lockfile show of the security bar: whose code runs, where chance comes from, how secrets are compared. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseAst } from 'rolldown/parseAst'
import { describe, expect, test } from 'vitest'

const server = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const root = dirname(server)
const json = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8'))

type Texts = readonly (readonly [path: string, text: string])[]

const sources: Texts = readdirSync(join(server, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path))
  .sort()
  .map((path) => [path, readFileSync(join(server, 'src', path), 'utf8')])

interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [member: string]: unknown
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}

function* nodesOf(value: unknown): Generator<Node> {
  if (Array.isArray(value)) {
    for (const item of value) yield* nodesOf(item)
  } else if (isNode(value)) {
    yield value
    for (const member of Object.values(value)) yield* nodesOf(member)
  }
}

/** Nodes that the question is answered for, as `file what`. Comments are none. */
function find(of: Texts, question: (node: Node, text: (node: unknown) => string) => boolean): string[] {
  return of.flatMap(([path, text]) => {
    const textOf = (node: unknown) => (isNode(node) ? text.slice(node.start, node.end) : '')
    return [...nodesOf(parseAst(text, { lang: path.endsWith('x') ? 'tsx' : 'ts' }))]
      .filter((node) => question(node, textOf))
      .map((node) => `${path} ${textOf(node)}`)
  })
}

interface Locked {
  readonly integrity?: string
  readonly resolved?: string
  readonly link?: boolean
  readonly dev?: boolean
  readonly hasInstallScript?: boolean
}

describe('what is installed', () => {
  /** What is wrong with a lockfile: packages from elsewhere or without a digest, and scripts that run with an installation. */
  function unsound(packages: Readonly<Record<string, Locked>>, allowed: Readonly<Record<string, boolean>>): string[] {
    return Object.entries(packages).flatMap(([path, { integrity = '', resolved, link, dev, hasInstallScript }]) => {
      if (!path.includes('node_modules/') || link) return []
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
      return [
        // The lockfile leaves out where packages of the registry are.
        resolved === undefined ? [] : `${name} comes from elsewhere`,
        integrity.startsWith('sha512-') ? [] : `${name} has no digest`,
        hasInstallScript && !dev && allowed[name] !== false ? `${name} runs a script` : [],
      ].flat()
    })
  }

  test('K167: every package is locked to a digest, and none that the server needs runs a script when it is installed', () => {
    const { packages, lockfileVersion } = json('package-lock.json')
    expect(lockfileVersion).toBe(3)
    expect(Object.keys(packages).length).toBeGreaterThan(100)
    expect(unsound(packages, json('package.json').allowScripts)).toEqual([])
    // The image is built without them, too.
    const installs = readFileSync(join(root, 'deploy/Dockerfile'), 'utf8').match(/^RUN npm ci.*$/gm) ?? []
    expect(installs.length).toBeGreaterThan(0)
    expect(installs.filter((line) => !line.includes('--ignore-scripts'))).toEqual([])

    const sound = { integrity: 'sha512-x' }
    const breaches = {
      '': {},
      'node_modules/ours': { link: true, resolved: 'server' },
      'node_modules/a': sound,
      'node_modules/b': { ...sound, hasInstallScript: true },
      'node_modules/a/node_modules/@b/c': { integrity: 'sha1-x', resolved: 'git+ssh://git@github.com/b/c.git' },
      'node_modules/d': { ...sound, hasInstallScript: true, dev: true },
      'node_modules/e': { ...sound, hasInstallScript: true },
    }
    expect(unsound(breaches, { e: false })).toEqual([
      'b runs a script',
      '@b/c comes from elsewhere',
      '@b/c has no digest',
    ])
  })

  test('K167: the versions that the server asks for come from the registry', () => {
    const asked = { ...json('package.json').devDependencies, ...json('server/package.json').dependencies }
    expect(
      Object.entries(asked).filter(([, version]) => !/^\^?\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(String(version))),
    ).toEqual([])
  })
})

const filesOf = (found: readonly string[]) => [...new Set(found.map((one) => one.split(' ', 1)[0] ?? ''))]
const lastName = (text: string) => /(\w+)(?:\(\))?$/.exec(text.replace(/\?/g, ''))?.[1] ?? ''

describe('chance', () => {
  /** Where pauses are spread, so that those who wait do not come again at once. */
  const pauses = ['lib/take_turns.ts', 'storage/postgres/transaction.ts', 'storage/sqlite/database.ts']

  const drawn = (of: Texts) =>
    find(of, ({ type, source, specifiers }, text) => {
      const names = Array.isArray(specifiers) ? specifiers.map(text) : []
      return (
        type === 'ImportDeclaration' && text(source).includes('crypto') && names.some((name) => /random/.test(name))
      )
    })
  const guessable = (of: Texts) =>
    find(
      of,
      ({ type, object, property, name }, text) =>
        (type === 'MemberExpression' && text(object) === 'Math' && /^['"]?random['"]?$/.test(text(property))) ||
        (type === 'Identifier' && /^(?:uuid|uuidv1|nanoid|ulid)$/i.test(String(name))),
    )

  test('K171: secrets and ids come from the generator of the operating system, in one file', () => {
    expect(filesOf(drawn(sources))).toEqual(['lib/random.ts'])
    expect(drawn([['storage/a.ts', "import { hash, randomUUID } from 'node:crypto'"]])).toHaveLength(1)
  })

  test('K171: what can be guessed spreads pauses, and makes no name or secret', () => {
    expect(filesOf(guessable(sources))).toEqual(pauses)
    const breaches = ['Math.random().toString(36)', "Math['random']()", 'uuid()']
    expect(guessable(breaches.map((text) => ['lib/a.ts', text]))).toHaveLength(3)
  })
})

describe('secrets', () => {
  const secret = /^\w*(?:tag|mac|signature|secret|password|token|credential|verifier|digest|hash|csrf|nonce|otp|seed)$/i
  /** What such a name stands for here, where it is compared all the same: no secret, or no other side that guesses. */
  const known: Readonly<Record<string, string>> = {
    'api/reference/reference.ts': 'the digest of a public file',
    'cli/password.ts': 'a password that one person types twice',
    'conform/checks/id_token.ts': 'a nonce that the command has made itself, in what it was answered',
    'engine/authorize/device/decide.ts': 'the digest of a network, computed on both sides',
    'engine/developer/registration/register.ts': 'the digest of a token that is sent, which nobody can steer',
    'engine/operator/apply/subscription_keys.ts': 'two digests of the operator’s document',
    'engine/operator/audit_log/walk_chain.ts': 'digests of a chain that whoever runs this reads',
    'engine/operator/recovery/again.ts': 'the ID of a secret',
    'http/browser/words.ts': 'the tag of a language',
    'pages/kit/passkey/script.ts': 'the digest of a public file',
    'pages/sign_in/response/script.ts': 'the digest of a public file',
    'runtime/kept/subscription_keys.ts': 'the digest of a key that is sent, which nobody can steer',
    'runtime/keys/webhook_secrets.ts': 'a secret beside itself, sealed anew or not',
  }
  const compared = (of: Texts) =>
    find(of, ({ type, operator, left, right }, text) => {
      if (type !== 'BinaryExpression' || !/^[!=]==?$/.test(String(operator))) return false
      const sides = [text(left), text(right)]
      if (sides.some((side) => /^(?:undefined|null|true|false|-?\d+|'.*'|`[^$]*`|.*\.length)$/.test(side))) return false
      return sides.some((side) => secret.test(lastName(side)))
    })

  test('K172: no secret is compared by ===, which tells by its time how far a guess was right', () => {
    expect(filesOf(compared(sources))).toEqual(Object.keys(known))
    const breach = 'const a = known.secret === sent\nif (tagOf() !== tag) no()\nsecret === undefined'
    expect(compared([['engine/a.ts', breach]])).toHaveLength(2)
  })
})

describe('messages between windows', () => {
  /** Who takes or sends messages, in the browser or out of it, as `file what`. */
  const messages = (of: Texts) =>
    find(
      of,
      ({ type, callee, arguments: given }, text) =>
        (type === 'CallExpression' && /\bpostMessage$/.test(text(callee))) ||
        (type === 'CallExpression' &&
          /\b(?:on|addEventListener)$/.test(text(callee)) &&
          Array.isArray(given) &&
          /^['"`]message['"`]$/.test(text(given[0]))),
    )

  test('K174: no page sends or takes one: they pass between processes and threads of the server alone', () => {
    const between = (of: Texts) =>
      messages(of).filter((one) => !/ (?:process|child|worker\??|started|cluster|parentPort)\./.test(one))
    expect(between(sources)).toEqual([])
    const breaches = [
      "parent.postMessage(state, '*')",
      "window.addEventListener('message', take)",
      "process.on('message')",
    ]
    expect(between(breaches.map((text) => ['pages/a.ts', text]))).toHaveLength(2)
  })
})

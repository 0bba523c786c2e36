/** The servers of a run: each seeded once, then started anew from a copy of its seed for every round. */
import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { ownRoot } from '../checkout.mjs'
import { freePort, startServer } from '../processes.mjs'

const run = promisify(execFile)
const here = (name) => fileURLToPath(new URL(name, import.meta.url))
const node = process.execPath

/** Root secret of the seeded databases; it guards nothing. */
const rootSecret = 'the root secret of a database that lives for one benchmark'

/**
 * Makes the server `name`. `folder` is its own; `postgres` is there for servers that need it, which have their database
 * `database` in it; `sizes` are the counts to seed; `core` is where it runs; Consentry is that of the checkout `root`,
 * whose server is `observed` by 'all' that there is, or by 'none'; as `serve` starts it where that is not given.
 */
export async function createEntry(name, { folder, postgres, database, sizes, core, root = ownRoot, observed }) {
  mkdirSync(folder, { recursive: true })
  const tokens = join(folder, 'tokens')
  const port = await freePort()
  const address = `http://127.0.0.1:${port}`
  const entry = servers[name]({ folder, tokens, port, postgres, database, sizes, root })
  const metrics = observed === 'all' ? await freePort() : undefined
  const watched = observed && {
    command: [here('observed.mjs')],
    env: { OBSERVED: observed, ...(metrics && { CONSENTRY_MANAGEMENT_PORT: String(metrics) }) },
  }
  return {
    name,
    tokens,
    /** Everything that can be done before the first round. */
    seed: entry.seed,
    /** A process over a fresh copy of the seed. */
    async start(round) {
      const env = await entry.copy()
      const server = await startServer({
        command: [node, ...(process.env.BENCH_NODE_OPTIONS?.split(' ') ?? []), ...(watched ?? entry).command],
        env: { NODE_ENV: 'production', ...env, ...watched?.env, PORT: String(port) },
        core,
        log: join(folder, `round-${round}.log`),
        ready: `${address}${entry.ready}`,
      })
      return metrics === undefined ? server : withScrapes(server, `http://127.0.0.1:${metrics}/metrics`)
    },
    /** Deletes the copy again. */
    discard: entry.discard,
    endpoints: Object.fromEntries(Object.entries(entry.endpoints).map(([name, path]) => [name, `${address}${path}`])),
  }
}

const servers = {
  consentry_sqlite: ({ folder, tokens, port, sizes, root }) => {
    const env = (data) => ({ ...consentryEnv(port), CONSENTRY_DATA: data })
    const seeded = join(folder, 'seeded')
    const copied = join(folder, 'copied')
    return {
      ...consentryOf(root),
      seed: () => seedConsentry(root, env(seeded), tokens, sizes),
      async copy() {
        rmSync(copied, { recursive: true, force: true })
        mkdirSync(copied, { mode: 0o700 })
        // Closing the seeded database has left nothing in a side file.
        copyFileSync(join(seeded, 'consentry.db'), join(copied, 'consentry.db'))
        return env(copied)
      },
      async discard() {
        rmSync(copied, { recursive: true, force: true })
      },
    }
  },

  consentry_postgres: ({ tokens, port, postgres, database, sizes, root }) => {
    const env = (name) => ({ ...consentryEnv(port), DATABASE_URL: postgres.url(name) })
    return {
      ...consentryOf(root),
      seed: () => seedDatabase(postgres, database, (name) => seedConsentry(root, env(name), tokens, sizes)),
      copy: async () => env(await copyDatabase(postgres, database)),
      discard: () => dropCopy(postgres, database),
    }
  },

  oidc_provider_memory: ({ tokens, sizes }) => ({
    ...oidcProvider,
    seed: async () => {},
    // Its memory is gone with its process, so it seeds itself at each start.
    copy: async () => ({ TOKENS: tokens, SEED: JSON.stringify({ ...sizes, codes: sizes.peerCodes }) }),
    discard: async () => {},
  }),

  oidc_provider_postgres: ({ tokens, port, postgres, database, sizes }) => ({
    ...oidcProvider,
    seed: () =>
      seedDatabase(postgres, database, (name) =>
        run(node, oidcProvider.command, {
          env: {
            ...process.env,
            MODE: 'seed',
            PORT: String(port),
            POSTGRES_URL: postgres.url(name),
            TOKENS: tokens,
            SEED: JSON.stringify({ ...sizes, codes: sizes.peerCodes }),
          },
        }),
      ),
    copy: async () => ({ POSTGRES_URL: postgres.url(await copyDatabase(postgres, database)) }),
    discard: () => dropCopy(postgres, database),
  }),

  echo: () => ({
    command: [here('echo.mjs')],
    ready: '/ready',
    endpoints: { token: '/token' },
    seed: async () => {},
    copy: async () => ({}),
    discard: async () => {},
  }),
}

/** A server whose metrics are read while it runs, more often than anybody's Prometheus would. */
function withScrapes(server, url) {
  const scrape = async () => {
    const response = await fetch(url)
    if (!response.ok) throw new Error(`metrics: status ${response.status}`)
    await response.arrayBuffer()
  }
  const timer = setInterval(() => void scrape(), 5000)
  return {
    ...server,
    async stop() {
      clearInterval(timer)
      await scrape()
      await server.stop()
    },
  }
}

const consentryOf = (root) => ({
  command: [join(root, 'server', 'bin', 'consentry.js'), 'serve'],
  ready: '/readyz',
  endpoints: {
    token: '/oauth/token',
    introspection: '/oauth/introspect',
    forward_auth: '/oauth/forward-auth/bench',
    quantimodo: '/api/oauth2/token',
    jwt_login: '/auth/v2/refresh',
    measurements: '/api/v3/measurements',
  },
})

const oidcProvider = {
  command: [here('oidc_provider.mjs')],
  ready: '/.well-known/openid-configuration',
  endpoints: { token: '/token', introspection: '/token/introspection' },
}

/** Settings as in production, but that one account may ask for as many tokens as it likes. */
function consentryEnv(port) {
  return {
    CONSENTRY_ISSUER: `http://localhost:${port}`,
    CONSENTRY_SECRET: rootSecret,
    CONSENTRY_TOKEN_REQUESTS_PER_DAY: '0',
    CONSENTRY_TRUST_PROXY: '127.0.0.1',
  }
}

/**
 * Fills the database that `env` names, in a process of its own. Each checkout has the seed that fits its own storage;
 * counts that an older one does not know are nothing to it.
 */
async function seedConsentry(root, env, tokens, sizes) {
  await run(node, [join(root, 'bench', 'servers', 'consentry_seed.mjs')], {
    env: { ...process.env, ...env, TOKENS: tokens, SEED: JSON.stringify(sizes) },
  })
}

async function seedDatabase(postgres, name, fill) {
  await postgres.query(`create database ${name}`)
  await fill(name)
  await postgres.query('vacuum analyze', name)
}

async function copyDatabase(postgres, name) {
  await dropCopy(postgres, name)
  await postgres.query(`create database ${name}_copy template ${name}`)
  await postgres.query('checkpoint')
  return `${name}_copy`
}

function dropCopy(postgres, name) {
  return postgres.query(`drop database if exists ${name}_copy with (force)`)
}

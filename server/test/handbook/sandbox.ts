/** A machine for one page of the handbook: its folders, its ports, what its reader has when they come to it. */
import { execFile, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { freePort } from '../support/command.ts'
import { openMailbox } from '../support/mailbox.ts'
import { type PostgresServer, startPostgres } from '../support/postgres_server.ts'
import type { Block } from './pages.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url)).replace(/\/$/, '')

export interface Sandbox {
  readonly folder: string
  /** What this machine lacks for the page. */
  readonly missing: string | undefined
  /** Runs blocks in one shell. Answers '' when all of them did, else the line of the one that failed and what was printed. */
  run(blocks: readonly Block[]): Promise<string>
  /** Ends what it has started. */
  stop(): Promise<void>
  close(): Promise<void>
}

/** What the reader of a page has done before. */
const scenes: Readonly<Record<string, readonly Part[]>> = {
  'install.md': ['mail server'],
  'tls.md': ['installed', 'nginx', 'certificate'],
  'postgresql.md': ['installed', 'running', 'postgres'],
}
const usual: readonly Part[] = ['installed', 'running']

type Part = 'installed' | 'running' | 'mail server' | 'nginx' | 'certificate' | 'postgres'

/** Words of the shell that stand for what a test machine has not: systemd, and a terminal for each server. */
const words = readFileSync(new URL('words.sh', import.meta.url), 'utf8')

/** A machine for a page: with what others have made ready in `scene`, the folder of theirs, where that is given. */
export async function sandbox(page: string, scene = ''): Promise<Sandbox> {
  const parts = new Set<Part>(scenes[page] ?? usual)
  const folder = mkdtempSync(join(tmpdir(), 'consentry-handbook-'))
  const [port, https, http, other] = [await freePort(), await freePort(), await freePort(), await freePort()]
  const tls = parts.has('certificate')
  const box = parts.has('mail server') ? await openMailbox() : undefined
  const postgres = parts.has('postgres') ? await startPostgres() : undefined
  for (const path of ['etc/nginx/conf.d', 'var/log/nginx', 'var/lib', 'backups', 'elsewhere', 'bin'])
    mkdirSync(join(folder, path), { recursive: true })
  symlinkSync(join(root, 'deploy'), join(folder, 'deploy'))
  symlinkSync(join(root, 'examples'), join(folder, 'examples'))
  if (tls) await makeCertificate(join(folder, 'etc/consentry/tls'))
  writeFileSync(join(folder, 'etc/nginx/nginx.conf'), nginxFile(folder))

  const issuer = tls ? `https://localhost:${https}` : `http://localhost:${port}`
  /** What a reader puts in place of the handbook's names. */
  const own = (text: string): string =>
    text
      .replaceAll('https://login.example.com', issuer)
      .replaceAll('https://accounts.example.com', `http://127.0.0.1:${port}`)
      .replaceAll('login.example.com', 'localhost')
      .replaceAll('smtp://USER:PASSWORD@mail.example.com:587', `smtp://127.0.0.1:${box?.port}`)
      .replaceAll('db.example.com:5432', `127.0.0.1:${postgres?.port}`)
      .replaceAll('127.0.0.1:3000', `127.0.0.1:${port}`)
      .replaceAll('PORT=3999', `PORT=${other}`)
      .replaceAll('127.0.0.1:8090', `127.0.0.1:${other}`)
      .replaceAll('listen 443', `listen 127.0.0.1:${https}`)
      .replaceAll('listen 80', `listen 127.0.0.1:${http}`)
      .replace(/(?<![\w.])\/(?=(?:etc|var|backups|elsewhere)\b)/g, `${folder}/`)

  const env: Record<string, string> = {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    LANG: 'C.UTF-8',
    PORT: String(port),
    SANDBOX: folder,
    SCENE: scene,
    CONSENTRY: join(root, 'server/bin/consentry.js'),
    ISSUER: issuer,
    PARTS: [...parts].join(' '),
    ...(tls ? { CURL_CA_BUNDLE: join(folder, 'etc/consentry/tls/fullchain.pem') } : {}),
    ...(tls ? { NODE_EXTRA_CA_CERTS: join(folder, 'etc/consentry/tls/fullchain.pem') } : {}),
    ...(postgres === undefined ? {} : postgresEnv(postgres)),
  }

  const started = new Set<number>()
  const machine: Sandbox = {
    folder,
    missing: await whatIsMissing(parts, postgres),
    async run(blocks) {
      const script = join(folder, 'page.sh')
      writeFileSync(
        script,
        [words, ...blocks.flatMap(({ line, text }) => [`block ${line}`, own(text)]), 'block end'].join('\n'),
      )
      const child = spawn('bash', [script], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
      started.add(child.pid ?? 0)
      const printed: string[] = []
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text) => printed.push(text))
      const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
      if (code === 0) return ''
      const text = printed.join('')
      const line = text.match(/(?<=^## block )\w+(?=$)/gm)?.at(-1) ?? 'arrangement'
      return `The block on line ${line} ended with ${code}:\n${text.slice(-3000)}`
    },
    async stop() {
      await promisify(execFile)('bash', ['-c', `${words}\nend_all`], { env: { ...env, PARTS: '' } })
      // What has escaped its word: a group of processes for each shell.
      for (const group of started) {
        try {
          process.kill(-group, 'SIGKILL')
        } catch {
          // Nothing of it is left.
        }
      }
    },
    async close() {
      await machine.stop()
      await box?.close()
      await postgres?.remove()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  return machine
}

async function whatIsMissing(
  parts: ReadonlySet<Part>,
  postgres: PostgresServer | undefined,
): Promise<string | undefined> {
  const needed = [
    'openssl',
    'curl',
    ...(parts.has('nginx') ? ['nginx'] : []),
    ...(parts.has('postgres') ? ['psql'] : []),
  ]
  if (parts.has('postgres') && postgres === undefined) return 'PostgreSQL'
  return needed.find((name) => {
    try {
      execFileSync('bash', ['-c', `command -v ${name}`], { stdio: 'ignore' })
      return false
    } catch {
      return true
    }
  })
}

function postgresEnv({ url }: PostgresServer): Record<string, string> {
  const { hostname, port, username, password } = new URL(url)
  return { PGHOST: hostname, PGPORT: port, PGUSER: username, PGPASSWORD: password, PGDATABASE: 'postgres' }
}

/** One for localhost, which is its own authority. */
async function makeCertificate(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const files = ['-keyout', join(folder, 'privkey.pem'), '-out', join(folder, 'fullchain.pem')]
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
  await promisify(execFile)('openssl', ['req', '-x509', ...kind, ...files, ...names])
}

/** What Debian’s nginx has around the file that the page writes. */
function nginxFile(folder: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  return `pid ${folder}/nginx.pid;
error_log ${folder}/var/log/nginx/error.log;
events {}
http {
${temporary.map((name) => `  ${name}_temp_path ${folder}/var/lib/nginx_${name};`).join('\n')}
  include ${folder}/etc/nginx/conf.d/*.conf;
}
`
}

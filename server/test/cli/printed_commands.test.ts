/** Commands that are printed for pasting name a file of the installation, and nothing that a registry would answer. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { invocationOf, shellWord } from '../../src/cli/invocation.ts'
import { runCommand } from './output.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
/** `npx consentry` asks the public registry wherever the command is not installed. */
const fetching = /\bnpx (?!--no-install )/

describe('a printed command', () => {
  test('names the file of a checkout from wherever it is called', () => {
    expect(invocationOf('/srv/app/server/bin/consentry.js', '/srv/app')).toBe('node server/bin/consentry.js')
    expect(invocationOf('/srv/my app/server/bin/consentry.js', '/srv/data')).toBe(
      "node '../my app/server/bin/consentry.js'",
    )
    expect(invocationOf('/srv/app/node_modules/.bin/consentry', '/srv/app')).toBe('npx --no-install consentry')
    expect(invocationOf('/usr/local/bin/consentry', '/srv')).toBe('consentry')
  })

  test('quotes what a shell would take apart', () => {
    expect(shellWord("it's here")).toBe("'it'\\''s here'")
    expect(shellWord('./data')).toBe('./data')
  })

  test('fetches nothing, in the help of every command', async () => {
    const unread = [['']]
    let read = 0
    for (const words of unread) {
      const path = words.filter((word) => word !== '')
      const { stdout } = await runCommand([...path, '--help'], {})
      expect(stdout, path.join(' ')).not.toMatch(fetching)
      read++
      const [, below = ''] = /^Commands:\n((?: {2}.*\n)+)/m.exec(stdout) ?? []
      for (const [, name = ''] of below.matchAll(/^ {2}([a-z-]+)/gm)) if (name !== 'help') unread.push([...path, name])
    }
    expect(read).toBeGreaterThan(15)
  })

  test('names the file in the examples of every command', () => {
    const files = readdirSync(join(root, 'server/src/cli'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.ts'),
    )
    const example = /(?:\\n|^) {2}consentry /m
    expect(files.filter((name) => example.test(readFileSync(join(root, 'server/src/cli', name), 'utf8')))).toEqual([])
  })

  test('fetches nothing, in the documents and in the texts of the server', () => {
    const files = [
      ...['README.md', 'SECURITY.md', 'CHANGELOG.md', 'ARCHITECTURE.md'],
      ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.md'))
        .map((name) => join('docs', name)),
      ...readdirSync(join(root, 'examples'), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.includes('.'))
        .map((name) => join('examples', name)),
      ...readdirSync(join(root, 'server/src'), { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('invocation.ts'))
        .map((name) => join('server/src', name)),
    ]
    expect(files.filter((name) => fetching.test(readFileSync(join(root, name), 'utf8')))).toEqual([])
  })
})

/** What commands say of a file that they cannot read or make: a sentence that names it, and no error of the system. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCommand } from './output.ts'

let folder: string
let env: Record<string, string>
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'consentry-test-'))
  env = { CONSENTRY_DATA: join(folder, 'data') }
  writeFileSync(join(folder, 'there'), 'kept')
  mkdirSync(join(folder, 'folder'))
  symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling'))
  expect((await runCommand(['migrate'], env)).code).toBe(0)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const raw = /\bE[A-Z]{3,}\b|no such file or directory|illegal operation/
const usage = ['usage', 'send', '--server', 'https://a.example', '--client', 'a']

test.each([
  [['audit', 'export', 'there'], 'is there already, and is not overwritten.'],
  [['audit', 'export', 'dangling'], 'is there already, and is not overwritten.'],
  [['audit', 'export', 'none/a'], 'there is no such file or folder.'],
  [['audit', 'verify', '--seals', 'none'], 'there is no such file or folder.'],
  [['export', 'there'], 'exists, and is not overwritten.'],
  [['export', 'none/a'], 'there is no such file or folder.'],
  [['backup', 'there'], 'is there already. A backup overwrites nothing.'],
  [['backup', 'dangling'], 'is there already. A backup overwrites nothing.'],
  [['backup', 'none/a'], 'Nothing is left of it.'],
  [['backup', 'there/a'], 'Nothing is left of it.'],
  [['restore', 'none', '--data', 'other'], 'There is no file'],
  [['restore', 'folder', '--data', 'other'], 'it is a folder'],
  [['restore', 'there', '--data', 'other', '--reapply', 'none'], 'there is no such file or folder'],
  [['apply', 'none'], 'there is no such file or folder.'],
  [['apply', 'folder'], 'it is a folder.'],
  [['import', '--from', 'csv', 'none'], 'there is no such file or folder.'],
  [['import', '--from', 'csv', 'folder'], 'it is a folder.'],
  [['init', '--yes', '--config', 'none/a'], 'there is no such file or folder.'],
  [['migrate', '--config', 'none'], 'there is no such file or folder'],
  [['migrate', '--data', 'there'], 'a part of its path is no folder'],
  [[...usage, '--from', 'none', '--secret-file', 'there'], 'there is no such file or folder.'],
  [[...usage, '--from', 'there', '--secret-file', 'none'], 'there is no such file or folder.'],
])('%j', async (argv, sentence) => {
  const paths = argv.map((word) => (/^(there|dangling|none|folder|other)\b/.test(word) ? join(folder, word) : word))
  const { CONSENTRY_SECRET = 'a root secret that is long enough for anybody' } = env
  const ran = await runCommand(paths, argv.includes('restore') ? { CONSENTRY_SECRET } : env)
  expect([ran.code === 0, ran.stdout]).toEqual([false, ''])
  expect(ran.stderr).toMatch(/^consentry: [^\n]+\n$/)
  expect(ran.stderr).toContain(sentence)
  expect(ran.stderr).not.toMatch(raw)
  expect(readFileSync(join(folder, 'there'), 'utf8')).toBe('kept')
})

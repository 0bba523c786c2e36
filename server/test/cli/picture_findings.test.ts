/** What `doctor` says of the decoder of pictures and of the brand's logo. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import sharp from 'sharp'
import { afterAll, expect, test } from 'vitest'
import { lookAtPictures } from '../../src/cli/findings/pictures.ts'
import type { Finding } from '../../src/cli/findings/providers.ts'
import { createPictures } from '../../src/runtime/pictures/pictures.ts'
import { loadSettings } from '../../src/settings.ts'
import { runCommand } from './output.ts'

const folder = mkdtempSync(join(tmpdir(), 'consentry-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const file = join(folder, 'brand.json')
const env = { CONSENTRY_DATA: folder, CONSENTRY_SECRET: 'a root secret of the tests, long enough', PORT: '1' }

function brandWith(logo?: string): Record<string, string> {
  writeFileSync(file, JSON.stringify({ name: 'Northfield', accent: { light: '#1d4ed8', dark: '#93b4ff' }, logo }))
  return { ...env, CONSENTRY_BRAND: file }
}

async function doctor(all: Record<string, string>): Promise<{ code: number; findings: readonly Finding[] }> {
  const { code, stdout } = await runCommand(['doctor', '--json'], all)
  const { findings } = JSON.parse(stdout) as { findings: readonly Finding[] }
  return { code, findings: findings.filter(({ check }) => check === 'brand' || check === 'pictures') }
}

test('doctor says that pictures can be read, and draws the logo of the brand as a start does', async () => {
  const pictures = { check: 'pictures', state: 'ok' }
  expect((await doctor(env)).findings).toMatchObject([pictures])
  const picture = sharp({ create: { width: 90, height: 30, channels: 3, background: '#1d4ed8' } })
  writeFileSync(join(folder, 'logo.png'), await picture.png().toBuffer())
  const sound = await doctor(brandWith('logo.png'))
  expect(sound.findings).toMatchObject([pictures, { state: 'ok', text: 'Northfield, with its logo' }])
  expect((await doctor(brandWith())).findings[1]).toMatchObject({ text: 'Northfield, without a logo' })
})

test.each([
  ['logo.svg', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', 'logo is an SVG'],
  ['cut.png', '\x89PNG\r\n\x1a\n', 'logo is damaged or cut off'],
  ['text.png', 'not a picture', 'logo is no picture in PNG'],
])('doctor names what a start would stumble over in the logo %s', async (name, content, why) => {
  writeFileSync(join(folder, name), Buffer.from(content, 'latin1'))
  const { code, findings } = await doctor(brandWith(name))
  expect(code).toBe(1)
  const text = expect.stringContaining(`CONSENTRY_BRAND: ${why}`)
  expect(findings[1]).toMatchObject({ check: 'brand', state: 'problem', text, repair: expect.any(String) })
})

test('where no decoder can be loaded, doctor warns, and a logo that cannot be drawn is a problem', async () => {
  const path = join(folder, 'decoder.mjs')
  writeFileSync(path, 'process.send({ ready: false }); setTimeout(() => {}, 60_000)')
  const without = createPictures(pathToFileURL(path))
  const settings = (all: Record<string, string>) => loadSettings({ env: all })
  expect(await lookAtPictures(settings(env), without)).toMatchObject([
    { check: 'pictures', state: 'warning', text: expect.stringContaining('people cannot upload a picture') },
  ])
  writeFileSync(join(folder, 'logo.gif'), 'GIF89a')
  expect(await lookAtPictures(settings(brandWith('logo.gif')), without)).toMatchObject([
    { state: 'warning' },
    { check: 'brand', state: 'problem', text: expect.stringContaining('the package sharp could not be loaded here') },
  ])
})

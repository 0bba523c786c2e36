/** The operator's brand: on every page and in mail, in the place of the product's name, and checked at the start. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, expect, test } from 'vitest'
import { drawBrand } from '../../src/brand_file.ts'
import { appUri } from '../../src/engine/account/factors/totp.ts'
import { mailerOf } from '../../src/open_mailer.ts'
import { layOut } from '../../src/runtime/mailer/layout.ts'
import { loadSettings } from '../../src/settings.ts'
import type { Brand } from '../../src/words/brand.ts'
import { branded } from '../../src/words/branded.ts'
import { de } from '../../src/words/de/index.ts'
import { en } from '../../src/words/en/index.ts'
import { signInOn, testBrowser } from '../support/browser.ts'
import { addAccount, harness } from '../support/harness.ts'
import { passkeyFormOf } from '../support/passkeys.ts'
import { everyView } from './every_page.ts'
import { byId, named, read, textOf } from './markup.ts'

const folder = mkdtempSync(join(tmpdir(), 'consentry-test-'))
afterAll(() => rmSync(folder, { recursive: true }))

const whole = {
  name: 'Northfield',
  accent: { light: '#1d4ed8', dark: '#93b4ff' },
  support: 'mailto:help@northfield.example',
  terms: 'https://northfield.example/terms',
  privacy: 'https://northfield.example/privacy',
  status: 'https://status.northfield.example/',
}

function load(brand: unknown, file = 'brand.json') {
  const path = join(folder, file)
  writeFileSync(path, typeof brand === 'string' ? brand : JSON.stringify(brand))
  return loadSettings({ env: { CONSENTRY_DATA: folder, CONSENTRY_BRAND: path } })
}

function problemOf(brand: unknown): string {
  try {
    load(brand)
    return ''
  } catch (error) {
    return String(error)
  }
}

test.each([
  ['English', en],
  ['German', de],
])('no page in %s says Consentry in any state where the footer is off', (_, words) => {
  const brand: Brand = { ...whole, styles: '/assets/brand.css', footer: false }
  for (const [name, page] of Object.entries(everyView((usual) => usual))) {
    const html = page(branded(words, brand))
    // Operators type the names of settings and of the program.
    expect(html.replaceAll(/CONSENTRY_[A-Z_]+|bin\/consentry\.js|<code[^>]*>consentry [a-z]/g, ''), name).not.toMatch(
      /consentry/i,
    )
    expect(html.match(/<title>([^<]*)/)?.[1], name).toContain('Northfield')
    expect(page(branded(words, { ...brand, footer: true })), name).toContain(branded(words, brand).kit.runsOn)
  }
})

test('no mail says Consentry: none has it in its words, and the frame has the name, the colour and the way to help', () => {
  const words = join(import.meta.dirname, '../../src/words')
  for (const language of readdirSync(words, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
    for (const file of ['mail.ts', 'sign_in.ts']) {
      expect(readFileSync(join(words, language.name, file), 'utf8')).not.toContain('Consentry')
    }
  }
  const settings = load(whole)
  const mail = en.mail.passwordChanged({ username: 'alice', at: 'now', href: 'https://northfield.example/' })
  const sender = {
    operator: 'Northfield',
    issuer: 'https://id.northfield.example',
    accent: '#1d4ed8',
    support: whole.support,
  }
  const laid = layOut('en', mail, sender)
  expect(laid.html).toContain('background:#1d4ed8')
  expect(laid.html).toContain('href="mailto:help@northfield.example"')
  expect(laid.text).toContain('Sent by Northfield (https://id.northfield.example)')
  expect(laid.text).toContain('Help: help@northfield.example')
  expect(`${laid.html}${laid.text}`).not.toContain('Consentry')
  expect(mailerOf({ ...settings, development: true }).way).toBe('outbox')
})

test('a server shows name, logo, colours and links on its pages, and serves the files that they name', async () => {
  writeFileSync(
    join(folder, 'logo.png'),
    await sharp({ create: { width: 900, height: 300, channels: 4, background: '#1d4ed8' } })
      .png()
      .toBuffer(),
  )
  const { brand: setting } = load({ ...whole, logo: 'logo.png' })
  if (setting === undefined) throw new Error('no brand was read')
  const brand = await drawBrand(setting)
  if (brand === undefined) throw new Error('no brand was drawn')
  const h = await harness({ settings: { brand, signUp: 'open' } })
  const browser = testBrowser(h.app)
  const login = await browser.get('/login')
  const tree = read(login.body)
  expect(login.body).toMatch(/<title>[^<]* · Northfield</)
  expect(textOf(tree)).toContain('Runs on Consentry')
  const hrefs = named(tree, 'a').map((one) => one.attributes.href)
  expect(hrefs).toEqual(expect.arrayContaining([whole.support, whole.terms, whole.privacy, whole.status]))
  const [styles] = login.body.match(/\/assets\/brand\.[0-9a-f]{16}\.css/) ?? []
  const [logo] = login.body.match(/\/assets\/logo\.[0-9a-f]{16}\.png/) ?? []
  const css = await h.app.inject(styles ?? '')
  expect([css.headers['content-type'], css.body.includes('--accent: #1d4ed8;')]).toEqual([
    'text/css; charset=utf-8',
    true,
  ])
  const image = await h.app.inject(logo ?? '')
  const { width, height, format } = await sharp(image.rawPayload).metadata()
  expect([image.headers['content-type'], width, height, format]).toEqual(['image/png', 288, 96, 'png'])
  expect((await browser.get('/')).body).not.toContain('Consentry 0')
  expect((await browser.get('/nowhere')).body).toContain('Northfield')
  const form = read((await browser.get('/signup')).body)
  expect(byId(form, 'signup-form')).toBeDefined()
  await addAccount(h)
  await h.close()
})

test('authenticators name an account of the brand', async () => {
  const { accent } = whole
  const h = await harness({ settings: { brand: { name: 'Northfield Health', accent, footer: true } } })
  const account = await addAccount(h)
  const browser = testBrowser(h.app)
  await signInOn(browser, await browser.get('/login'))
  const { options } = passkeyFormOf((await browser.get('/account/security/passkeys')).body)
  expect(options).toMatchObject({ rp: { id: 'localhost', name: 'Northfield Health' } })
  const [session] = await h.storage.sessions.listByUser(account.id)
  if (session === undefined) throw new Error('nobody is signed in')
  const uri = new URL(await appUri(h.context, { account, session }, 'JBSWY3DPEHPK3PXP'))
  expect(uri.searchParams.get('issuer')).toBe('Northfield Health')
  expect(decodeURIComponent(uri.pathname)).toContain('Northfield Health:alice@example.com')
  await h.close()
})

test('without the file nothing of a brand is there', async () => {
  const h = await harness()
  const { body } = await testBrowser(h.app).get('/login')
  expect(body).toMatch(/<title>[^<]* · Consentry</)
  expect(body).not.toMatch(/brand\.|Runs on|rel="noreferrer">(?:Help|Terms|Privacy|Status)/)
  await h.close()
})

test('a file that cannot be used is a start error with the member and the reason', async () => {
  const faint = 'has a contrast of'
  const cases: [unknown, string][] = [
    ['{', 'is not JSON'],
    [[], 'CONSENTRY_BRAND: the file'],
    [{ ...whole, name: '' }, 'CONSENTRY_BRAND: name '],
    [{ ...whole, name: 'x'.repeat(61) }, 'CONSENTRY_BRAND: name has more than 60 characters'],
    [{ ...whole, name: 'North\u202efield' }, 'CONSENTRY_BRAND: name '],
    [{ ...whole, accent: '#fff' }, 'CONSENTRY_BRAND: accent '],
    [{ ...whole, accent: { ...whole.accent, dark: 'red' } }, 'accent.dark must be a colour such as #0b6e5d'],
    [{ ...whole, accent: { ...whole.accent, light: '#ffee00' } }, `accent.light (#ffee00) ${faint} 1.`],
    [{ ...whole, accent: { ...whole.accent, dark: '#333333' } }, `accent.dark (#333333) ${faint} 1.`],
    [{ ...whole, accent: { ...whole.accent, light: '#777777' } }, '; 4.5 to 1 is needed'],
    [{ ...whole, support: 'javascript:alert(1)' }, 'CONSENTRY_BRAND: support must be an https or mailto URL'],
    [{ ...whole, terms: 'http://northfield.example' }, 'CONSENTRY_BRAND: terms must be an https URL'],
    [{ ...whole, terms: { url: 'http://northfield.example', version: '1' } }, 'terms.url must be an https URL'],
    [{ ...whole, terms: { version: '1' } }, 'CONSENTRY_BRAND: terms.url '],
    [{ ...whole, privacy: { url: whole.privacy } }, 'CONSENTRY_BRAND: privacy.version '],
    [{ ...whole, privacy: { url: whole.privacy, version: 'x'.repeat(41) } }, 'privacy.version has more than 40'],
    [{ ...whole, privacy: { url: whole.privacy, version: '1', language: 'en' } }, 'privacy.language is not known here'],
    [{ ...whole, colour: 'x' }, 'CONSENTRY_BRAND: colour is not known here'],
    [{ ...whole, footer: 'no' }, 'CONSENTRY_BRAND: footer '],
    [{ ...whole, logo: 'missing.png' }, 'missing.png) cannot be read'],
  ]
  for (const [file, problem] of cases) expect(problemOf(file), JSON.stringify(file).slice(0, 80)).toContain(problem)
  expect(() => loadSettings({ env: { CONSENTRY_DATA: folder, CONSENTRY_BRAND: join(folder, 'none.json') } })).toThrow(
    'cannot be read',
  )
  writeFileSync(join(folder, 'logo.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
  const { brand } = load({ ...whole, logo: 'logo.svg' })
  await expect(drawBrand(brand)).rejects.toThrow(
    'CONSENTRY_BRAND: logo is an SVG, which can hold programs; save it as PNG',
  )
})

test('people cannot take names that pose as the brand', async () => {
  const brand = await drawBrand(load(whole).brand)
  const h = await harness({ settings: { brand, signUp: 'open' } })
  const browser = testBrowser(h.app)
  const page = await browser.get('/signup')
  const csrf = page.body.match(/name="csrf" value="([^"]*)"/)?.[1] ?? ''
  const fields = { csrf, username: 'northfield-help', email: 'a@example.com', password: 'correct horse battery' }
  expect((await browser.post('/signup', fields)).body).toContain('This name could be mistaken for this server')
  await h.close()
})

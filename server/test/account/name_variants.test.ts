/**
 * Names that cannot be seen, told apart or borne by a page, at every place where somebody names something: whoever can be
 * told so is refused in a sentence, and what a provider says of a person is shown as far as it can be.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DocumentError, parseDocument } from '../../src/engine/operator/apply/document.ts'
import { canonicalEmail } from '../../src/protocol/account_names.ts'
import type { Account } from '../../src/storage/contract.ts'
import { runCommand } from '../cli/output.ts'
import { registerApp, signedIn } from '../pages/developer.ts'
import { openSetting, type Setting, signInThrough } from '../providers/setting.ts'
import { hiddenFields, type TestBrowser, testBrowser } from '../support/browser.ts'
import { addAccount, addClient, alicePassword, callback } from '../support/harness.ts'

let s: Setting
let dev: TestBrowser
let csrf: string
let path: string
let keyPath: string
let secretId: string
let folder: string
let stranger: TestBrowser
let signUpForm: Record<string, string>
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'consentry-test-'))
  s = await openSetting()
  const alice = await addAccount(s)
  dev = await signedIn(s)
  csrf = hiddenFields(await dev.get('/logout')).csrf ?? ''
  path = `/developer/apps/${(await registerApp(dev)).id}`
  secretId = /\/secrets\/([^/"]+)\/remove/.exec((await dev.get(`${path}/secrets`)).body)?.[1] ?? ''
  stranger = testBrowser(s.app)
  signUpForm = hiddenFields(await stranger.get('/signup'))
  await dev.post('/developer/keys', { csrf, name: 'Meter' })
  keyPath = `/developer/keys/${/data-key="([^"]+)"/.exec((await dev.get('/developer/keys')).body)?.[1]}`
  await addClient(s, { client_name: 'Northfield Home', first_party: true }, { ownerId: alice.id })
})
afterAll(async () => {
  await s.close()
  rmSync(folder, { recursive: true, force: true })
})

/** What nobody may be called, the operator's own things neither. */
const hidden: readonly (readonly [string, string])[] = [
  ['nothing that can be seen', '\u3164'],
  ['a filler of half width', 'Mea\uffa0dow'],
  ['a filler of Hangul', 'Mea\u115fdow'],
  ['a zero-width space', 'Mea\u200bdow'],
  ['a zero-width joiner', 'Mea\u200ddow'],
  ['a soft hyphen', 'Mea\u00addow'],
  ['a combining grapheme joiner', 'Mea\u034fdow'],
  ['a variation selector', 'Meadow\ufe0f'],
  ['a supplementary variation selector', 'Meadow\u{e0100}'],
  ['a tag', 'Meadow\u{e0041}'],
  ['an inherent vowel of Khmer', 'Mea\u17b4dow'],
  ['a separator of Mongolian', 'Mea\u180edow'],
  ['a change of direction', 'Meadow\u202egpj'],
  ['an isolated direction', 'Meadow\u2067gpj\u2069'],
  ['a mark of direction', 'Meadow\u200f'],
  ['blank braille', 'Meadow\u2800'],
  ['a line separator', 'Mea\u2028dow'],
  ['a line break', 'Mea\ndow'],
  ['an escape of terminals', 'Mea\u001b[2Jdow'],
  ['a NUL', 'Mea\0dow'],
  ['a control of the second set', 'Mea\u009bdow'],
  ['a private character', 'Mea\ue000dow'],
  ['a character that there is not', 'Mea\u{e0080}dow'],
  ['a byte order mark', 'Mea\ufeffdow'],
  ['only signs', '\u2726\u2726\u2726'],
  ['too much', 'a'.repeat(101)],
  ['too much once it is composed', '\u0958'.repeat(60)],
]

/** What developers and those who sign up may not be called; the operator may. */
const mistakable: readonly (readonly [string, string])[] = [
  ['two alphabets in a word', 'Me\u0430dow'],
  ['Latin and Greek in a word', 'Mead\u03bfw'],
  ['Latin and Cherokee in a word', '\u13a1adow'],
  [
    'the server\u2019s name in letters of mathematics',
    '\u{1d402}\u{1d428}\u{1d427}\u{1d42c}\u{1d41e}\u{1d427}\u{1d42d}\u{1d42b}\u{1d432}',
  ],
  ['the server\u2019s name in full width', '\uff23\uff4f\uff4e\uff53\uff45\uff4e\uff54\uff52\uff59'],
  ['the server\u2019s name with a digit', 'C0nsentry'],
  ['the server\u2019s name all in Cyrillic where that is alike', 'C\u043ensentry'],
  ['the server\u2019s name with dots', 'C.o.n.s.e.n.t.r.y'],
  ['an office', 'administrator'],
  ['a claim', 'official'],
]

/** What the operator vouches for, which apps alone may be mistaken for. */
const vouchedFor: readonly (readonly [string, string])[] = [
  ['an app of the operator', 'Northfield Home'],
  ['an app of the operator with other spaces', 'Northfield\u00a0\u2003Home'],
  ['an app of the operator in look-alikes', 'N0rthfield Horne'],
  ['marks upon a letter', 'Z\u0335\u0322\u0321\u0328algo'],
  ['a check mark', 'Meadow \u2713'],
  ['a lock', 'Meadow \u{1f512}'],
]

const ok = (status: number) => {
  expect([200, 303, 400]).toContain(status)
  return status !== 400
}

/** Where developers name what other people see. */
const app = { kind: 'web', redirect_uris: callback, scope: 'basic' }
const registers = async (fields: Record<string, string>) =>
  ok((await dev.post('/developer/apps/new', { csrf, ...app, ...fields })).status)
const apps: Record<string, (name: string) => Promise<boolean>> = {
  'an app when it is registered': (name) => registers({ name }),
  'a publisher when the app is registered': (publisher) => registers({ name: 'Meadow', publisher }),
  'an app that is renamed': async (name) => ok((await dev.post(`${path}/settings/name`, { csrf, name })).status),
  'a publisher': async (publisher) => ok((await dev.post(`${path}/settings/details`, { csrf, publisher })).status),
}

/** Where developers name what they alone see. */
const things: Record<string, (name: string) => Promise<boolean>> = {
  'a secret': async (name) => ok((await dev.post(`${path}/secrets`, { csrf, name })).status),
  'a secret that replaces another': async (name) =>
    ok((await dev.post(`${path}/secrets/${secretId}/replace`, { csrf, name, overlap: 'week' })).status),
  'a subscription key': async (name) => ok((await dev.post('/developer/keys', { csrf, name })).status),
  'a subscription key that is renamed': async (name) => ok((await dev.post(keyPath, { csrf, name })).status),
}

/** Whether nothing is wrong with a field of the sign-up form. The password is always wrong, so that nobody signs up. */
async function signsUp(field: 'username' | 'email', text: string): Promise<boolean> {
  s.clock.move(60_000)
  const page = await stranger.post('/signup', {
    ...signUpForm,
    username: 'meadow',
    email: 'a@b.example',
    [field]: text,
  })
  expect(page.status).toBe(400)
  return page.body.includes('id="password-problem"') && !page.body.includes(`id="${field}-problem"`)
}

function applies(document: unknown): boolean {
  try {
    parseDocument(JSON.stringify(document))
    return true
  } catch (error) {
    expect(error).toBeInstanceOf(DocumentError)
    expect(String(error)).not.toMatch(/\p{Cc}(?<!\n)/u)
    return false
  }
}

const runs = async (...argv: string[]) => {
  const { code, stderr } = await runCommand(argv, { CONSENTRY_DATA: join(folder, 'data') })
  return code === 0 || /No client/.test(stderr)
}

/** Where the operator names something. */
const client = { client_id: 'x', redirect_uris: [callback] }
const resource = { resource: 'https://api.example' }
const provider = { id: 'x', kind: 'oidc', issuer: 'https://x.example', client_id: 'y' }
const person = { username: 'x', password: alicePassword }
const operators: Record<string, (name: string) => Promise<boolean> | boolean> = {
  'apply: an app': (name) => applies({ clients: [{ ...client, client_name: name }] }),
  'apply: a publisher': (name) => applies({ clients: [{ ...client, publisher: name }] }),
  'apply: the name of a person': (name) => applies({ users: [{ ...person, claims: { name } }] }),
  'apply: the given name of a person': (name) => applies({ users: [{ ...person, claims: { given_name: name } }] }),
  'apply: the nickname of a person': (name) => applies({ users: [{ ...person, claims: { nickname: name } }] }),
  'apply: an API': (name) => applies({ resources: [{ ...resource, name }] }),
  'apply: the words of a scope': (en) =>
    applies({ resources: [{ ...resource, scopes: [{ name: 'x', title: { en } }] }] }),
  'apply: a provider': (name) => applies({ providers: [{ ...provider, name }] }),
  'apply: a subscription key': (name) => applies({ subscription_keys: [{ key: 'a'.repeat(32), owner: 'x', name }] }),
  'client create': (name) => runs('client', 'create', name, '--redirect-uri', callback),
  'client verify --by': (name) => runs('client', 'verify', 'nobody', '--by', name),
}
const operatorsPeople: typeof operators = {
  'apply: a username': (username) => applies({ users: [{ ...person, username }] }),
  'user create': (name) => runs('user', 'create', name, '--password', alicePassword),
}

/** What only JSON can say: a form holds no such text. */
const onlyInJson = ['half a surrogate', 'Mea\ud800dow'] as const

async function expectRefused(places: Readonly<Record<string, (name: string) => unknown>>, name: string) {
  for (const [place, take] of Object.entries(places)) expect(await take(name), place).toBe(false)
}

describe('what cannot be seen', () => {
  test.each(hidden)('%s is no name for anything', async (_what, name) => {
    await expectRefused({ ...apps, ...things, ...operators, ...operatorsPeople }, name)
    expect(await signsUp('username', name), 'a username').toBe(false)
  })

  test('half a surrogate is no name in the operator\u2019s document', async () => {
    for (const [place, take] of Object.entries(operators)) {
      if (place.startsWith('apply')) expect(await take(onlyInJson[1]), place).toBe(false)
    }
  })

  test('nor part of an e-mail address', async () => {
    for (const [what, name] of hidden.filter(([what]) => !/^(too|a NUL)/.test(what))) {
      expect(await signsUp('email', `${name}@example.com`), what).toBe(false)
      expect(applies({ users: [{ ...person, email: `${name}@example.com` }] }), what).toBe(false)
    }
    // Marks that a domain may not hold are taken out of it (UTS 46 \u00a74); what stays is refused.
    expect(await signsUp('email', 'a@exa\u115fmple.com')).toBe(false)
    expect(canonicalEmail('a@exa\ufe0fmp\u034fle.com')).toBe('a@example.com')
  })
})

describe('what could be mistaken', () => {
  test.each(mistakable)('%s is no name for an app or a person', async (_what, name) => {
    await expectRefused(apps, name)
    expect(await signsUp('username', name), 'a username').toBe(false)
    expect(applies({ clients: [{ ...client, client_name: name }] }), 'the operator may').toBe(true)
  })

  test.each(vouchedFor)('%s is no name for an app', async (_what, name) => {
    await expectRefused(apps, name)
  })
})

test('what is named with spaces more is kept without them, and stays readable in every length that is taken', async () => {
  for (const [given, kept] of [
    ['  Meadow \u00a0\u2003  Notes ', 'Meadow Notes'],
    ['\u0958'.repeat(50), '\u0915\u093c'.repeat(50)],
    ['e\u0301'.repeat(100), '\u00e9'.repeat(100)],
  ] as const) {
    const { id, page } = await registerApp(dev, { name: given, publisher: given })
    expect(page.status).toBe(200)
    const { metadata } = (await s.storage.clients.find(id)) ?? {}
    expect([metadata?.client_name, metadata?.publisher]).toEqual([kept, kept])
    expect((await dev.get(`/developer/apps/${id}`)).status).toBe(200)
  }
})

test('an app that an older release took under such a name is shown as far as it can be, and works', async () => {
  const old = { client_name: 'Mea\u3164d\ufe0fow', publisher: '\u3164' }
  const { id } = await addClient(s)
  await s.storage.clients.amend(id, ({ metadata }) => ({ metadata: { ...metadata, ...old } }))
  s.context.clients.forget()
  const { name, metadata } = (await s.context.clients.find(id)) ?? {}
  expect([name, metadata?.publisher]).toEqual(['Meadow', undefined])
})

test('what an app or a browser says of a device is shown as far as it can be', async () => {
  for (const [what, name] of hidden.filter(([what]) => !/^(too much|a NUL)/.test(what))) {
    const form = new URLSearchParams({ username: 'alice', password: alicePassword, 'device-info': `${name} 7` })
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const made = await s.app.inject({ method: 'POST', url: '/v1/oauth/', headers, payload: form.toString() })
    expect([what, made.statusCode]).toEqual([what, 200])
  }
  const agents = await s.app.inject({
    method: 'POST',
    url: '/v1/oauth/',
    headers: { 'user-agent': 'Mea\u00addow \u009b2J phone' },
    payload: { username: 'alice', password: alicePassword },
  })
  expect(agents.statusCode).toBe(200)
  const grants = await s.storage.grants.listByUser((await s.storage.accounts.findByLogin('alice'))?.id ?? 'usr_', 100)
  expect(grants.length).toBeGreaterThan(20)
  const shown = (await dev.get('/account/devices')).body
  expect(shown).toContain('Meadow 7')
  expect(shown).toContain('Meadow 2J phone')
  expect(shown).not.toMatch(/[\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Default_Ignorable_Code_Point}\u2800\u009b]/u)
})

describe('what a provider says of a person', () => {
  const shown: readonly (readonly [string, string, string | undefined])[] = [
    ...[...hidden, onlyInJson]
      .filter(([what]) => !/^(nothing|only|too much)/.test(what))
      .map(([what, name]) => [what, name, name.replaceAll(/[^a-zA-Z[2]/g, '')] as const),
    ['nothing that can be seen', '\u3164', undefined],
    ['only signs', '\u2726\u2726', undefined],
    ['too much', 'a'.repeat(400), 'a'.repeat(100)],
    ['too much, cut within a pair', `a${'\u{1d402}'.repeat(90)}`, `a${'\u{1d402}'.repeat(49)}`],
    ['more than anything', 'a'.repeat(2000), undefined],
    ['no text', { toString: 'x' } as unknown as string, undefined],
  ]

  async function comesIn(persona: Record<string, unknown>): Promise<Account | undefined> {
    s.clock.move(60_000)
    s.provider.persona = { sub: `named ${s.clock.now()}`, ...persona }
    const { page } = await signInThrough(s)
    expect(page.path).toBe('/account')
    return (await s.storage.identities.find(s.provider.issuer, s.provider.persona.sub))?.account
  }

  test('is shown as far as it can be, and keeps nobody out', async () => {
    const names = ['name', 'given_name', 'family_name'] as const
    for (let at = 0; at < shown.length; at += 3) {
      const rows = shown.slice(at, at + 3)
      const account = await comesIn(Object.fromEntries(rows.map(([, given], i) => [names[i], given])))
      for (const [i, [what, , expected]] of rows.entries()) {
        expect(account?.claims[names[i] ?? ''], what).toBe(expected)
      }
      expect(account?.username).toMatch(/^[a-zA-Z0-9-]+$/)
    }
  })

  test.each([...mistakable.slice(0, 4), ...hidden.slice(0, 1)])('%s is no username', async (_what, name) => {
    expect((await comesIn({ preferred_username: name }))?.username).toMatch(/^user-/)
  })
})

/** Odd values in place of an ID in the address of a page or an API get an answer, never a fault, over both databases. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addApp, newTokens } from '../dialects/quantimodo/quantimodo.ts'
import { registerApp, signedIn } from '../pages/developer.ts'
import { hiddenFields, type TestBrowser } from '../support/browser.ts'
import { drivers, type Servers } from '../support/drivers.ts'
import { addAccount } from '../support/harness.ts'

const values = [
  '%00',
  'a%00b',
  '%ED%A0%80',
  '%C0%80',
  '%FF',
  '%zz',
  '%E3%85%A4',
  '%E2%80%AE',
  '..%2f..%2fetc',
  '%2e%2e',
  '__proto__',
  'constructor',
  '-1',
  '9007199254740993',
  '99999999999999999999999999',
  '1e9',
  'NaN',
  'a'.repeat(300),
  "'%20or%201=1--",
  '%25',
  '%0d%0aX-Evil:%201',
]

describe.each(await drivers())('over $name', (driver) => {
  let servers: Servers
  let dev: TestBrowser
  let csrf: string
  let appId: string
  let access: string
  beforeAll(async () => {
    servers = await driver.servers()
    const alice = await addAccount(servers.h)
    dev = await signedIn(servers.h)
    csrf = hiddenFields(await dev.get('/logout')).csrf ?? ''
    appId = (await registerApp(dev)).id
    access = (await newTokens({ ...servers.h, alice }, await addApp(servers.h))).access
  })
  afterAll(() => servers.close())

  const pages = [
    ...[
      '',
      '/settings',
      '/secrets',
      '/requests',
      '/testers',
      '/redirect-uris',
      '/legacy',
      '/start',
      '/secret',
      '/delete',
    ].map((page) => `/developer/apps/VALUE${page}`),
    ...[
      '/requests/VALUE',
      '/requests?after=VALUE',
      '/requests?client=VALUE',
      '/secrets/VALUE/replace',
      '/secrets/VALUE/remove',
    ].map((page) => `/developer/apps/APP${page}`),
    ...['', '/delete'].map((page) => `/developer/keys/VALUE${page}`),
    ...['/account/apps/VALUE', '/account/apps/VALUE/remove', '/account/apps?page=VALUE', '/account/devices?page=VALUE'],
    ...['/login/return/VALUE?state=VALUE&code=VALUE', '/login?next=VALUE', '/login?request=VALUE', '/assets/VALUE'],
    ...['/oauth/authorize?resume=VALUE', '/setup?token=VALUE', '/VALUE'],
  ]
  const posts = [
    ...['/settings/name', '/secrets', '/testers', '/testers/remove', '/delete', '/end-tokens', '/settings/details'].map(
      (page) => `/developer/apps/VALUE${page}`,
    ),
    ...['/secrets/VALUE/replace', '/secrets/VALUE/remove'].map((page) => `/developer/apps/APP${page}`),
    ...['', '/answer', '/leave', '/rotate', '/collaborators', '/collaborators/remove', '/delete'].map(
      (page) => `/developer/keys/VALUE${page}`,
    ),
    ...['/account/apps/VALUE/remove', '/account/apps/invitations', '/account/devices', '/login/start/VALUE'],
  ]
  const api = [
    ...['/measurements/VALUE', '/variables/VALUE', '/measurements?variableName=VALUE', '/variables?name=VALUE'],
    ...[
      '/measurements?limit=VALUE&offset=VALUE',
      '/measurements?sort=VALUE',
      '/measurements?source=VALUE',
      '/appSettings?clientId=VALUE',
    ],
  ]

  // The first ones are what the databases do not agree about.
  test.each(driver.name === 'SQLite' ? values : values.slice(0, 8))('%s', async (value) => {
    const at = (path: string) => path.replaceAll('VALUE', value).replace('APP', appId)
    const sound = (status: number, headers: Record<string, unknown>, path: string) => {
      expect([path, status < 500], path).toEqual([path, true])
      expect(headers['x-evil'], path).toBeUndefined()
    }
    for (const path of pages.map(at)) {
      const { response } = await dev.get(path)
      sound(response.statusCode, response.headers, path)
    }
    const plain = value.replaceAll(/%(?![0-9a-f]{2})/gi, '%25')
    for (const path of posts.map(at)) {
      const fields = ['name', 'username', 'person', 'client_id', 'session', 'id', 'grant', 'answer', 'uri', 'publisher']
      const form = [`csrf=${encodeURIComponent(csrf)}`, ...fields.map((field) => `${field}=${plain}`)].join('&')
      const { response } = await dev.post(path, form)
      sound(response.statusCode, response.headers, path)
    }
    for (const path of api.map(at).flatMap((one) => [`/api/v1${one}`, `/api/v3${one}`])) {
      const answer = await servers.h.app.inject({ url: path, headers: { authorization: `Bearer ${access}` } })
      sound(answer.statusCode, answer.headers, path)
    }
    expect(await servers.h.storage.clients.find(appId)).toBeDefined()
  })
})

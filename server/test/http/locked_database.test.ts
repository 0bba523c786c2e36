/** A database that somebody else keeps locked: what only reads is answered, and what writes says when to come back. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { expect, test } from 'vitest'
import { openSqlite } from '../../src/storage/sqlite.ts'
import { authorize, authorizeUrl, exchangeCode, testBrowser } from '../support/browser.ts'
import { addAccount, addClient, harness } from '../support/harness.ts'

test('pages and the API are read while others wait to write, who are told to come back', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'consentry-locked-'))
  const path = join(folder, 'locked.db')
  const h = await harness({ open: (clock) => openSqlite({ path, clock }) })
  const alice = await addAccount(h)
  const client = await addClient(h, {}, { ownerId: alice.id })
  const { browser, code } = await authorize(h.app, authorizeUrl(client))
  const { body } = await exchangeCode(h.app, client, code)
  // What was seen since then is noted in the database a moment later, and pages would rather wait for it.
  h.clock.move(120_000)
  await browser.get('/account')

  const other = new DatabaseSync(path)
  other.exec('begin immediate')
  const again = testBrowser(h.app)
  const late = h.app.inject({
    method: 'POST',
    url: '/oauth/token',
    payload: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: body.refresh_token ?? '' }).toString(),
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`,
    },
  })
  const signIn = again.post('/login', { username: 'alice', password: 'x' })
  const read = async (url: string, headers: Record<string, string>) => {
    const began = performance.now()
    const answer = await browser.get(url, headers)
    return { url, status: answer.status, slow: performance.now() - began > 3000 }
  }
  const authorization = { authorization: `Bearer ${body.access_token}` }
  const pages = [
    '/login',
    '/account',
    '/account/apps',
    '/account/devices',
    '/account/security',
    '/developer',
    `/developer/apps/${client.id}`,
    `/developer/apps/${client.id}/requests`,
    '/developer/keys',
    '/oauth/jwks',
  ]
  for (const url of pages) expect(await read(url, {})).toEqual({ url, status: 200, slow: false })
  const url = '/api/v4/measurements'
  expect(await read(url, authorization)).toEqual({ url, status: 200, slow: false })

  const answer = await late
  expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '2'])
  expect(answer.json()).toMatchObject({ error: 'temporarily_unavailable' })
  await signIn
  other.exec('rollback')
  other.close()
  await h.close()
  rmSync(folder, { recursive: true, force: true })
})

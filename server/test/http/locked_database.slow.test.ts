/** A database that somebody else keeps locked: what only reads is answered, and what writes says when to come back. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { expect, test } from 'vitest'
import { StorageUnavailable } from '../../src/storage/contract.ts'
import { authorize, authorizeUrl, exchangeCode, testBrowser, token } from '../support/browser.ts'
import { addAccount, addClient, harness, openCopy } from '../support/harness.ts'

test('pages and the API are read while others wait to write, who are told to come back', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'consentry-locked-'))
  const path = join(folder, 'locked.db')
  const h = await harness({ open: (clock) => openCopy(path, clock) })
  const alice = await addAccount(h)
  const client = await addClient(h, {}, { ownerId: alice.id })
  const { browser, code } = await authorize(h.app, authorizeUrl(client))
  const { body } = await exchangeCode(h.app, client, code)
  const pages = [
    '/login',
    '/account',
    '/account/apps',
    '/account/devices',
    '/account/security',
    '/developer',
    `/developer/apps/${client.id}`,
    `/developer/apps/${client.id}/start`,
    `/developer/apps/${client.id}/requests`,
    '/developer/keys',
    '/oauth/jwks',
  ]
  // The processes that read long lists have started.
  for (const url of pages) await browser.get(url)
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
  // Each page is asked for just after somebody began to wait for the lock. Those give up after five seconds: a page that
  // is answered before them did not wait for it. Its log has something to write, which it would like to see written.
  const writers: Promise<unknown>[] = []
  const visit = async (url: string, headers: Record<string, string> = {}) => {
    let waits = true
    const writer = h.storage.failures.add('somebody', 60_000, h.clock.now()).finally(() => {
      waits = false
    })
    writers.push(expect(writer).rejects.toBeInstanceOf(StorageUnavailable))
    const refused = await token(h.app, client, { grant_type: 'unknown' })
    const { status } = await browser.get(url, headers)
    return { url, status, refused: refused.status, othersWait: waits }
  }
  for (const url of pages) expect(await visit(url)).toEqual({ url, status: 200, refused: 400, othersWait: true })
  const url = '/api/v4/measurements'
  const told = await visit(url, { authorization: `Bearer ${body.access_token}` })
  expect(told).toEqual({ url, status: 200, refused: 400, othersWait: true })

  await Promise.all(writers)
  const answer = await late
  expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '2'])
  expect(answer.json()).toMatchObject({ error: 'temporarily_unavailable' })
  await signIn
  other.exec('rollback')
  other.close()
  await h.close()
  rmSync(folder, { recursive: true, force: true })
})

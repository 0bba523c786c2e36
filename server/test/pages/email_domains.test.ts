/** E-mail addresses at domains beyond ASCII: one address is one account, however it is spelled and wherever it comes in. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kysely } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { canonicalEmail } from '../../src/protocol/account_names.ts'
import { unifyEmails } from '../../src/storage/migrations/0007_email_domains.ts'
import type { Tables } from '../../src/storage/sql/schema.ts'
import { databaseOpener } from '../../src/storage/sqlite/database.ts'
import { sqliteDialect } from '../../src/storage/sqlite/dialect.ts'
import { openSqlite } from '../../src/storage/sqlite.ts'
import { hiddenFields, signInOn, testBrowser } from '../support/browser.ts'
import { addAccount, alicePassword, type Harness, harness } from '../support/harness.ts'

let h: Harness
let folder: string
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'consentry-test-'))
  h = await harness({ open: (clock) => openSqlite({ path: join(folder, 'consentry.db'), clock }) })
})
afterEach(async () => {
  await h.close()
  rmSync(folder, { recursive: true, force: true })
})

async function signUp(username: string, email: string) {
  const browser = testBrowser(h.app)
  const fields = { username, email, password: alicePassword }
  const form = hiddenFields(await browser.get('/signup'))
  return browser.follow(await browser.post('/signup', { ...form, ...fields }))
}

describe('an address', () => {
  test.each([
    ['maria@xn--mller-kva.example', 'maria@müller.example'],
    ['joe@bücher.example', 'joe@xn--bcher-kva.example'],
    ['joe@BÜCHER.example', 'joe@bücher.example'],
    ['joe@bu\u0308cher.example', 'joe@XN--BCHER-KVA.example'],
  ])('signed up as %s is signed in to as %s, and is nobody else’s to take', async (first, second) => {
    expect((await signUp('first', first)).path).toBe('/account')
    const browser = testBrowser(h.app)
    expect((await signInOn(browser, await browser.get('/login'), second)).path).toBe('/account')
    const again = await signUp('second', second)
    expect([again.status, again.path]).toEqual([400, '/signup'])
  })

  test('is left as it is where its domain is none', () => {
    for (const text of ['joe@bücher.example/evil', 'joe@ü@', '@bücher.example', 'bücher']) {
      expect(canonicalEmail(text)).toBe(text)
    }
    expect(canonicalEmail(' Joe@Example.com ')).toBe('Joe@Example.com')
    expect(canonicalEmail('joe@127.1')).toBe('joe@127.1')
  })
})

test('the migration brings stored addresses to one form, and reports a clash instead of failing', async () => {
  const { accounts } = h.storage
  const stored = async (username: string, email: string) => {
    const account = await addAccount(h, username)
    await accounts.update(account.id, { email })
    return account
  }
  const maria = await stored('maria', 'maria@müller.example')
  const joe = await stored('joe', 'joe@bücher.example')
  const other = await stored('joseph', 'joe@xn--bcher-kva.example')
  const open = await databaseOpener(join(folder, 'consentry.db'))
  const database = await open(2000)
  const db = new Kysely<Tables>({ dialect: sqliteDialect(database, () => database.close()) })
  await unifyEmails(db)
  await db.destroy()
  expect((await accounts.find(maria.id))?.email).toBe('maria@xn--mller-kva.example')
  expect((await accounts.findByLogin('maria@xn--mller-kva.example'))?.id).toBe(maria.id)
  expect((await accounts.find(joe.id))?.email).toBe('joe@bücher.example')
  expect(await h.storage.documents.list('account_clashes')).toEqual([{ name: joe.id, body: { other: other.id } }])
})

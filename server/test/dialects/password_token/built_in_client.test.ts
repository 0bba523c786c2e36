/** The built-in clients in the operator's document: their scope is the operator's, their protocol is not. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { registerClient } from '../../../src/engine/client/register_client.ts'
import { executeApply, planApply } from '../../../src/engine/operator/apply/apply.ts'
import { parseDocument } from '../../../src/engine/operator/apply/document.ts'
import { clientMetadataSchema } from '../../../src/protocol/client_metadata.ts'
import { addAccount, addClient, alicePassword, byCommand, type Harness, harness } from '../../support/harness.ts'

let h: Harness
beforeEach(async () => {
  h = await harness()
  await addAccount(h)
})
afterEach(() => h.close())

async function apply(document: object, prune = false): Promise<readonly string[]> {
  const changes = await planApply(h.context, parseDocument(JSON.stringify(document)), { prune })
  await executeApply(h.context, byCommand, changes)
  h.context.clients.forget()
  return changes.map(({ action, name }) => `${action} ${name}`)
}

async function scopeOfNewToken(): Promise<string> {
  const query = new URLSearchParams({ username: 'alice', password: alicePassword })
  const { data } = (await h.app.inject({ method: 'POST', url: `/v1/oauth/?${query}` })).json()
  const headers = { authorization: `Token ${data.access_token}`, 'content-type': 'application/x-www-form-urlencoded' }
  const payload = `token=${data.access_token}`
  return (await h.app.inject({ method: 'POST', url: '/oauth/introspect', headers, payload })).json().scope
}

test('the operator sets the scope and the life of the tokens', async () => {
  expect(await scopeOfNewToken()).toBe('basic readmeasurements writemeasurements')
  const document = { clients: [{ client_id: 'password-token', scope: 'basic', access_token_ttl: 3600 }] }
  expect(await apply(document)).toEqual(['update password-token'])
  expect(await apply(document)).toEqual([])
  expect(await scopeOfNewToken()).toBe('basic')
})

test('what keeps the client to its protocol cannot be changed, not even in the database', async () => {
  const entry = { client_id: 'password-token', dialects: ['oauth'], redirect_uris: ['https://app.example/cb'] }
  expect(() => parseDocument(JSON.stringify({ clients: [entry] }))).toThrow(/dialects: cannot be changed/)
  const metadata = clientMetadataSchema.parse({
    redirect_uris: ['https://app.example/cb'],
    dialects: ['oauth', 'password_token'],
    grant_types: ['authorization_code', 'password'],
  })
  await h.storage.clients.amend('password-token', () => ({ ownerId: null, status: 'enabled', metadata }))
  h.context.clients.forget()
  expect((await h.context.clients.find('password-token'))?.metadata).toMatchObject({
    redirect_uris: [],
    dialects: ['password_token'],
    grant_types: ['password'],
    token_endpoint_auth_method: 'none',
  })
})

test('pruning leaves the built-in clients alone', async () => {
  const { id } = await addClient(h)
  expect(await apply({ clients: [] }, true)).toEqual([`remove ${id}`])
  expect(await scopeOfNewToken()).toContain('basic')
})

test('nobody registers an app under their names', async () => {
  const metadata = clientMetadataSchema.parse({ redirect_uris: ['https://app.example/cb'] })
  expect(await registerClient(h.storage, { clientId: 'jwt-login', ownerId: null, metadata }, 0)).toBe('taken')
})

/** How the API says no: one envelope, the challenges of RFC 6750, and nothing about our own faults. */
import { expect, test } from 'vitest'
import { type Reason, Refusal, refusals } from '../../src/protocol/refusal.ts'
import { StorageUnavailable } from '../../src/storage/contract.ts'
import { createHost, flat, issuer } from './host.ts'

const metadata = `resource_metadata="${issuer}/.well-known/oauth-protected-resource/api"`

function envelope(code: number, error: string, message: string) {
  return {
    status: 'ERROR',
    success: false,
    code,
    error,
    error_description: message,
    message,
    errorMessage: message,
    errors: [{ message }],
  }
}

test('a request without token is challenged without an error code', async () => {
  const { call } = await createHost()
  const response = await call('GET', '/api/v3/user')
  expect(response.statusCode).toBe(401)
  expect(response.headers['www-authenticate']).toBe(`Bearer ${metadata}`)
  expect(response.json()).toEqual(envelope(401, 'invalid_token', 'An access token is required.'))
})

test('an expired token is told so, in the word that old clients look for', async () => {
  const { call } = await createHost()
  const response = await call('GET', '/api/v1/measurements', 'expired')
  expect(response.statusCode).toBe(401)
  expect(response.headers['www-authenticate']).toBe(
    `Bearer error="invalid_token", error_description="The access token has expired.", ${metadata}`,
  )
  expect(response.json()).toEqual(envelope(401, 'invalid_token', 'The access token has expired.'))
})

test.each([
  ['GET', '/api/v3/measurements', 'write', 'readmeasurements'],
  ['GET', '/api/v3/measurements', 'basic', 'readmeasurements'],
  ['POST', '/api/v3/measurements', 'read', 'writemeasurements'],
  ['POST', '/api/v3/measurements/post', 'read', 'writemeasurements'],
  ['POST', '/api/measurements/v2', 'read', 'writemeasurements'],
  ['POST', '/api/v3/measurements/update', 'read', 'writemeasurements'],
  ['POST', '/api/v3/measurements/delete', 'read', 'writemeasurements'],
  ['DELETE', '/api/v3/measurements/delete', 'read', 'writemeasurements'],
  ['DELETE', '/api/v3/measurements', 'read', 'writemeasurements'],
  ['GET', '/api/v3/user', 'openid', 'basic'],
  ['GET', '/api/v3/userVariables', 'write', 'readmeasurements'],
  ['GET', '/api/v3/shares', 'openid', 'basic'],
  ['POST', '/api/v3/shares/delete?clientIdToRevoke=x', 'openid', 'basic'],
])('%s %s with a token for %s asks for %s', async (method, path, token, scope) => {
  const { call } = await createHost()
  const response = await call(method, path, token)
  expect(response.statusCode).toBe(403)
  const had: Record<string, string> = { write: 'writemeasurements', read: 'readmeasurements', openid: 'openid email' }
  const text = `The request requires higher privileges (scope ${scope} required) than provided by the access token (scope ${had[token] ?? token} associated with provided access token).`
  expect(response.headers['www-authenticate']).toBe(
    `Bearer error="insufficient_scope", error_description="${text}", scope="${scope}", ${metadata}`,
  )
  expect(response.json()).toEqual(envelope(403, 'insufficient_scope', text))
})

test('a refusal that does not say what the token has is told as it is', async () => {
  const host = await createHost()
  host.failWith(new Refusal('scope_insufficient'))
  const response = await host.call('GET', '/api/v3/user', 'all')
  expect(response.json().message).toBe(refusals.scope_insufficient.text)
})

test('a scope that the refusal names goes before our own', async () => {
  const host = await createHost()
  host.failWith(new Refusal('scope_insufficient', { scope: 'basic readmeasurements' }))
  const response = await host.call('GET', '/api/v3/user', 'all')
  expect(response.headers['www-authenticate']).toContain('scope="basic readmeasurements"')
})

test('a token is judged before the body is read', async () => {
  const { call } = await createHost()
  expect((await call('POST', '/api/v3/measurements', undefined, '{')).statusCode).toBe(401)
  expect((await call('POST', '/api/v3/measurements', 'read', 'x'.repeat(100_000))).statusCode).toBe(403)
  expect((await call('GET', '/api/v3/measurements?limit=x')).statusCode).toBe(401)
})

test.each(Object.keys(refusals) as Reason[])('the refusal %s is answered as a resource would', async (reason) => {
  const host = await createHost()
  host.failWith(new Refusal(reason))
  const response = await host.call('GET', '/api/v3/user', 'all')
  const { error } = refusals[reason]
  const own = ['invalid_request', 'invalid_token', 'insufficient_scope', 'temporarily_unavailable'].includes(error)
  // "401 … error="invalid_dpop_proof", and use_dpop_nonce (RFC 9449 §7.1, §9), whose status at the token endpoint is 400.
  const ofProof = ['invalid_dpop_proof', 'use_dpop_nonce'].includes(error)
  expect(response.statusCode).toBe(own ? refusals[reason].status : 401)
  const code = own || ofProof ? error : 'invalid_token'
  expect(response.json()).toEqual(envelope(response.statusCode, code, refusals[reason].text))
  expect(response.headers['www-authenticate'] === undefined).toBe(error === 'temporarily_unavailable')
})

test('a refusal for now says when to come back', async () => {
  const host = await createHost()
  host.failWith(new Refusal('too_many_failures', { retryAfter: 17 }))
  const response = await host.call('GET', '/api/v3/user', 'all')
  expect([response.statusCode, response.headers['retry-after']]).toEqual([429, '17'])
})

test('text of a refusal cannot break out of the header', async () => {
  const host = await createHost()
  host.failWith(new Refusal('token_expired', { text: 'a"b\\c\r\nX: y é' }))
  const response = await host.call('GET', '/api/v3/user', 'all')
  expect(response.headers['www-authenticate']).toContain('error_description="abcX: y "')
})

test('a database that is away is a 503 with Retry-After, logged with the id of the request', async () => {
  const host = await createHost()
  host.failWith(new StorageUnavailable('the database is locked at /secret/place'))
  const response = await host.call('GET', '/api/v3/user', 'all')
  expect(response.statusCode).toBe(503)
  expect(Number(response.headers['retry-after'])).toBeGreaterThan(0)
  expect(response.json()).toMatchObject({ code: 503, error: 'temporarily_unavailable' })
  expect(response.body).not.toContain('secret')
  expect(host.log.join()).toContain('"requestId":"request-1"')
  expect(host.log.join()).toContain('/secret/place')
})

test('a fault is a 500 without any detail, logged with the id of the request', async () => {
  const host = await createHost()
  for (const fault of [new TypeError('secret'), Object.assign(new Error('secret'), { statusCode: 400 }), 'secret']) {
    host.failWith(fault)
    const response = await host.call('GET', '/api/v3/user', 'all')
    expect(response.statusCode).toBe(500)
    expect(response.json()).toEqual(envelope(500, 'server_error', 'Something went wrong on our side.'))
  }
  expect(host.log).toHaveLength(3)
  expect(host.log[0]).toContain('"requestId":"request-1"')
})

test('refusals and bad requests are not logged as faults', async () => {
  const host = await createHost()
  await host.call('GET', '/api/v3/user')
  await host.call('GET', '/api/v3/measurements?limit=x', 'all')
  await host.call('POST', '/api/v3/measurements', 'all', '{')
  expect(host.log).toEqual([])
})

test('a database closed under the request leaks nothing', async () => {
  const host = await createHost()
  await host.storage.close()
  const response = await host.call('POST', '/api/v3/measurements', 'all', flat(1, 1))
  expect(response.statusCode).toBeGreaterThanOrEqual(500)
  expect(response.json().message).not.toMatch(/sql|database|driver/i)
})

test.each([
  '/api',
  '/api/',
  '/api/v3',
  '/api/v3/nothing',
  '/api/v7/user',
  '/api/v0/user',
  '/api/v3/user/2',
  '/api/v33/user',
  '/api/v3/measurements/1x',
  '/api/v3/correlationsx',
])('%s is a 404 in the envelope', async (path) => {
  const { call } = await createHost()
  const response = await call('GET', path, 'all')
  expect(response.statusCode).toBe(404)
  expect(response.json()).toEqual(envelope(404, 'not_found', 'There is nothing at this address.'))
})

test.each([
  ['PUT', '/api/v3/measurements?x=1', 'DELETE, GET, HEAD, POST'],
  ['PATCH', '/api/measurements', 'DELETE, GET, HEAD, POST'],
  ['POST', '/api/v3/user', 'GET, HEAD'],
  ['DELETE', '/api/v6/user/me', 'GET, HEAD'],
  ['GET', '/api/v3/measurements/post', 'POST'],
  ['GET', '/api/v1/measurements/delete', 'DELETE, POST'],
  ['POST', '/api/v3/variables', 'GET, HEAD'],
  ['PUT', '/api/units', 'GET, HEAD'],
  ['GET', '/api/v3/shares/delete', 'POST'],
])('%s %s is a 405 that allows %s', async (method, path, allow) => {
  const { call } = await createHost()
  const response = await call(method, path, 'all')
  expect([response.statusCode, response.headers.allow]).toEqual([405, allow])
  expect(response.json()).toMatchObject({ code: 405, error: 'method_not_allowed' })
})

test('a body above the limit is a 413 that names the limit', async () => {
  const host = await createHost()
  const body = JSON.stringify([flat(1, 1, { note: 'x'.repeat(1_000_000) })])
  const response = await host.call('POST', '/api/v3/measurements', 'all', body)
  expect(response.json()).toEqual(envelope(413, 'payload_too_large', 'The request body is larger than 1 MB.'))
  expect(await host.storage.measurements.variables(host.ada.number, { filters: [], limit: 1, offset: 0 })).toEqual([])
})

test.each([
  ['application/xml', 415, 'unsupported_media_type'],
  ['nonsense', 415, 'unsupported_media_type'],
  // Forms are read, as an access token may stand in one; what is in these two is no measurement.
  ['application/x-www-form-urlencoded', 400, 'invalid_request'],
  ['multipart/form-data; boundary=x', 400, 'invalid_request'],
])('a body of type %s is a %i', async (type, code, error) => {
  const { app } = await createHost()
  const response = await app.inject({
    method: 'POST',
    url: '/api/v3/measurements',
    headers: { authorization: 'Bearer all', 'content-type': type },
    payload: '[]',
  })
  expect(response.json()).toMatchObject({ code, error })
})

test('a GET that announces JSON and sends none is answered', async () => {
  const { app } = await createHost()
  const headers = { authorization: 'Bearer all', 'content-type': 'application/json' }
  expect((await app.inject({ method: 'GET', url: '/api/v3/user', headers })).statusCode).toBe(200)
})

test.each([
  '/api/v3/shares/invite',
  '/api/v3/connectors/list',
  '/api/v1/correlations',
  '/api/measurements/daily',
  '/api/v2/measurements/csv',
  '/api/unitsVariable',
  '/api/v1/public/variables',
  '/api/users',
  '/api/pairs',
  '/api/v6/trackingReminders/delete',
])('%s is a 404 that says what is not here and where to read on', async (path) => {
  const { call } = await createHost()
  for (const method of ['GET', 'POST']) {
    const response = await call(method, `${path}?x=1`, 'all')
    expect(response.statusCode).toBe(404)
    expect(response.json().message).toMatch(
      /^This server does not have .+\. docs\/dialects\.md#not-ours lists what is left out, http:\/\/localhost:3000\/docs\/api what there is\.$/,
    )
  }
})

test.each([
  ['/api/v1/variables', 'A variable is made by its first measurement: POST /api/v3/measurements.'],
  ['/api/userVariables', 'A variable has no settings that a person could change here.'],
  ['/api/v1/measurementSources', 'A source is made by the first measurement that names it.'],
])('POST %s is a 405 that says what to do', async (path, sentence) => {
  const { call } = await createHost()
  const response = await call('POST', path, 'all', [])
  expect(response.statusCode).toBe(405)
  expect(response.headers.allow).toBe('GET, HEAD')
  expect(response.json().message).toContain(`This address does not take POST. ${sentence}`)
})

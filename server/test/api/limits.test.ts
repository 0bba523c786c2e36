/** What one account may keep, and what one list may be asked for. */
import { expect, test } from 'vitest'
import { measurement } from '../storage/fixtures.ts'
import { putMeasurements } from '../support/measurements.ts'
import { createHost, flat } from './host.ts'

const patterns = (name: string, count: number) =>
  Array.from({ length: count }, (_, i) => `${name}=${encodeURIComponent(i % 2 ? `!%x${i}%` : `%x${i}`)}`).join('&')

test.each([
  ['/measurements', 'sourceName'],
  ['/measurements', 'variableName'],
  ['/variables', 'name'],
  ['/userVariables', 'variableCategoryName'],
  ['/variables/search/mood', 'name'],
])('%s takes five patterns of %s and no more', async (path, name) => {
  const host = await createHost()
  // The phrase of a search is one of them.
  const most = path.includes('search') ? 4 : 5
  for (const version of ['', '/v1', '/v3', '/v6']) {
    expect((await host.call('GET', `/api${version}${path}?${patterns(name, most)}`, 'all')).statusCode).toBe(200)
    const refused = await host.call('GET', `/api${version}${path}?${patterns(name, most + 1)}`, 'all')
    expect(refused.statusCode).toBe(400)
    expect(refused.json()).toMatchObject({
      error: 'invalid_request',
      message: 'A list takes at most 5 patterns.',
    })
  }
  // Who has no token is held to the same.
  if (path.startsWith('/variables')) {
    expect((await host.call('GET', `/api${path}?${patterns(name, most + 1)}`)).statusCode).toBe(400)
  }
})

test('an account that is full is told so and keeps what it has; overwriting and deleting go on', async () => {
  const host = await createHost()
  const { measurements } = host.storage
  const before = Array.from({ length: 4_999 }, (_, i) => measurement(i, { variableName: 'Overall Mood', unit: '/5' }))
  await putMeasurements(measurements, host.ada.number, 'app', before)
  const post = (...items: unknown[]) => host.call('POST', '/api/v3/measurements', 'all', items)

  const refused = await post(flat(10_000, 3), flat(10_001, 4, { variableName: 'Sleep', unitAbbreviatedName: 'h' }))
  expect(refused.statusCode).toBe(403)
  expect(refused.json()).toMatchObject({
    error: 'quota_exceeded',
    message: 'An account may have 5,000 measurements, and these would be more. Delete some first.',
  })
  expect(await measurements.countVariables(host.ada.number, [])).toBe(1)
  expect((await post(flat(10_000, 3))).statusCode).toBe(201)
  expect((await post(flat(10_000, 4))).statusCode).toBe(201)
  expect((await post(flat(10_001, 4))).statusCode).toBe(403)
  const [one] = (await host.call('GET', '/api/v3/measurements', 'all')).json()
  expect((await host.call('DELETE', `/api/v3/measurements?id=${one.id}`, 'all')).statusCode).toBe(204)
  expect((await post(flat(10_001, 4))).statusCode).toBe(201)
  // Nobody else is concerned.
  expect((await host.call('POST', '/api/v3/measurements', 'bob', [flat(1, 3)])).statusCode).toBe(201)
})

/** Whatever is sent, the answer is in the envelope, is no fault of ours, and a refused request changes nothing. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rounds } from '../support/rounds.ts'
import { createHost, type Host } from './host.ts'

const known = [
  'variableName',
  'variableCategoryName',
  'sourceName',
  'unitName',
  'value',
  'id',
  'variableId',
  'clientId',
  'earliestMeasurementTime',
  'latestMeasurementTime',
  'startTime',
  'endTime',
  'createdAt',
  'updatedAt',
  'limit',
  'offset',
  'sort',
  'value[]',
  'lastUpdated',
  'doNotConvert',
  'name',
  'searchPhrase',
  'includePublic',
  'exactMatch',
  'numberOfRawMeasurements',
  'clientIdToRevoke',
  'client_secret',
  'reason',
  'includeAuthorizedClients',
]

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '\u0000',
    '%',
    '(gt)1',
    '!(le)',
    '!%',
    'a,b',
    'h',
    'kg',
    '%',
    '-startTime',
    'value,id',
    '2024-05-01',
    '2024-05-01T10:00:00+0200',
    '',
  ),
  fc.integer().map(String),
  fc.double().map(String),
)
const parameter = fc.tuple(fc.oneof(fc.constantFrom(...known), fc.string({ maxLength: 8 })), text)

const odd = fc.oneof(
  text,
  fc.double(),
  fc.integer(),
  fc.constantFrom<unknown>(null, true, [], {}, 1e300, -1e300, 'x\ud800', '__proto__', 1_406_419_860),
)
const mostly = <T>(usual: fc.Arbitrary<T>) => fc.oneof({ weight: 6, arbitrary: usual }, { weight: 1, arbitrary: odd })
const point = {
  timestamp: mostly(fc.integer({ min: 0, max: 2_000_000_000 })),
  value: mostly(fc.double({ noNaN: true, noDefaultInfinity: true })),
  note: mostly(fc.string()),
}
const body = fc.record(
  {
    ...point,
    startTime: mostly(fc.integer()),
    variableName: mostly(fc.constantFrom('Mood', 'Sleep')),
    unitAbbreviatedName: mostly(fc.constant('/5')),
    sourceName: mostly(fc.constant('test')),
    combinationOperation: mostly(fc.constantFrom('MEAN', 'SUM')),
    measurementItems: mostly(fc.array(fc.record(point, { requiredKeys: [] }), { maxLength: 3 })),
    id: mostly(fc.integer({ min: 1, max: 20 })),
    variableId: mostly(fc.integer({ min: 1, max: 3 })),
  },
  { requiredKeys: ['variableName', 'unitAbbreviatedName'] },
)
const bodies = fc.oneof(
  body,
  fc.array(body, { maxLength: 3 }),
  fc.json({ maxDepth: 3 }).map((json) => JSON.parse(json)),
)

function expectEnvelope(response: Awaited<ReturnType<Host['call']>>): void {
  expect(response.statusCode, response.body).toBeLessThan(500)
  if (response.statusCode < 400) return
  const { code, message, errors } = response.json()
  expect(code).toBe(response.statusCode)
  expect(errors).toEqual([{ message }])
  expect(message).not.toBe('')
}

const lists = ['measurements', 'variables', 'userVariables', 'variables/search/a', 'units']

test('no query string makes a fault', async () => {
  const host = await createHost()
  await host.call('POST', '/api/v3/measurements', 'all', [{ name: 'Mood', unit: '/5', value: 1, timestamp: 1 }])
  await fc.assert(
    fc.asyncProperty(fc.array(parameter, { maxLength: 5 }), async (parameters) => {
      const query = new URLSearchParams(parameters)
      for (const path of lists) {
        const response = await host.call('GET', `/api/v3/${path}?${query}`, 'all')
        expectEnvelope(response)
        if (response.statusCode === 200) expect(response.json()).toBeInstanceOf(Array)
      }
      for (const path of ['user', 'appSettings', 'shares'])
        expectEnvelope(await host.call('GET', `/api/v3/${path}?${query}`, 'all'))
    }),
    { numRuns: rounds(200) },
  )
  expect(host.log).toEqual([])
})

test('no raw query string makes a fault', async () => {
  const { app, log } = await createHost()
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: fc.constantFrom(...'%=&[]+;#aZ09limtsor') }), async (query) => {
      for (const path of ['measurements?', 'variables?', 'variables/search/']) {
        const response = await app.inject({
          method: 'GET',
          url: `/api/v3/${path}${query}`,
          headers: { authorization: 'Bearer all' },
        })
        expect(response.statusCode).toBeLessThan(500)
      }
    }),
    { numRuns: rounds(200) },
  )
  expect(log).toEqual([])
})

test('no body makes a fault, and one that is refused changes nothing', async () => {
  const host = await createHost()
  const targets = fc.constantFrom(
    ['POST', '/api/v3/measurements'],
    ['POST', '/api/measurements/v2'],
    ['POST', '/api/v3/measurements/update'],
    ['POST', '/api/v3/measurements/delete'],
    ['DELETE', '/api/v3/measurements'],
    ['POST', '/api/v3/shares/delete'],
  )
  const everything = async () => (await host.call('GET', '/api/v3/measurements?limit=200&sort=id', 'all')).body
  await fc.assert(
    fc.asyncProperty(targets, bodies, async ([method = '', path = ''], sent) => {
      const before = await everything()
      const response = await host.call(method, path, 'all', sent)
      expectEnvelope(response)
      if (response.statusCode >= 400) expect(await everything()).toBe(before)
    }),
    { numRuns: rounds(400) },
  )
  expect(host.log).toEqual([])
})

/** Recording, changing and deleting measurements: three generations of bodies, all or nothing. */
import { expect, test } from 'vitest'
import { createHost, flat, type Host } from './host.ts'

const at = 1_406_419_860

async function stored(host: Host, token = 'read'): Promise<Record<string, unknown>[]> {
  return (await host.call('GET', '/api/v3/measurements?sort=startTime', token)).json()
}

const nested = {
  measurementItems: [
    { timestamp: at, value: 3, note: 'x' },
    { timestamp: at + 1, value: '4' },
  ],
  sourceName: 'test-app',
  unitAbbreviatedName: '/5',
  variableName: 'Overall Mood',
  variableCategoryName: 'Emotions',
  combinationOperation: 'SUM',
}
const legacy = {
  measurements: [
    { timestamp: at, value: 3, note: 'x' },
    { timestamp: at + 1, value: 4 },
  ],
  name: 'Overall Mood',
  source: 'test-app',
  unit: '/5',
  category: 'Emotions',
  combinationOperation: 'sum',
}
const flatOnes = [
  { variableName: 'Overall Mood', value: 3, startTimeEpoch: at, note: 'x' },
  { variableName: 'Overall Mood', value: 4, startAt: '2014-07-27 00:11:01' },
].map((one) => ({
  ...one,
  unitAbbreviatedName: '/5',
  sourceName: 'test-app',
  variableCategoryName: 'Emotions',
  combinationOperation: 'SUM',
  id: 77,
}))

test.each([
  ['nested in a list', [nested]],
  ['nested alone', nested],
  ['legacy in a list', [legacy]],
  ['legacy alone', legacy],
  ['flat', flatOnes],
])('a body %s is recorded', async (_, body) => {
  const host = await createHost()
  const response = await host.call('POST', '/api/v3/measurements', 'write', body)
  expect(response.statusCode, response.body).toBe(201)
  const answer = response.json()
  expect(answer).toEqual({
    status: '201',
    success: true,
    data: {
      userVariables: [
        {
          id: expect.any(Number),
          variableId: expect.any(Number),
          name: 'Overall Mood',
          variableName: 'Overall Mood',
          displayName: 'Overall Mood',
          variableCategoryId: 1,
          variableCategoryName: 'Emotions',
          unitId: 10,
          unitAbbreviatedName: '/5',
          unitName: '1 to 5 Rating',
          unitCategoryName: 'Rating',
          combinationOperation: 'SUM',
          userId: 1,
          public: false,
          createdAt: '2030-01-31T12:00:00Z',
          updatedAt: '2030-01-31T12:00:00Z',
        },
      ],
      measurements: { 'Overall Mood': await stored(host) },
    },
  })
  expect(answer.data.measurements['Overall Mood']).toMatchObject([
    { value: 3, startTime: at, note: 'x', sourceName: 'test-app', clientId: 'app' },
    { value: 4, startTime: at + 1, note: null },
  ])
})

test.each(['/api', '/api/v1', '/api/v3', '/api/v6'])('%s takes them under each of its three paths', async (prefix) => {
  const host = await createHost()
  for (const [i, path] of ['/measurements', '/measurements/post', '/measurements/v2'].entries()) {
    expect((await host.call('POST', prefix + path, 'all', flat(at + i, i))).statusCode).toBe(201)
  }
  expect(await stored(host)).toHaveLength(3)
})

test('JSON that calls itself text is taken', async () => {
  const host = await createHost()
  const response = await host.app.inject({
    method: 'POST',
    url: '/api/measurements/v2',
    headers: { authorization: 'Bearer all', 'content-type': 'text/plain;charset=UTF-8' },
    payload: JSON.stringify([legacy]),
  })
  expect(response.statusCode).toBe(201)
})

test('times may be seconds, milliseconds or ISO 8601, as numbers or in strings', async () => {
  const host = await createHost()
  const times = [
    at,
    `${at + 1}`,
    (at + 2) * 1000,
    `${(at + 3) * 1000}`,
    '2014-07-27T00:11:04',
    '2014-07-27T02:11:05+02:00',
  ]
  await host.call(
    'POST',
    '/api/v3/measurements',
    'all',
    times.map((time, i) => flat(time, i)),
  )
  expect((await stored(host)).map((one) => one.startTime)).toEqual(times.map((_, i) => at + i))
})

test('a second value for the same variable and second replaces the first', async () => {
  const host = await createHost()
  await host.call('POST', '/api/v3/measurements', 'all', flat(at, 1))
  const again = await host.call('POST', '/api/v3/measurements', 'all', [flat(at, 2), flat(at, 3, { note: 'last' })])
  expect(again.json().data.measurements['Overall Mood']).toMatchObject([{ value: 3, note: 'last' }])
  expect(await stored(host)).toMatchObject([{ id: 1, value: 3, note: 'last' }])
})

test('names are trimmed and composed, and the source is the app where none is given', async () => {
  const host = await createHost()
  await host.call('POST', '/api/v3/measurements', 'all', {
    name: ' Cafe\u0301 ',
    unit: 'cups',
    value: 1,
    timestamp: at,
  })
  expect(await stored(host)).toMatchObject([{ variableName: 'Café', sourceName: 'app', unitName: 'cups' }])
})

test('a variable may be called like a member that every object has', async () => {
  const host = await createHost()
  for (const variableName of ['__proto__', 'constructor']) {
    const response = await host.call('POST', '/api/v3/measurements', 'all', flat(at, 1, { variableName }))
    expect(response.body).toContain(`"measurements":{"${variableName}":[`)
  }
})

test.each([
  ['', 'holds no measurement'],
  ['null', 'holds no measurement'],
  ['[]', 'holds no measurement'],
  ['{', 'not valid JSON'],
  ['"text"', '[0]: must be an object'],
  ['[[]]', '[0]: must be an object'],
  ['{"__proto__":{"a":1}}', 'not valid JSON'],
  [{ ...flat(at, 1), value: undefined }, '[0].value: is missing'],
  [{ ...flat(at, 1), variableName: undefined }, '[0].variableName: is missing'],
  [{ ...flat(at, 1), unitAbbreviatedName: null }, '[0].unitAbbreviatedName: is missing'],
  [{ ...flat(at, 1), startTime: undefined }, '[0].startTime: is missing'],
  [{ ...nested, measurementItems: [{ value: 1 }] }, '[0].measurementItems[0].timestamp: is missing'],
  [{ ...nested, measurementItems: [{ timestamp: at }] }, '[0].measurementItems[0].value: is missing'],
  [{ ...nested, measurementItems: 'x' }, '[0].measurementItems: must be a list'],
  [{ ...nested, measurementItems: [] }, 'holds no measurement'],
  [flat(at, 1, { value: 'much' }), '[0].value: must be a number'],
  [flat(at, 1, { value: true }), '[0].value: must be a number'],
  ['[{"name":"a","unit":"b","timestamp":1,"value":1e999}]', '[0].value: must be a number'],
  [flat('soon', 1), '[0].startTime: must be a time'],
  [flat(1e30, 1), '[0].startTime: must be a time'],
  [flat(at, 1, { variableName: '  ' }), '[0].variableName: must have 1 to 125 characters'],
  [flat(at, 1, { variableName: 'x'.repeat(126) }), '[0].variableName: must have 1 to 125 characters'],
  [flat(at, 1, { variableName: 'a\u0000b' }), '[0].variableName: holds a control character'],
  [flat(at, 1, { variableName: 'a\ud800b' }), '[0].variableName: holds a control character'],
  [flat(at, 1, { sourceName: 'a\nb' }), '[0].sourceName: holds a control character'],
  [flat(at, 1, { note: 'a\u0000b' }), '[0].note: holds a control character'],
  [flat(at, 1, { note: 'x'.repeat(2001) }), '[0].note: must have at most 2000 characters'],
  [flat(at, 1, { note: 7 }), '[0].note: must be a text'],
  [flat(at, 1, { combinationOperation: 'MAX' }), '[0].combinationOperation: must be MEAN or SUM'],
])('%j is refused: %s', async (body, message) => {
  const host = await createHost()
  const response = await host.call('POST', '/api/v3/measurements', 'all', body)
  expect(response.statusCode).toBe(400)
  expect(response.json()).toMatchObject({ code: 400, error: 'invalid_request' })
  expect(response.json().message).toContain(message)
})

test('one bad measurement keeps all the others out', async () => {
  const host = await createHost()
  const response = await host.call('POST', '/api/v3/measurements', 'all', [flat(at, 1), flat(at + 1, 2), flat('x', 3)])
  expect(response.json().message).toMatch(/^\[2\]\.startTime: /)
  expect(await stored(host)).toEqual([])
  expect(await host.storage.measurements.variables(host.ada.number, { filters: [], limit: 10, offset: 0 })).toEqual([])
})

test('1,000 measurements go in at once and 1,001 do not', async () => {
  const host = await createHost()
  const many = (length: number) => ({
    name: 'a',
    unit: 'b',
    measurements: Array.from({ length }, (_, i) => ({ timestamp: at + i, value: i })),
  })
  const tooMany = await host.call('POST', '/api/v3/measurements', 'all', [many(1), many(1000)])
  expect(tooMany.statusCode).toBe(400)
  expect(tooMany.json().message).toBe('The request holds 1001 measurements; at most 1000 can be sent at once.')
  expect(await stored(host)).toEqual([])
  expect((await host.call('POST', '/api/v3/measurements', 'all', many(1000))).statusCode).toBe(201)
})

test('a measurement is changed in part, by its owner only', async () => {
  const host = await createHost()
  await host.call('POST', '/api/v3/measurements', 'all', [flat(at, 1, { note: 'x' }), flat(at + 1, 2)])
  const update = (body: unknown, token = 'all') => host.call('POST', '/api/v3/measurements/update', token, body)

  const changed = await update({ id: 1, value: '4' })
  expect(changed.statusCode).toBe(201)
  expect(changed.json()).toEqual({
    status: '201',
    success: true,
    code: 201,
    description: 'The measurement was changed.',
    summary: 'Measurement changed',
  })
  await update({ id: '1', note: null, startTime: (at + 5) * 1000 })
  expect((await stored(host))[1]).toMatchObject({ id: 1, value: 4, note: null, startTime: at + 5 })

  expect((await update({ id: 1, startTime: at + 1 })).json()).toMatchObject({ code: 409, error: 'conflict' })
  expect((await update({ id: 99, value: 1 })).json()).toMatchObject({ code: 404, error: 'not_found' })
  expect((await update({ id: 1, value: 1 }, 'bob')).statusCode).toBe(404)
  expect((await update({ value: 1 })).json().message).toBe('id: is missing')
  expect((await update({ id: 1 })).json().message).toBe('Nothing to change: send startTime, value or note.')
  expect((await update({ id: 'x', value: 1 })).statusCode).toBe(400)
  expect((await update([1])).json().message).toBe('The request body must be an object.')
  expect((await stored(host))[1]).toMatchObject({ id: 1, value: 4 })
})

test.each([
  ['DELETE', '/api/v3/measurements'],
  ['DELETE', '/api/v1/measurements/delete'],
  ['POST', '/api/measurements/delete'],
])('%s %s deletes by id or by variable and time, from body or query', async (method, path) => {
  const host = await createHost()
  const remove = (query: string, body?: unknown, token = 'write') => host.call(method, path + query, token, body)
  const items = [0, 1, 2, 3].map((i) => flat(at + i, i))
  const { data } = (await host.call('POST', '/api/v3/measurements', 'all', items)).json()
  const [{ variableId }] = data.measurements['Overall Mood']
  const ids = new Map((await stored(host)).map((one) => [one.value, one.id]))

  expect((await remove('', { id: ids.get(0) }, 'bob')).statusCode).toBe(404)
  const first = await remove('', { id: ids.get(0), clientId: 'cid', unknown: 1 })
  expect([first.statusCode, first.body]).toEqual([204, ''])
  expect((await remove('', { clientId: 'cid', variableId, startTime: at + 1 })).statusCode).toBe(204)
  expect((await remove(`?id=${ids.get(2)}&access_token=x`)).statusCode).toBe(204)
  expect((await remove(`?variableId=${variableId}&startTime=${(at + 3) * 1000}`, '')).statusCode).toBe(204)
  expect(await stored(host)).toEqual([])
  expect((await remove('', { id: ids.get(0) })).json()).toMatchObject({ code: 404, error: 'not_found' })
})

test('a deletion that says too little is refused', async () => {
  const host = await createHost()
  await host.call('POST', '/api/v3/measurements', 'all', flat(at, 1))
  for (const body of [undefined, '', 'null', {}, { variableId: 1 }, { startTime: at }, { id: 'x' }, { id: 1.5 }, [1]]) {
    const response = await host.call('DELETE', '/api/v3/measurements', 'all', body)
    expect([JSON.stringify(body), response.statusCode]).toEqual([JSON.stringify(body), 400])
  }
  expect((await host.call('DELETE', '/api/v3/measurements?id=1&id=2', 'all')).statusCode).toBe(400)
  expect(await stored(host)).toHaveLength(1)
})

test('units and categories are known by name, abbreviation or synonym, and stored by one spelling', async () => {
  const host = await createHost()
  await host.call('POST', '/api/v3/measurements', 'all', [
    flat(at, 1, { variableName: 'Run', unitAbbreviatedName: 'Kilometers', variableCategoryName: 'physical activity' }),
    flat(at + 1, 2, { variableName: 'Tea', unitAbbreviatedName: 'ML', variableCategoryName: 'FOODS' }),
    flat(at + 2, 3, { variableName: 'Own', unitAbbreviatedName: 'Glühwürmchen', variableCategoryName: 'Garten' }),
  ])
  expect(await stored(host)).toMatchObject([
    { unitAbbreviatedName: 'km', unitName: 'Kilometers', variableCategoryName: 'Physical Activities' },
    { unitAbbreviatedName: 'mL', unitId: 9, variableCategoryName: 'Foods', variableCategoryId: 15 },
    {
      unitAbbreviatedName: 'Glühwürmchen',
      unitName: 'Glühwürmchen',
      unitId: null,
      unitCategoryName: null,
      variableCategoryName: 'Garten',
      variableCategoryId: null,
    },
  ])
})

test('a new variable combines as its category does, unless it is said', async () => {
  const host = await createHost()
  const made = async (name: string, rest: Record<string, unknown>) =>
    (await host.call('POST', '/api/v3/measurements', 'all', flat(at, 1, { variableName: name, ...rest }))).json().data
      .userVariables[0].combinationOperation
  expect(await made('Tea', { variableCategoryName: 'Foods' })).toBe('SUM')
  expect(await made('Joy', { variableCategoryName: 'Emotions' })).toBe('MEAN')
  expect(await made('Own', { variableCategoryName: 'Garten' })).toBe('MEAN')
  expect(await made('Milk', { variableCategoryName: 'Foods', combinationOperation: 'MEAN' })).toBe('MEAN')
})

test('a value of another kind than the variable is refused, and nothing of the request is stored', async () => {
  const host = await createHost()
  await host.call(
    'POST',
    '/api/v3/measurements',
    'all',
    flat(at, 80, { variableName: 'Weight', unit: 'kg', unitAbbreviatedName: null }),
  )
  const wrong = await host.call('POST', '/api/v3/measurements', 'all', [
    flat(at + 1, 176, { variableName: 'Weight', unitAbbreviatedName: 'lb' }),
    flat(at + 2, 1, { variableName: 'Weight', unitAbbreviatedName: 'min' }),
  ])
  expect(wrong.statusCode).toBe(400)
  expect(wrong.json().message).toBe('"Weight" is measured in "kg"; "min" cannot be converted to it.')
  const mixed = await host.call('POST', '/api/v3/measurements', 'all', [
    flat(at, 1, { variableName: 'New', unitAbbreviatedName: 'h' }),
    flat(at + 1, 1, { variableName: 'New', unitAbbreviatedName: '%' }),
  ])
  expect(mixed.json().message).toBe('"New" is measured in "h"; "%" cannot be converted to it.')
  expect(await stored(host)).toHaveLength(1)
  const free = [flat(at + 1, 1, { variableName: 'Weight', unitAbbreviatedName: 'stone' })]
  expect((await host.call('POST', '/api/v3/measurements', 'all', free)).statusCode).toBe(201)
})

test('a thousand measurements with long notes are taken at once, and the reference says how large a body may be', async () => {
  const host = await createHost()
  const many = Array.from({ length: 1000 }, (_, i) => flat(at + i, 3, { note: 'n'.repeat(700) }))
  expect((await host.call('POST', '/api/v3/measurements', 'all', many)).statusCode).toBe(201)
  expect(await stored(host)).toHaveLength(100)
  const reference = await host.call('GET', '/docs/api/json')
  expect(reference.json().info.description).toContain('A request body has at most 1 MB')
})

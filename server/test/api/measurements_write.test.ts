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
          originalName: 'Overall Mood',
          category: 'Emotions',
          unit: '/5',
          abbreviatedUnitName: '/5',
          minimumValue: 1,
          maximumValue: 5,
          updated: Date.UTC(2030, 0, 31, 12) / 1000,
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

const oldest = [
  [
    'the SDKs of 2016',
    { variableName: 'Mood', source: 'x', abbreviatedUnitName: '/5', measurements: [{ startTimeEpoch: at, value: 3 }] },
  ],
  ['Android of 2015', { source: 'x', variable: 'Mood', timestamp: at, value: 3, unit: '/5' }],
  ['the oldest', { name: 'Mood', source: 'x', unitName: '1 to 5 Rating', measurements: [{ startTime: at, value: 3 }] }],
  [
    'what a list answers',
    {
      variable: 'Mood',
      variableName: 'Mood',
      sourceName: 'x',
      source: 'x',
      unit: '/5',
      unitName: '1 to 5 Rating',
      unitAbbreviatedName: '/5',
      startTime: at,
      timestamp: at,
      startTimeString: '2014-07-27T00:11:00',
      value: 3,
    },
  ],
] as const

test.each(['/api', '/api/v1', '/api/v2', '/api/v6'])('%s reads the spelling of every client', async (prefix) => {
  for (const [who, body] of oldest) {
    for (const sent of [body, [body]]) {
      const host = await createHost()
      const response = await host.call('POST', `${prefix}/measurements/v2`, 'write', sent)
      expect(response.statusCode, `${who}: ${response.body}`).toBe(201)
      expect(await stored(host)).toMatchObject([
        { variableName: 'Mood', sourceName: 'x', unitAbbreviatedName: '/5', startTime: at, value: 3 },
      ])
    }
  }
})

test.each([
  [{ variableName: 'A', name: 'B' }, '[0].variableName: differs from name, which means the same; send one of them'],
  [
    { unitAbbreviatedName: '/5', unit: '%' },
    '[0].unitAbbreviatedName: differs from unit, which means the same; send one of them',
  ],
  [{ sourceName: 'a', source: 'b' }, '[0].sourceName: differs from source, which means the same; send one of them'],
  [
    { variableCategoryName: 'Emotions', category: 'Sleep' },
    '[0].variableCategoryName: differs from category, which means the same; send one of them',
  ],
  [
    { startTime: at, timestamp: at + 1 },
    '[0].startTime: differs from timestamp, which means the same; send one of them',
  ],
  [
    { measurements: [{ value: 1, timestamp: at }], measurementItems: [{ value: 2, timestamp: at }] },
    '[0].measurementItems: differs from measurements, which means the same; send one of them',
  ],
  [
    { measurements: [{ value: 1, timestamp: at, startTimeEpoch: at + 1 }] },
    '[0].measurements[0].startTimeEpoch: differs from timestamp, which means the same; send one of them',
  ],
])('two spellings of one thing with different values are refused: %j', async (body, message) => {
  const host = await createHost()
  const whole = { variableName: 'Mood', unitAbbreviatedName: '/5', value: 1, startTime: at, ...body }
  const { measurements, ...rest } = whole as Record<string, unknown>
  const response = await host.call(
    'POST',
    '/api/v1/measurements',
    'all',
    measurements ? { ...rest, measurements } : rest,
  )
  expect(response.statusCode).toBe(400)
  expect(response.json().message).toBe(message)
  expect(await stored(host)).toEqual([])
})

test.each([
  ['2014-07-27 00:11:00+00', at],
  ['2014-07-27 02:11:00+02', at],
  ['2014-07-26 19:11:00-05', at],
  ['2014-07-27 05:41:00.123456+05:30', at],
  ['2014-07-27T00:11:00+0000', at],
  ['2014-07-27T00:11:00,5Z', at],
  ['2014-07-27t00:11:00z', at],
  ['20140727T001100Z', at],
  ['20140727T021100+0200', at],
  ['20140727T0011', at],
  [`${at}`, at],
  [20140727, 20140727],
])('the time %j is read', async (time, expected) => {
  const host = await createHost()
  const response = await host.call('POST', '/api/v3/measurements', 'write', [flat(time, 1)])
  expect(response.statusCode, response.body).toBe(201)
  expect(await stored(host)).toMatchObject([{ startTime: expected }])
})

test.each(['20240501', ' 20240501 ', '2024', '202405', '2024122', '202405011000', '20240501100000'])(
  'the text "%s" could be a date or a number, and is refused with its entry named',
  async (time) => {
    const host = await createHost()
    const response = await host.call('POST', '/api/v3/measurements', 'all', [flat(at, 1), flat(time, 2)])
    expect(response.statusCode).toBe(400)
    expect(response.json().message).toBe(
      '[1].startTime: could be a date or a number; write a date as 2024-05-01, seconds as a JSON number',
    )
    expect(await stored(host)).toEqual([])
  },
)

test.each(['POST /api/v1/measurements/delete', 'DELETE /api/v6/measurements'])('%s takes a list', async (address) => {
  const host = await createHost()
  const [method = '', url = ''] = address.split(' ')
  await host.call('POST', '/api/v3/measurements', 'all', [
    flat(at, 1),
    flat(at + 1, 2),
    flat(at + 2, 3),
    flat(at + 3, 4),
  ])
  const [one, two, three] = await stored(host)
  const remove = (body: unknown, token = 'write') => host.call(method, url, token, body)
  const refused = await remove([{ id: one?.id }, { variableId: one?.variableId }])
  expect(refused.statusCode).toBe(400)
  expect(refused.json().message).toMatch(
    /^\[1\]: All measurements of a variable are not deleted by its name alone\. List them/,
  )
  expect((await remove([{ id: one?.id }, 7])).json().message).toBe('[1]: must be an object')
  expect((await remove(Array.from({ length: 1001 }, () => ({ id: one?.id })))).statusCode).toBe(400)
  expect((await remove([{ id: one?.id }], 'bob')).statusCode).toBe(404)
  expect(await stored(host)).toHaveLength(4)
  const place = { id: 0, variableId: two?.variableId, timestamp: at + 1 }
  expect((await remove([{ id: one?.id }, place, { id: 999_999 }])).statusCode).toBe(204)
  expect(await stored(host)).toMatchObject([{ value: 3 }, { value: 4 }])
  expect((await remove([{ id: three?.id }])).statusCode).toBe(204)
  expect((await remove([{ id: one?.id }])).statusCode).toBe(404)
  for (const body of [[], {}, [{}], [{ id: 0 }], [{ id: '' }]]) {
    expect((await remove(body)).json().message).toBe('Say which measurement: send id, or variableId and startTime.')
  }
  const all = await remove({ variableName: 'Overall Mood' })
  expect(all.json().message).toMatch(/^All measurements of a variable are not deleted by its name alone/)
})

test('one measurement has an address of its own', async () => {
  const host = await createHost()
  await host.call('POST', '/api/v3/measurements', 'all', [flat(at, 1), flat(at + 1, 2)])
  const [one] = await stored(host)
  const url = `/api/v2/measurements/${one?.id}`
  const read = await host.call('GET', url, 'read')
  expect([read.statusCode, read.json()]).toEqual([200, { success: true, data: one }])
  const put = await host.call('PUT', url, 'write', { ...one, value: 5, timestamp: at })
  expect(put.json()).toEqual({ success: true, data: 'The measurement was changed.' })
  expect((await host.call('GET', url, 'read')).json().data.value).toBe(5)
  expect((await host.call('PUT', url, 'write', { startTime: at + 1 })).statusCode).toBe(409)
  expect((await host.call('PUT', url, 'write', {})).statusCode).toBe(400)
  for (const method of ['GET', 'PUT', 'DELETE']) {
    const body = method === 'PUT' ? { value: 1 } : undefined
    expect((await host.call(method, url, 'bob', body)).statusCode, method).toBe(404)
    expect((await host.call(method, url, undefined, body)).statusCode, method).toBe(401)
    expect((await host.call(method, '/api/v2/measurements/9999999999999999', 'all', body)).statusCode).toBe(400)
  }
  expect((await host.call('GET', url, 'write')).statusCode).toBe(403)
  expect((await host.call('DELETE', url, 'read')).statusCode).toBe(403)
  expect((await host.call('DELETE', url, 'write')).json()).toEqual({
    success: true,
    data: 'The measurement was deleted.',
  })
  expect((await host.call('DELETE', url, 'write')).statusCode).toBe(404)
})

test('measurementsRange and measurementSources tell of the caller alone', async () => {
  const host = await createHost()
  const range = async (query = '', token = 'read') =>
    (await host.call('GET', `/api/v1/measurementsRange${query}`, token)).json()
  expect(await range()).toEqual({ lowerLimit: null, upperLimit: null })
  await host.call('POST', '/api/v3/measurements', 'all', [flat(at, 1), flat(at + 9, 2, { sourceName: 'watch' })])
  await host.call('POST', '/api/v3/measurements', 'bob', [flat(at - 9, 1, { sourceName: 'other' })])
  expect(await range()).toEqual({ lowerLimit: at, upperLimit: at + 9 })
  for (const query of ['?sources=watch&user=2', '?source=watch', '?sourceName=watch']) {
    expect(await range(query)).toEqual({ lowerLimit: at + 9, upperLimit: at + 9 })
  }
  expect(await range('?sources=test,watch')).toEqual({ lowerLimit: at, upperLimit: at + 9 })
  expect((await host.call('GET', '/api/measurementSources', 'read')).json()).toEqual([
    { name: 'test' },
    { name: 'watch' },
  ])
  expect((await host.call('GET', '/api/measurementSources', 'bob')).json()).toEqual([{ name: 'other' }])
  for (const path of ['measurementsRange', 'measurementSources']) {
    expect((await host.call('GET', `/api/v6/${path}`, 'write')).statusCode).toBe(403)
    expect((await host.call('GET', `/api/v6/${path}`)).statusCode).toBe(401)
  }
})

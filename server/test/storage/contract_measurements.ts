/** Measurements: one value per variable and start time, listed by bound conditions. */
import { describe, expect, test } from 'vitest'
import type { MeasurementFilter, VariableQuery } from '../../src/storage/contract.ts'
import { putMeasurements } from '../support/measurements.ts'
import type { Place } from './contract.ts'
import { measurement } from './fixtures.ts'
import { opened } from './opened.ts'

export function measurementTests(place: () => Promise<Place>): void {
  describe('measurements', () => {
    const at = opened(place)
    const all = { filters: [], sort: [], limit: 1000, offset: 0 }

    test('a second value for the same time overwrites the first, unknown variables are made', async () => {
      const { measurements } = at.storage
      const first = await putMeasurements(measurements, 1, 'app', [
        measurement(100, { value: 1.5 }),
        measurement(100, { variableName: 'Sleep', unit: 'h', variableCategory: null }),
        measurement(100, { value: 2 }),
      ])
      expect(first.map((one) => [one.variableName, one.value])).toEqual([
        ['Mood', 2],
        ['Sleep', 3],
        ['Mood', 2],
      ])
      at.clock.move(1000)
      const [again] = await putMeasurements(at.other.measurements, 1, 'app2', [
        measurement(100, { value: 4, note: 'n' }),
      ])
      expect(again).toMatchObject({ id: first[0]?.id, value: 4, note: 'n', clientId: 'app2' })
      expect(again?.createdAt).toBe(first[0]?.createdAt)
      expect(again?.updatedAt).toBeGreaterThan(first[0]?.updatedAt ?? 0)
      expect(await measurements.list(1, all)).toHaveLength(2)
      expect(await measurements.list(2, all)).toEqual([])
      expect(await putMeasurements(measurements, 1, 'app', [])).toEqual([])
    })

    test('many writers of the same variables and times settle on one row each', async () => {
      const items = Array.from({ length: 40 }, (_, i) => measurement(i, { variableName: `v${i % 7}` }))
      await Promise.all(
        Array.from({ length: 8 }, (_, i) =>
          putMeasurements((i % 2 ? at.storage : at.other).measurements, 7, 'app', i % 3 ? items : [...items].reverse()),
        ),
      )
      expect(await at.storage.measurements.list(7, all)).toHaveLength(40)
      expect(await at.storage.measurements.variables(7, { filters: [], limit: 100, offset: 0 })).toHaveLength(7)
    })

    test('of any number of writers at once none gets a person beyond their limit', async () => {
      const most = 30
      const writes = Array.from({ length: 12 }, (_, i) => {
        const { measurements } = i % 2 ? at.storage : at.other
        const items = Array.from({ length: 5 }, (_, second) => measurement(second, { variableName: `v${i}` }))
        return measurements.upsertWithin(most, 25, 'app', items)
      })
      const answers = await Promise.all(writes)
      expect(answers.filter((answer) => answer === 'full')).toHaveLength(6)
      const kept = await at.storage.measurements.list(25, all)
      expect(kept).toHaveLength(most)
      // Nothing is left of those that were refused, variables neither.
      expect(await at.storage.measurements.countVariables(25, [])).toBe(6)

      const { measurements } = at.storage
      const [first] = kept
      const overwritten = measurement(first?.startTime ?? 0, { variableName: first?.variableName ?? '', value: 8 })
      expect(await measurements.upsertWithin(most, 25, 'app', [overwritten, overwritten])).toHaveLength(2)
      const another = measurement(99, { variableName: first?.variableName ?? '' })
      expect(await measurements.upsertWithin(most, 25, 'app', [overwritten, another])).toBe('full')
      await measurements.delete(25, [{ id: first?.id ?? 0 }])
      expect(await measurements.upsertWithin(most, 25, 'app', [another])).toHaveLength(1)
      expect(await measurements.upsertWithin(most, 25, 'app', [overwritten])).toBe('full')
      expect(await measurements.upsertWithin(most, 26, 'app', [another])).toHaveLength(1)
    })

    test('large uploads go through', async () => {
      const items = Array.from({ length: 2500 }, (_, i) => measurement(i))
      expect(await putMeasurements(at.storage.measurements, 8, 'app', items)).toHaveLength(2500)
    })

    test('conditions mean the same on every database', async () => {
      await putMeasurements(at.storage.measurements, 3, 'app', [
        measurement(10, { value: 1, source: 'Watch' }),
        measurement(20, { value: 2.5, source: 'watch%' }),
        measurement(30, { value: 3, source: 'phone', variableName: 'Coffee', variableCategory: null, unit: 'cups' }),
      ])
      const times = async (
        column: MeasurementFilter['column'],
        operator: MeasurementFilter['operator'],
        value: MeasurementFilter['value'],
      ) =>
        (await at.storage.measurements.list(3, { ...all, filters: [{ column, operator, value }] })).map(
          (m) => m.startTime,
        )
      expect(await times('startTime', '=', 20)).toEqual([20])
      expect(await times('startTime', '=', '20')).toEqual([20])
      expect(await times('startTime', '>', 19.5)).toEqual([20, 30])
      expect(await times('startTime', '<=', 20.5)).toEqual([10, 20])
      expect(await times('startTime', '=', 20.5)).toEqual([])
      expect(await times('startTime', '!=', 20.5)).toEqual([10, 20, 30])
      expect(await times('startTime', '<', 1e300)).toEqual([10, 20, 30])
      expect(await times('startTime', '>=', 'soon')).toEqual([])
      expect(await times('value', '>=', 2.5)).toEqual([20, 30])
      expect(await times('value', 'in', [1, '3', 'x'])).toEqual([10, 30])
      expect(await times('value', 'in', [])).toEqual([])
      expect(await times('id', 'not in', [])).toEqual([10, 20, 30])
      expect(await times('source', '=', 'Watch')).toEqual([10])
      expect(await times('source', 'like', 'WATCH%')).toEqual([10, 20])
      expect(await times('source', 'like', 'watch\\%')).toEqual([20])
      expect(await times('source', 'like', '\\')).toEqual([])
      expect(await times('source', 'not like', 'watch%')).toEqual([30])
      expect(await times('source', 'like', 'a\u0000')).toEqual([])
      expect(await times('variableName', 'in', ['Coffee', 7])).toEqual([30])
      expect(await times('variableName', '=', 'Mood')).toEqual([10, 20])
      expect(await times('variableName', '=', 'nothing')).toEqual([])
      expect(await times('variableName', '!=', 'Mood')).toEqual([30])
      expect(await times('variableCategory', '=', 'Emotions')).toEqual([10, 20])
      expect(await times('unit', '!=', "'; drop table measurements; --")).toEqual([10, 20, 30])
      expect(await times('source', '>=', 'phone')).toEqual([20, 30])
      expect(await times('source', '<', 'a')).toEqual([10])
      expect(await times('source', 'between', ['Watch', 'phone'])).toEqual([10, 30])
      expect(await times('startTime', 'between', [10, 20])).toEqual([10, 20])
      expect(await times('startTime', 'not between', [10, 20])).toEqual([30])
      expect(await times('startTime', 'between', [10.5, 1e300])).toEqual([20, 30])
      expect(await times('value', 'between', [9, 1])).toEqual([])
      await expect(times('value', 'like', '1')).rejects.toThrow(TypeError)
    })

    test('what has no category is none of those that a negated condition names', async () => {
      await putMeasurements(at.storage.measurements, 13, 'app', [
        measurement(10),
        measurement(20, { variableName: 'Coffee', variableCategory: null }),
        measurement(30, { variableName: 'Tea', variableCategory: 'Drinks' }),
      ])
      const times = async (operator: MeasurementFilter['operator'], value: MeasurementFilter['value']) =>
        (
          await at.storage.measurements.list(13, { ...all, filters: [{ column: 'variableCategory', operator, value }] })
        ).map((m) => m.startTime)
      expect(await times('!=', 'Emotions')).toEqual([20, 30])
      expect(await times('not in', ['Emotions', 'Drinks'])).toEqual([20])
      expect(await times('not in', [])).toEqual([10, 20, 30])
      expect(await times('not like', '%in%')).toEqual([10, 20])
      expect(await times('not between', ['A', 'E'])).toEqual([10, 20])
      expect(await times('!=', 'a\u0000')).toEqual([10, 20, 30])
      expect(await times('<', 'E')).toEqual([30])
    })

    test('values are compared and sorted as their units scale them', async () => {
      await putMeasurements(at.storage.measurements, 14, 'app', [
        measurement(1, { unit: 'min', value: 90 }),
        measurement(2, { unit: 'h', value: 2 }),
        measurement(3, { unit: 'min', value: 20 }),
        measurement(4, { unit: 'F', value: 32 }),
        measurement(5, { unit: 'min', value: 1e300 }),
        measurement(6, { unit: 'min', value: 1e-300 }),
      ])
      const scales = [
        { unit: 'min', factor: 1 / 60, offset: 0 },
        { unit: 'F', factor: 5 / 9, offset: -160 / 9 },
        { unit: 'huge', factor: 1e200, offset: 0 },
      ]
      const times = async (
        operator: MeasurementFilter['operator'],
        value: MeasurementFilter['value'],
        more: { descending?: boolean } = {},
      ) =>
        (
          await at.storage.measurements.list(14, {
            ...all,
            scales,
            filters: [{ column: 'value', operator, value }],
            sort: [{ column: 'value', descending: more.descending ?? false }],
          })
        ).map((m) => m.startTime)
      expect(await times('>', 0.3)).toEqual([3, 1, 2, 5])
      expect(await times('between', [0.3, 2], { descending: true })).toEqual([2, 1, 3])
      expect(await times('not between', [0.3, 2])).toEqual([4, 6, 5])
      expect(await times('=', 0.333333333333)).toEqual([3])
      expect(await times('>', 0.333333333333)).toEqual([1, 2, 5])
      expect(await times('>=', 0.333333333334)).toEqual([3, 1, 2, 5])
      expect(await times('in', [1.5, 2, 'x'])).toEqual([1, 2])
      expect(await times('not in', [1.5, 2, 0])).toEqual([3, 5])
      expect(await times('!=', 1.5)).toEqual([4, 6, 3, 2, 5])
      expect(await times('in', [])).toEqual([])
      expect(await times('<', 1e308)).toEqual([4, 6, 3, 1, 2, 5])
      expect(await times('>=', 1.7976931348623157e308)).toEqual([])
      expect(await times('=', 'soon')).toEqual([])
      await expect(times('like', '1')).rejects.toThrow(TypeError)
      const [first] = await at.storage.measurements.list(14, { ...all, scales, sort: [] })
      expect(first?.value).toBe(90)
    })

    test('lists are sorted, and pages do not overlap', async () => {
      await putMeasurements(
        at.storage.measurements,
        4,
        'app',
        Array.from({ length: 30 }, (_, i) =>
          measurement(Math.floor(i / 2), { variableName: i % 2 ? 'a' : 'b', value: i }),
        ),
      )
      const page = (offset: number) =>
        at.storage.measurements.list(4, { ...all, sort: [{ column: 'startTime', descending: true }], limit: 7, offset })
      const pages = [
        ...(await page(0)),
        ...(await page(7)),
        ...(await page(14)),
        ...(await page(21)),
        ...(await page(28)),
      ]
      expect(new Set(pages.map((one) => one.id)).size).toBe(30)
      expect(pages.map((one) => one.startTime)).toEqual(pages.map((one) => one.startTime).sort((a, b) => b - a))
      const sorted = await at.storage.measurements.list(4, {
        ...all,
        sort: [
          { column: 'variableName', descending: false },
          { column: 'value', descending: true },
        ],
      })
      expect(sorted[0]).toMatchObject({ variableName: 'a', value: 29 })
    })

    test('a measurement is changed and deleted by its owner only', async () => {
      const { measurements } = at.storage
      const [one, two] = await putMeasurements(measurements, 5, 'app', [measurement(1), measurement(2)])
      if (one === undefined || two === undefined) throw new Error('not stored')
      expect(await measurements.update(5, one.id, { value: 9, note: 'x', startTime: 3 })).toMatchObject({
        id: one.id,
        value: 9,
        note: 'x',
        startTime: 3,
      })
      expect(await measurements.update(5, one.id, { startTime: 2 })).toBe('time_taken')
      expect(await measurements.update(6, one.id, { value: 1 })).toBeUndefined()
      expect(await measurements.delete(6, [{ id: one.id }])).toBe(0)
      expect(await measurements.delete(5, [{ id: one.id }])).toBe(1)
      expect(await measurements.delete(5, [{ variableId: two.variableId, startTime: 2 }])).toBe(1)
      expect(await measurements.delete(5, [{ variableId: two.variableId, startTime: 2 }])).toBe(0)
    })

    test('several measurements are deleted at once, and what is not there or not sound is passed over', async () => {
      const { measurements } = at.storage
      const [one, two, three] = await putMeasurements(measurements, 15, 'app', [
        measurement(1),
        measurement(2),
        measurement(3),
      ])
      if (one === undefined || two === undefined || three === undefined) throw new Error('not stored')
      const both = [{ id: three.id }, { variableId: one.variableId, startTime: 1 }, { id: 0.5 }, { id: 2 ** 50 }]
      expect(await measurements.delete(16, both)).toBe(0)
      expect(await measurements.delete(15, both)).toBe(2)
      expect(await measurements.delete(15, [])).toBe(0)
      const left = await measurements.list(15, { filters: [], sort: [], limit: 10, offset: 0 })
      expect(left.map(({ id }) => id)).toEqual([two.id])
    })

    test('the sources of a person are told once each, by their code points', async () => {
      const { measurements } = at.storage
      const from = (startTime: number, source: string) => measurement(startTime, { source })
      await putMeasurements(measurements, 17, 'app', [
        from(1, 'watch'),
        from(2, 'Diary'),
        from(3, 'watch'),
        from(4, 'ärzte'),
      ])
      await putMeasurements(measurements, 18, 'app', [from(1, 'other')])
      expect(await measurements.sources(17, 10)).toEqual(['Diary', 'watch', 'ärzte'])
      expect(await measurements.sources(17, 2)).toEqual(['Diary', 'watch'])
      expect(await measurements.sources(19, 10)).toEqual([])
    })

    test('a variable tells the most common of its last hundred values, of equals the last', async () => {
      const { measurements } = at.storage
      const value = (startTime: number, recorded: number) => measurement(startTime, { value: recorded })
      const mostCommon = async () =>
        (await measurements.variables(20, { filters: [], limit: 1, offset: 0 }))[0]?.mostCommon
      await putMeasurements(measurements, 20, 'app', [value(1, 5), value(2, 5), value(3, 4), value(4, 3), value(5, 3)])
      expect(await mostCommon()).toMatchObject({ value: 3, unit: '/5' })
      await putMeasurements(measurements, 20, 'app', [value(6, 5)])
      expect(await mostCommon()).toMatchObject({ value: 5, source: 'test' })
      await putMeasurements(
        measurements,
        20,
        'app',
        Array.from({ length: 100 }, (_, at) => value(10 + at, at < 40 ? 2 : 100 + at)),
      )
      expect(await mostCommon()).toMatchObject({ value: 2 })
      await putMeasurements(
        measurements,
        20,
        'app',
        Array.from({ length: 60 }, (_, at) => value(200 + at, 1)),
      )
      expect(await mostCommon()).toMatchObject({ value: 1 })
    })

    test('variables are found by conditions, sorted and paged', async () => {
      const name = (variableName: string, variableCategory: string | null, startTime = 1) =>
        measurement(startTime, { variableName, variableCategory })
      await putMeasurements(at.storage.measurements, 9, 'app', [
        name('100%', 'A'),
        name('1000', 'B'),
        name('Über_x', null),
      ])
      await putMeasurements(at.storage.measurements, 9, 'app', [
        name('1000', 'B', 7),
        name('1000', 'B', 3),
        name('Über_x', null, 5),
      ])
      const names = async (filters: VariableQuery['filters'], sort: VariableQuery['sort'] = []) =>
        (await at.other.measurements.variables(9, { filters, sort, limit: 10, offset: 0 })).map((one) => one.name)
      expect(await names([])).toEqual(['100%', '1000', 'Über_x'])
      expect(await names([{ column: 'name', operator: '=', value: '100%' }])).toEqual(['100%'])
      expect(await names([{ column: 'name', operator: 'like', value: '%0\\%%' }])).toEqual(['100%'])
      expect(await names([{ column: 'name', operator: 'like', value: '%BER\\_X' }])).toEqual(['Über_x'])
      expect(await names([{ column: 'name', operator: 'like', value: 'Über%' }])).toEqual(['Über_x'])
      expect(await names([{ column: 'name', operator: '=', value: '\u0000' }])).toEqual([])
      expect(await names([{ column: 'category', operator: '=', value: 'A' }])).toEqual(['100%'])
      expect(await names([{ column: 'category', operator: '!=', value: 'A' }])).toEqual(['1000', 'Über_x'])
      expect(await names([{ column: 'measurements', operator: '>', value: 1 }])).toEqual(['1000', 'Über_x'])
      expect(await names([{ column: 'latestTime', operator: '<', value: 6 }])).toEqual(['100%', 'Über_x'])
      expect(await names([], [{ column: 'latestTime', descending: true }])).toEqual(['1000', 'Über_x', '100%'])
      expect(await names([], [{ column: 'category', descending: true }])).toEqual(['1000', '100%', 'Über_x'])
      expect(await names([], [{ column: 'measurements', descending: false }])).toEqual(['100%', 'Über_x', '1000'])
      expect(await at.storage.measurements.variables(9, { filters: [], limit: 1, offset: 1 })).toMatchObject([
        { name: '1000' },
      ])
      const counted = (filters: VariableQuery['filters']) => at.storage.measurements.countVariables(9, filters)
      expect(await counted([])).toBe(3)
      expect(await counted([{ column: 'measurements', operator: '>', value: 1 }])).toBe(2)
      expect(await at.storage.measurements.variablesByName(9, ['1000', 'nothing', '\u0000'])).toMatchObject([
        { name: '1000', category: 'B' },
      ])
    })

    test('a variable tells what its measurements come to, also when there are none any more', async () => {
      const { measurements } = at.storage
      await putMeasurements(measurements, 10, 'app', [
        measurement(5, { value: 1 }),
        measurement(9, { value: 2, unit: '%' }),
      ])
      await putMeasurements(measurements, 11, 'app', [measurement(99, { value: 7 })])
      const [one] = await measurements.variables(10, { filters: [], limit: 10, offset: 0 })
      expect(one).toMatchObject({
        name: 'Mood',
        unit: '/5',
        measurements: 2,
        earliestTime: 5,
        latestTime: 9,
        latest: { value: 2, unit: '%', source: 'test' },
      })
      const variableId = one?.id ?? 0
      await measurements.delete(10, [{ variableId, startTime: 9 }])
      await measurements.delete(10, [{ variableId, startTime: 5 }])
      expect(await measurements.variables(10, { filters: [], limit: 10, offset: 0 })).toMatchObject([
        { id: variableId, measurements: 0, earliestTime: null, latestTime: null, latest: null, mostCommon: null },
      ])
    })

    test('a time is gathered in equal parts, in one unit, and without what is too large to be counted with', async () => {
      const { measurements } = at.storage
      await putMeasurements(measurements, 31, 'app', [
        measurement(100, { value: 1 }),
        measurement(149, { value: 2 }),
        measurement(150, { value: 3, unit: 'half' }),
        measurement(199, { value: 1.7e308 }),
      ])
      const [one] = await measurements.variables(31, { filters: [], limit: 1, offset: 0 })
      const asked = { variableId: one?.id ?? 0, from: 100, to: 199, parts: 2 }
      const scales = [{ unit: 'half', factor: 2, offset: 1 }]
      expect(await at.other.measurements.series(31, { ...asked, scales })).toEqual([
        { part: 0, least: 1, most: 2, mean: 1.5, count: 2 },
        { part: 1, least: 7, most: 7, mean: 7, count: 1 },
      ])
      expect(await at.other.measurements.series(32, { ...asked, scales })).toEqual([])
      expect(await at.other.measurements.series(31, { ...asked, from: 500, to: 500, scales: [] })).toEqual([])
    })

    test('all of a person goes in pieces, with the variables of which nothing is left', async () => {
      const { measurements } = at.storage
      await putMeasurements(
        measurements,
        33,
        'app',
        Array.from({ length: 1500 }, (_, i) => measurement(i)),
      )
      await putMeasurements(measurements, 34, 'app', [measurement(1)])
      expect([await measurements.deleteSome(33), await measurements.deleteSome(33)]).toEqual([1000, 500])
      expect(await measurements.deleteSome(33)).toBe(0)
      expect(await measurements.deleteUnusedVariables(33)).toBe(1)
      expect(await measurements.deleteUnusedVariables(34)).toBe(0)
      expect(await at.other.measurements.countVariables(33, [])).toBe(0)
      expect(await measurements.upsertWithin(1, 33, 'app', [measurement(1)])).toHaveLength(1)
    })

    test('of any number who begin an import of one person one does, until it is over or has not moved', async () => {
      const { imports } = at.storage
      const begin = (id: string, stale = 0) => imports.begin(35, { id, size: 10 }, stale)
      const begun = await Promise.all(['a', 'b', 'c', 'd'].map((id) => begin(id)))
      expect(begun.filter((one) => one)).toHaveLength(1)
      const found = await at.other.imports.find(35)
      expect(found).toMatchObject({ state: 'reading', size: 10, stored: 0, problems: [] })
      const id = found?.id ?? ''
      const done = {
        state: 'done',
        bytesRead: 10,
        stored: 7,
        refused: 1,
        problems: [{ line: 2, problem: 'no' }],
      } as const
      expect(await at.other.imports.note(35, 'nobody', done)).toBe(false)
      expect(await at.other.imports.note(35, id, done)).toBe(true)
      expect(await imports.find(35)).toMatchObject(done)
      expect([await begin('e'), await begin('f')]).toEqual([true, false])
      expect(await begin('g', at.clock.now() + 1)).toBe(true)
      expect(await imports.find(36)).toBeUndefined()
    })
  })
}

/** Measurements: one value per variable and start time, listed by bound conditions. */
import { describe, expect, test } from 'vitest'
import type { MeasurementFilter } from '../../src/storage/contract.ts'
import type { Place } from './contract.ts'
import { measurement } from './fixtures.ts'
import { opened } from './opened.ts'

export function measurementTests(place: () => Promise<Place>): void {
  describe('measurements', () => {
    const at = opened(place)
    const all = { filters: [], sort: [], limit: 1000, offset: 0 }

    test('a second value for the same time overwrites the first, unknown variables are made', async () => {
      const { measurements } = at.storage
      const first = await measurements.upsert(1, 'app', [
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
      const [again] = await at.other.measurements.upsert(1, 'app2', [measurement(100, { value: 4, note: 'n' })])
      expect(again).toMatchObject({ id: first[0]?.id, value: 4, note: 'n', clientId: 'app2' })
      expect(again?.createdAt).toBe(first[0]?.createdAt)
      expect(again?.updatedAt).toBeGreaterThan(first[0]?.updatedAt ?? 0)
      expect(await measurements.list(1, all)).toHaveLength(2)
      expect(await measurements.list(2, all)).toEqual([])
      expect(await measurements.upsert(1, 'app', [])).toEqual([])
    })

    test('many writers of the same variables and times settle on one row each', async () => {
      const items = Array.from({ length: 40 }, (_, i) => measurement(i, { variableName: `v${i % 7}` }))
      await Promise.all(
        Array.from({ length: 8 }, (_, i) =>
          (i % 2 ? at.storage : at.other).measurements.upsert(7, 'app', i % 3 ? items : [...items].reverse()),
        ),
      )
      expect(await at.storage.measurements.list(7, all)).toHaveLength(40)
      expect(await at.storage.measurements.variables(7, { limit: 100, offset: 0 })).toHaveLength(7)
    })

    test('large uploads go through', async () => {
      const items = Array.from({ length: 2500 }, (_, i) => measurement(i))
      expect(await at.storage.measurements.upsert(8, 'app', items)).toHaveLength(2500)
    })

    test('conditions mean the same on every database', async () => {
      await at.storage.measurements.upsert(3, 'app', [
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
      await expect(times('value', 'like', '1')).rejects.toThrow(TypeError)
    })

    test('lists are sorted, and pages do not overlap', async () => {
      await at.storage.measurements.upsert(
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
      const [one, two] = await measurements.upsert(5, 'app', [measurement(1), measurement(2)])
      if (one === undefined || two === undefined) throw new Error('not stored')
      expect(await measurements.update(5, one.id, { value: 9, note: 'x', startTime: 3 })).toMatchObject({
        id: one.id,
        value: 9,
        note: 'x',
        startTime: 3,
      })
      expect(await measurements.update(5, one.id, { startTime: 2 })).toBe('time_taken')
      expect(await measurements.update(6, one.id, { value: 1 })).toBeUndefined()
      expect(await measurements.delete(6, { id: one.id })).toBe(0)
      expect(await measurements.delete(5, { id: one.id })).toBe(1)
      expect(await measurements.delete(5, { variableId: two.variableId, startTime: 2 })).toBe(1)
      expect(await measurements.delete(5, { variableId: two.variableId, startTime: 2 })).toBe(0)
    })

    test('variables are found by name, by a part of it, and by category', async () => {
      const name = (variableName: string, variableCategory: string | null) =>
        measurement(1, { variableName, variableCategory })
      await at.storage.measurements.upsert(9, 'app', [name('100%', 'A'), name('1000', 'B'), name('Über_x', 'A')])
      const names = async (query: { name?: string; search?: string; category?: string }) =>
        (await at.other.measurements.variables(9, { ...query, limit: 10, offset: 0 })).map((one) => one.name).sort()
      expect(await names({})).toEqual(['100%', '1000', 'Über_x'])
      expect(await names({ name: '100%' })).toEqual(['100%'])
      expect(await names({ search: '0%' })).toEqual(['100%'])
      expect(await names({ search: 'BER_X' })).toEqual(['Über_x'])
      expect(await names({ category: 'A' })).toEqual(['100%', 'Über_x'])
      expect(await names({ name: '\u0000' })).toEqual([])
    })
  })
}

/** Every `.http` transcript, replayed: the readable specification of each dialect. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { addressOf, readTranscript, replayTranscript } from '../support/transcript.ts'

const folder = import.meta.dirname
const dialects = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())

describe.each(dialects.map(({ name }) => name))('the %s transcripts', (dialect) => {
  const files = readdirSync(join(folder, dialect)).filter((name) => name.endsWith('.http'))

  it('are there', () => {
    expect(files).not.toEqual([])
  })

  it.each(files)('%s', async (name) => {
    await replayTranscript(join(folder, dialect, name))
  })
})

describe('every row of ROWS.md', () => {
  const rows = readRows(readFileSync(join(folder, 'ROWS.md'), 'utf8'))

  it('is read', () => {
    expect(rows.length).toBeGreaterThan(60)
    expect(new Set(rows.flatMap(({ addresses }) => addresses)).size).toBeGreaterThan(70)
  })

  it.each(rows)('$name', ({ addresses, files }) => {
    expect(files).not.toEqual([])
    const asked = files.flatMap((file) => readTranscript(join(folder, file)).map(addressOf))
    for (const address of addresses) {
      expect(
        asked.some((one) => one !== undefined && pattern(address).test(one)),
        `${address} in ${files}`,
      ).toBe(true)
    }
  })

  it('leaves no transcript out', () => {
    const transcripts = dialects.flatMap(({ name }) =>
      readdirSync(join(folder, name)).flatMap((file) => (file.endsWith('.http') ? `${name}/${file}` : [])),
    )
    expect([...new Set(rows.flatMap(({ files }) => files))].toSorted()).toEqual(transcripts.toSorted())
  })
})

interface Row {
  readonly name: string
  /** Each with its method, as `GET /api/user`. */
  readonly addresses: readonly string[]
  /** Transcripts, as `quantimodo/resource_user.http`. */
  readonly files: readonly string[]
}

function readRows(page: string): readonly Row[] {
  return page.split('\n').flatMap((line) => {
    const [, name, shown] = /^\| (?!row \|)([^|]+) \| ([^|]+) \|$/.exec(line) ?? []
    if (name === undefined || shown === undefined) return []
    const addresses = [...name.matchAll(/`([A-Z]+ \/[^` ]*)`/g)].map(([, address = '']) => address)
    const files = [...shown.matchAll(/\]\(([a-z_0-9]+\/[a-z_0-9]+\.http)\)/g)].map(([, file = '']) => file)
    return { name, addresses, files }
  })
}

/** `{…}` in an address stands for one piece of it. */
function pattern(address: string): RegExp {
  const literal = address.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&')
  return new RegExp(`^${literal.replaceAll(/\{[^}]*\}/g, '[^/]+')}$`)
}

/** Every `.http` transcript, replayed: the readable specification of each dialect. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { replayTranscript } from '../support/transcript.ts'

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

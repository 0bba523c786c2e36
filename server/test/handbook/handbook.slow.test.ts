/**
 * The operator's handbook, as an operator follows it: the commands of each page run in their order, in a shell of their own.
 * What a reader replaces by their own (names of hosts, folders, ports) is replaced here, and nothing else.
 */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildCommand } from '../support/command.ts'
import { blocksOf, handbookPages } from './pages.ts'
import { type Sandbox, sandbox } from './sandbox.ts'

beforeAll(buildCommand)

describe('the operator’s handbook', () => {
  const pages = handbookPages()
  /** What most pages begin with: an installation in use, whose servers have ended. Each page gets a copy. */
  let scene: Sandbox
  beforeAll(async () => {
    scene = await sandbox('')
    if (scene.missing === undefined) expect(await scene.run([])).toBe('')
    await scene.stop()
  })
  afterAll(() => scene.close())

  test('leaves at most one block in ten to its reader, and says why', () => {
    const blocks = pages.flatMap(({ blocks }) => blocks)
    const left = blocks.filter(({ notRun }) => notRun !== undefined)
    expect(blocks.length).toBeGreaterThan(30)
    expect(left.filter(({ notRun }) => notRun === '')).toEqual([])
    expect(left.length / blocks.length).toBeLessThanOrEqual(0.1)
  })

  test('has each page in its table of contents', () => {
    const contents = readFileSync(new URL('../../../docs/operating/README.md', import.meta.url), 'utf8')
    expect(pages.map(({ name }) => name).filter((name) => !contents.includes(`](${name})`))).toEqual([])
  })

  describe.each(pages.filter(({ blocks }) => blocks.some(({ notRun }) => notRun === undefined)))('$name', (page) => {
    let box: Sandbox
    beforeAll(async () => {
      box = await sandbox(page.name, scene.folder)
    })
    afterAll(() => box.close())

    test('its commands do what it says', async (context) => {
      if (box.missing !== undefined) {
        if (process.env.CI) throw new Error(`${box.missing} is missing`)
        context.skip(`NOT RUN: ${box.missing} is missing`)
      }
      expect(await box.run(blocksOf(page))).toBe('')
      // A page is some twenty processes, one after another.
    }, 400_000)
  })
})

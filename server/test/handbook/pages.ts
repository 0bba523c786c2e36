/** Reads the pages of the operator's handbook and the commands on them. */
import { readdirSync, readFileSync } from 'node:fs'

const folder = new URL('../../../docs/operating/', import.meta.url)

export interface Block {
  readonly text: string
  /** Its line on the page. */
  readonly line: number
  /** Why the test leaves it out, in the words of the page; undefined: it is run. */
  readonly notRun: string | undefined
}

export interface Page {
  readonly name: string
  readonly blocks: readonly Block[]
}

export function handbookPages(): readonly Page[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .sort()
    .map((name) => ({ name, blocks: readBlocks(readFileSync(new URL(name, folder), 'utf8')) }))
}

/** Those that are run. */
export function blocksOf(page: Page): readonly Block[] {
  return page.blocks.filter(({ notRun }) => notRun === undefined)
}

/** Blocks of shell commands; a comment on the line before one says why it is not run. */
function readBlocks(text: string): Block[] {
  const blocks: Block[] = []
  const lines = text.split('\n')
  for (let at = 0; at < lines.length; at++) {
    const fence = /^(\s*)```sh$/.exec(lines[at] ?? '')
    if (fence === null) continue
    const indent = fence[1] ?? ''
    const end = lines.indexOf(`${indent}\`\`\``, at + 1)
    if (end === -1) throw new Error(`A block that begins on line ${at + 1} has no end`)
    const said = /^\s*<!-- Not run here: (.*) -->$/.exec(lines[at - 1] ?? '')
    const body = lines.slice(at + 1, end).map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line))
    blocks.push({ text: body.join('\n'), line: at + 1, notRun: said?.[1] })
    at = end
  }
  return blocks
}

/** What the seeds of all servers share. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Calls `work` for 0 … count - 1, `size` of them at a time. */
export async function inGroups(count, size, work) {
  for (let from = 0; from < count; from += size) {
    await Promise.all(Array.from({ length: Math.min(size, count - from) }, (_, i) => work(from + i)))
  }
}

/** The items in random order, in place. */
export function shuffled(items) {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1))
    ;[items[i], items[j]] = [items[j], items[i]]
  }
  return items
}

/** Writes each list of tokens into a file of its name, a token a line. */
export function writeTokens(folder, lists) {
  mkdirSync(folder, { recursive: true })
  for (const [name, tokens] of Object.entries(lists)) writeFileSync(join(folder, name), tokens.join('\n'))
}

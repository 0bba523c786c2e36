/** Writes docs/refusals.md from the table of refusals; a test holds the two together. */
import { writeFile } from 'node:fs/promises'
import { refusalsReference } from '../server/dist/protocol/refusals/reference.js'

await writeFile(new URL('../docs/refusals.md', import.meta.url), refusalsReference())

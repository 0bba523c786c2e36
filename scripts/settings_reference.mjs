/** Writes docs/settings.md from the schema of the settings; a test holds the two together. */
import { writeFile } from 'node:fs/promises'
import { settingsReference } from '../server/dist/settings_reference.js'

await writeFile(new URL('../docs/settings.md', import.meta.url), settingsReference())

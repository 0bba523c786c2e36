/** Writes docs/data_map.md and the page on personal data from the map in the code; a test holds them together. */
import { writeFile } from 'node:fs/promises'
import { dataMapPage, personalDataPage } from '../server/dist/storage/data_map/index.js'

await writeFile(new URL('../docs/data_map.md', import.meta.url), dataMapPage())
await writeFile(new URL('../docs/operating/personal_data.md', import.meta.url), personalDataPage())

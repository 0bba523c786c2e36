/** Writes docs/data_map.md from the map in the code; a test holds the two together. */
import { writeFile } from 'node:fs/promises'
import { dataMapPage } from '../server/dist/storage/data_map/index.js'

await writeFile(new URL('../docs/data_map.md', import.meta.url), dataMapPage())

/** Whether there is room on the disk, as `doctor` says it. */
import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { reasonOf } from '../../lib/text/reason.ts'
import type { Finding } from './providers.ts'

/** Of a file system: sizes in blocks of so many bytes. */
interface Room {
  readonly bsize: number
  readonly blocks: number
  readonly bavail: number
}

const leastBytes = 1e9
const leastPart = 0.05

/** Looks where the data folder is, or will be. */
export async function lookAtDisk(
  data: string,
  roomOf: (path: string) => Promise<Room> = (path) => statfs(path),
): Promise<Finding> {
  const check = 'disk'
  try {
    const { bsize, blocks, bavail } = await roomOf(standing(data))
    const free = bavail * bsize
    const part = blocks === 0 ? 0 : bavail / blocks
    const text = `${(free / 1e9).toFixed(1)} GB are free where ${data} is (${Math.floor(part * 100)} %)`
    if (free >= leastBytes && part >= leastPart) return { check, state: 'ok', text }
    const repair = 'Make room, or move the data folder to a larger disk: a full one stops every write.'
    return { check, state: 'warning', text, repair }
  } catch (error) {
    const repair = 'Check that the data folder can be opened by the user that runs this command.'
    return { check, state: 'warning', text: `${data} could not be looked at: ${reasonOf(error)}`, repair }
  }
}

/** The folder, or the nearest above it that is there. */
function standing(path: string): string {
  let folder = path
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder)
  return folder
}

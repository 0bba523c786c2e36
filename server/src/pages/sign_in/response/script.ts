/** The script of the page that posts an app's answer: it does what the button does. */
import { sha256 } from '../../../lib/hash.ts'

export const postScript = "document.getElementById('response-form').submit()\n"

export const postScriptPath = '/assets/post.js'

const hash = sha256(postScript).toString('hex').slice(0, 16)

/** Its address, which changes with its content, so that browsers may keep it for ever. */
export const postScriptHref = `${postScriptPath}?v=${hash}`

/** Whether `v` names just this text. */
export function isLasting(v: string | null): boolean {
  return v === hash
}

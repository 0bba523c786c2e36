/** The scripts of the pages from which a browser goes on to an app: each does what its page's button or link does. */
import { sha256 } from '../../../lib/hash.ts'

export interface LeavingScript {
  readonly path: string
  readonly text: string
  /** Its address, which changes with its content, so that browsers may keep it for ever. */
  readonly href: string
  /** Whether `v` names just this text. */
  isLasting(v: string | null): boolean
}

function leavingScript(path: string, text: string): LeavingScript {
  const hash = sha256(text).toString('hex').slice(0, 16)
  return { path, text, href: `${path}?v=${hash}`, isLasting: (v) => v === hash }
}

/** Posts an app's answer. */
export const postScript = leavingScript('/assets/post.js', "document.getElementById('response-form').submit()\n")

/**
 * Goes back to the app that has asked for a sign-out, once the pages of the others are loaded. One of them that does not
 * answer holds nobody up.
 */
export const onwardScript = leavingScript(
  '/assets/onward.js',
  `const onward = () => location.replace(document.getElementById('signed-out-onward').href)
addEventListener('load', onward)
setTimeout(onward, 5000)
`,
)

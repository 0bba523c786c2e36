/** Which lines of Node.js a server may run on, and until when. */

/** When the long-term lines of Node.js stop getting security repairs. */
const endOfLife: Readonly<Record<string, string>> = { '20': '2026-04-30', '22': '2027-04-30', '24': '2028-04-30' }

/** Until when Consentry runs on lines that get none any more. What is released later may refuse them. */
const supportedUntil: Readonly<Record<string, string>> = { '20': '2027-04-30' }

/** The line that images, units and documents use. */
export const recommendedNode = '24'

/** What is wrong with this version of Node.js, in one sentence; undefined where it still gets repairs. */
export function nodeProblem(running: string, now: number): string | undefined {
  const line = running.split('.')[0] ?? ''
  const end = endOfLife[line]
  if (end === undefined || now < Date.parse(end)) return undefined
  const support = supportedUntil[line]
  const fixes = `Node ${line} has had no security fixes since ${end}`
  return support === undefined ? fixes : `${fixes}; Consentry supports it until ${support}`
}

/** What the checklist of the console says, as `doctor` says it; what other findings here tell in more words is left to them. */
import { type CheckId, checkServer, repairCommands } from '../../engine/operator/checks/checks.ts'
import { engineSettings, mailWay, type Settings } from '../../settings.ts'
import type { Storage } from '../../storage/contract.ts'
import { en } from '../../words/en/index.ts'
import { sayCheck } from '../../words/say_check.ts'
import { self } from '../invocation.ts'
import type { Finding } from './providers.ts'

/** With findings of their own. */
const elsewhere: ReadonlySet<CheckId> = new Set(['restore', 'keys', 'issuer', 'mail', 'scopes', 'jobs'])

const states = { ok: 'ok', todo: 'warning', problem: 'problem' } as const

export async function lookAtSetUp(storage: Storage, settings: Settings): Promise<Finding[]> {
  const mailer = { way: mailWay(settings) }
  const { clock } = storage
  const found = await checkServer({ storage, clock, settings: engineSettings(settings), mailer })
  return found
    .filter(({ id }) => !elsewhere.has(id))
    .map((one) => {
      const { title, repair } = en.checks.each[one.id]
      const finding = { check: lowered(title), state: states[one.state], text: sayCheck(en, one) }
      const command = repairCommands[one.id]?.replace(/^consentry /, `${self} `)
      return one.state === 'ok'
        ? finding
        : { ...finding, repair: command === undefined ? repair : `${repair} (${command})` }
    })
}

/** A title within a sentence; one that begins with an abbreviation, as APIs, stays as it is. */
function lowered(title: string): string {
  return /^[A-Z][A-Z]/.test(title) ? title : title.charAt(0).toLowerCase() + title.slice(1)
}

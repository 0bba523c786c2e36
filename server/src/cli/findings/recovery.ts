/** What is left to do after a restore, as `doctor` says it. */
import type { Storage } from '../../storage/contract.ts'
import { moment } from '../command.ts'
import { self } from '../invocation.ts'
import type { Finding } from './providers.ts'

export async function lookAtRecovery(storage: Storage): Promise<Finding[]> {
  const restored = await storage.recovery.find()
  if (restored === undefined) return []
  const [from, until] = [moment(restored.backupAt), moment(restored.restoredAt)]
  const findings: Finding[] = []
  if (restored.unacknowledged) {
    const text = `what was ended or changed between ${from} and ${until} is as it was before`
    findings.push({
      check: 'restore',
      state: 'problem',
      text,
      repair: `Look at it, then: ${self} recover --acknowledge`,
    })
  }
  if (restored.paused) {
    const text = `jobs, mails and calls to other servers are paused since ${until}`
    findings.push({ check: 'restore', state: 'warning', text, repair: `Let them go out: ${self} recover --resume` })
  }
  return findings
}

/** The small interfaces of storage that both databases share word for word. */
import type { Storage } from '../contract.ts'
import { acts, changeable } from './act.ts'
import type { Connection } from './connection.ts'
import { failures } from './failures.ts'
import { subjectSalt } from './installation.ts'
import { secretMarks } from './keys.ts'
import { appUses } from './log/app_uses.ts'
import { auditChain } from './log/audit_chain.ts'
import { dialectUses } from './log/dialect_uses.ts'
import { planUses } from './log/plan_uses.ts'
import { requests } from './log/requests.ts'
import { usage } from './log/usage.ts'
import type { LongReads } from './long_reads.ts'
import { imports } from './measurements/imports.ts'
import { measurements } from './measurements/measurements.ts'
import { nodes } from './nodes.ts'
import { idempotencyKeys } from './operator/admin_api.ts'
import { sessions } from './people/sessions.ts'

/** What each driver has for itself. */
type Own =
  | 'driver'
  | 'installation'
  | 'clock'
  | 'grants'
  | 'claims'
  | 'pushedRequests'
  | 'ping'
  | 'findFaults'
  | 'onClientsChanged'
  | 'onJobAdded'
  | 'onCommit'
  | 'pools'
  | 'noticeChanges'
  | 'sweep'
  | 'close'

export function sharedParts(connection: Connection, reads: LongReads): Omit<Storage, Own> & { flush(): Promise<void> } {
  const { touched, ...sessionVerbs } = sessions(connection)
  return {
    ...acts(connection),
    ...changeable(connection),
    sessions: sessionVerbs,
    auditChain: auditChain(connection),
    failures: failures(connection),
    requests: requests(connection, reads),
    usage: usage(connection),
    planUses: planUses(connection),
    dialectUses: dialectUses(connection),
    appUses: appUses(connection),
    secretMarks: secretMarks(connection),
    subjectSalt: subjectSalt(connection),
    nodes: nodes(connection),
    measurements: measurements(connection, reads),
    imports: imports(connection),
    idempotencyKeys: idempotencyKeys(connection),
    flush: () => touched.flush(),
  }
}

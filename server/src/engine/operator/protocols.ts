/** What the operator decides about legacy protocols. */
import { dayOf } from '../../lib/clock.ts'
import type { ClosableDialect } from '../../protocol/dialects.ts'
import { type DialectDecision, decideDialect } from '../../runtime/kept/legacy_dialects.ts'
import { type Operator, type OperatorContext, operate } from './operator.ts'

/** Announces the end of a legacy protocol, closes it or opens it again; what `change` does not name stays. */
export function decideProtocol(
  context: OperatorContext,
  by: Operator,
  protocol: ClosableDialect,
  change: Parameters<typeof decideDialect>[3],
): Promise<DialectDecision> {
  return operate(context, by, async (acting, record) => {
    const notice = await decideDialect(acting, context.clock, protocol, change)
    const { closed, sunset, link = null } = notice
    const ends = sunset === undefined ? null : dayOf(sunset)
    await record('legacy_protocol_decided', { detail: { protocol, closed, sunset: ends, link } })
    return notice
  })
}

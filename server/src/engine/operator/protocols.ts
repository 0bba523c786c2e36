/** What the operator decides about legacy protocols. */
import type { ClosableDialect } from '../../protocol/dialects.ts'
import { type DialectDecision, decideDialect } from '../../runtime/kept/legacy_dialects.ts'
import { type Operator, type OperatorContext, recordAct } from './operator.ts'

/** Announces the end of a legacy protocol, closes it or opens it again; what `change` does not name stays. */
export async function decideProtocol(
  context: OperatorContext,
  by: Operator,
  protocol: ClosableDialect,
  change: Parameters<typeof decideDialect>[3],
): Promise<DialectDecision> {
  const notice = await decideDialect(context.storage, context.clock, protocol, change)
  const { closed, sunset, link = null } = notice
  const ends = sunset === undefined ? null : new Date(sunset).toISOString().slice(0, 10)
  await recordAct(context, by, { type: 'legacy_protocol_decided', detail: { protocol, closed, sunset: ends, link } })
  return notice
}

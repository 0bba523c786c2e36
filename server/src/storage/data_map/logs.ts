/** The data map of what is written down of requests and acts. */
import type { Entries } from './entry.ts'

type Log =
  | 'request_log'
  | 'audit_log'
  | 'audit_chains'
  | 'audit_drops'
  | 'audit_seals'
  | 'audit_unchained'
  | 'dialect_uses'

export const logs: Entries<Log> = {
  request_log: {
    holds: 'Requests of an app, for its developer.',
    backup: 'left out',
    whose: 'developer',
    kept: '14 days, and the newest 10,000 of an app (1,000 of those that nobody proved to have sent)',
    exported: 'developer portal',
    erased: 'the sweep',
    columns: {
      seq: 'order of the log',
      request_id: 'the ID that the answer named',
      client_id: 'the app',
      at: 'when it came',
      endpoint: 'where it came',
      method: 'HTTP method',
      status: 'HTTP status of the answer',
      reason: 'why it was refused',
      rule: 'the rule that refused it',
      ruleset: 'the rules that were run',
      cause: 'why it was refused, in a sentence',
      expected: 'what would have been right; only where the app has authenticated',
      got: 'what was sent instead; only where the app has authenticated',
      user_agent: 'the program that sent it',
      pairwise: { whose: 'person', purpose: 'ID of the person for this app alone, where they have consented' },
      network: { whose: 'person', purpose: 'class of the network; no address' },
      authenticated: 'whether the app proved to have sent it',
    },
  },
  audit_log: {
    holds: 'What people, developers and operators have done.',
    backup: 'kept',
    whose: 'operator',
    kept: 'CONSENTRY_AUDIT_RETENTION days, of which whole ones go',
    exported: 'audit list; account page on activity',
    erased: 'the sweep; user delete and client delete leave it',
    columns: {
      seq: 'order of the log',
      at: 'when it happened',
      type: 'what happened',
      actor: { whose: 'person', purpose: 'ID of who did it' },
      operator: 'how and as which user of the machine the operator did it, without an account',
      subject: { whose: 'person', purpose: 'ID of whom it was done to' },
      client_id: 'the app concerned',
      address: { whose: 'person', purpose: 'IP address that it came from' },
      user_agent: { whose: 'person', purpose: 'the program that it came from' },
      request_id: 'the request in which it happened',
      detail: 'what was changed, without values that are secret',
      node: 'the chain that it belongs to',
      number: 'its place in the chain',
      digest: 'digest of the row and of the one before it',
      origin_proof: 'salt of what can be erased of its origin, or its salted digest where that was erased',
      detail_proof: 'salt of the detail, or its salted digest where that was erased',
    },
  },
  audit_chains: {
    holds: 'Where each chain of the audit log ends.',
    backup: 'kept',
    whose: 'operator',
    kept: 'for good',
    exported: 'audit verify',
    erased: 'no',
    columns: {
      node: 'the process that writes it',
      number: 'place of its last row',
      digest: 'digest of its last row',
      started_at: 'when it began',
    },
  },
  audit_drops: {
    holds: 'What retention has taken off each chain of the audit log.',
    backup: 'kept',
    whose: 'operator',
    kept: 'for good',
    exported: 'audit verify',
    erased: 'no',
    columns: {
      node: 'the chain',
      number: 'place of the last row that went',
      digest: 'digest of that row',
      dropped_at: 'when it went',
      mark: 'proof that this server did so',
    },
  },
  audit_seals: {
    holds: 'Daily seals of the audit log.',
    backup: 'kept',
    whose: 'operator',
    kept: 'for good',
    exported: 'audit seals',
    erased: 'no',
    columns: {
      number: 'order of the seals',
      body: 'where each chain ended, and how many events there were',
      generation: 'the root secret under which it is sealed',
      mac: 'proof that this server has written it',
    },
  },
  audit_unchained: {
    holds: 'The part of the audit log from before there were chains.',
    backup: 'kept',
    whose: 'operator',
    kept: 'for good',
    exported: 'audit verify',
    erased: 'no',
    columns: { one: 'always 1', last: 'its last row', count: 'how many rows it had' },
  },
  dialect_uses: {
    holds: 'How often each app uses a legacy protocol, to decide when to close it.',
    backup: 'kept',
    whose: 'operator',
    kept: '400 days',
    exported: 'dialects list',
    erased: 'the sweep',
    columns: {
      day: 'the day (UTC)',
      dialect: 'the protocol, or a version of it',
      client_id: 'the app',
      count: 'how often',
      last_at: 'when last',
    },
  },
}

/**
 * Every check, in the order in which they are made: first what asks nothing of the server but documents, last what signs
 * somebody out.
 * Not here: how a check is made or shown. Neighbours: `check.ts` beside says what a check is, `probe.ts` what it asks with.
 * To add: an entry in the file of its group. Its section is one that was read, not remembered; its ID stays for good,
 * because people put it into their own scripts.
 */
import type { Check } from '../check.ts'
import { authorization } from './authorization.ts'
import { codeFlow } from './code_flow.ts'
import { device } from './device.ts'
import { discovery } from './discovery.ts'
import { dpop } from './dpop.ts'
import { exchanges } from './exchange.ts'
import { idTokens } from './id_token.ts'
import { introspection } from './introspection.ts'
import { keys } from './keys.ts'
import { logout } from './logout.ts'
import { pushed } from './pushed.ts'
import { refresh } from './refresh.ts'
import { registration } from './registration.ts'
import { resource } from './resource.ts'
import { revocation } from './revocation.ts'
import { token } from './token.ts'
import { userinfo } from './userinfo.ts'

export const checks: readonly Check[] = [
  ...discovery,
  ...keys,
  ...authorization,
  ...token,
  ...registration,
  ...codeFlow,
  ...idTokens,
  ...userinfo,
  ...refresh,
  ...revocation,
  ...introspection,
  ...pushed,
  ...dpop,
  ...device,
  ...exchanges,
  ...resource,
  ...logout,
]

/** The index of MUSTs: a file for each specification. */
import type { Musts } from '../must.ts'
import { rfc8628 } from './device.ts'
import { rfc8693 } from './exchange.ts'
import { openidCore, rpLogout } from './openid.ts'
import { rfc9126, rfc9207 } from './pushed.ts'
import { redirectUris } from './redirect_uris.ts'
import { rfc7591 } from './registration.ts'
import { rfc8707 } from './resources.ts'
import { rfc6749 } from './rfc6749.ts'
import { rfc6750 } from './rfc6750.ts'
import { rfc7523 } from './rfc7523.ts'
import { rfc7636 } from './rfc7636.ts'
import { rfc9449 } from './rfc9449.ts'
import { rfc7009, rfc7662 } from './tokens.ts'

export const index: readonly Musts[] = [
  rfc6749,
  rfc6750,
  rfc7009,
  rfc7523,
  rfc7591,
  rfc7636,
  rfc7662,
  rfc8628,
  rfc8693,
  rfc8707,
  rfc9126,
  rfc9207,
  rfc9449,
  redirectUris,
  openidCore,
  rpLogout,
]

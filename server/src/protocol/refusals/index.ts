/**
 * The one table from the reason of a refusal (for the log and the app's owner) to what the wire may say (deliberately
 * less), by subject.
 * Not here: how a refusal is thrown (`../refusal.ts`) and how a protocol spells it (`dialects/`). Neighbours: everything
 * above names a reason; `engine/developer/repairs.ts` reads the repairs. To add: a row in the file of its subject, then
 * `npm run docs:refusals`; a subject, its file and its two lines here; a code of the wire, its line in `row.ts`.
 */
import { accessTokenRefusals } from './access_token.ts'
import { assertionRefusals } from './assertion.ts'
import { authorizationRefusals } from './authorization.ts'
import { clientRefusals } from './client.ts'
import { deviceRefusals } from './device.ts'
import { dpopRefusals } from './dpop.ts'
import { exchangeRefusals } from './exchange.ts'
import { logoutRefusals } from './logout.ts'
import { providerRefusals } from './provider.ts'
import { registrationRefusals } from './registration.ts'
import { requestRefusals } from './request.ts'
import { scopeRefusals } from './scope.ts'
import { tokenRefusals } from './token.ts'

export const subjects = {
  request: requestRefusals,
  client: clientRefusals,
  token: tokenRefusals,
  scope: scopeRefusals,
  authorization: authorizationRefusals,
  device: deviceRefusals,
  exchange: exchangeRefusals,
  assertion: assertionRefusals,
  dpop: dpopRefusals,
  logout: logoutRefusals,
  registration: registrationRefusals,
  provider: providerRefusals,
  accessToken: accessTokenRefusals,
}

export const refusals = {
  ...requestRefusals,
  ...clientRefusals,
  ...tokenRefusals,
  ...scopeRefusals,
  ...authorizationRefusals,
  ...deviceRefusals,
  ...exchangeRefusals,
  ...assertionRefusals,
  ...dpopRefusals,
  ...logoutRefusals,
  ...registrationRefusals,
  ...providerRefusals,
  ...accessTokenRefusals,
}

export type Reason = keyof typeof refusals

/** What people read of legacy protocols and of the plans for their ends, in German. */
import type { ClosableDialect } from '../../../protocol/dialects.ts'
import type { Words } from '../../en/index.ts'

const names = {
  quantimodo: 'QuantiModo OAuth 2',
  password_token: 'Passwort-Token',
  jwt_login: 'JWT-Anmeldung',
}
const parts: Readonly<Record<string, string>> = { unversioned: 'ohne Version', social: 'Anmeldung über Anbieter' }

function name(protocol: ClosableDialect): string {
  const [dialect, part] = protocol.split('/') as [keyof typeof names, string | undefined]
  return part === undefined ? names[dialect] : `${names[dialect]}, ${parts[part] ?? part}`
}

export const protocols: Words['protocols'] = { name }

/** What people read of legacy protocols and of the plans for their ends. */
import type { ClosableDialect } from '../../../protocol/dialects.ts'

const names = {
  quantimodo: 'QuantiModo OAuth 2',
  password_token: 'Password token',
  jwt_login: 'JWT login',
}
const parts: Readonly<Record<string, string>> = { unversioned: 'without a version', social: 'social sign-in' }

/** A protocol, or a version of one, as people know it: `JWT login, v1`. */
function name(protocol: ClosableDialect): string {
  const [dialect, part] = protocol.split('/') as [keyof typeof names, string | undefined]
  return part === undefined ? names[dialect] : `${names[dialect]}, ${parts[part] ?? part}`
}

export const protocols = { name }

/** Text to copy for one app: its environment file, and token requests for a shell and for Node. A secret is in none. */

import { endpoints } from '../../../protocol/endpoints.ts'
import { deviceGrantType } from '../../../protocol/names.ts'

/** How an app proves itself in a token request (RFC 6749 §2.3.1); `other` is by a key or a certificate. */
export type ProofInCode = 'basic' | 'post' | 'none' | 'other'

export interface TokenRequestCode {
  readonly clientId: string
  readonly tokenEndpoint: string
  readonly proof: ProofInCode
  /** How a code is exchanged; left out for an app that asks for tokens of its own. */
  readonly code?: { readonly redirectUri: string; readonly verifier: string } | undefined
}

const secretVariable = 'OIDC_CLIENT_SECRET'

/** The environment of an app, one variable a line. */
export function environment(values: {
  readonly issuer: string
  readonly clientId: string
  readonly redirectUri: string | undefined
  /** The secret, or what stands in for it; undefined where the app has none. */
  readonly secret: string | undefined
}): string {
  return [
    `OIDC_ISSUER=${values.issuer}`,
    `OIDC_CLIENT_ID=${values.clientId}`,
    ...(values.secret === undefined ? [] : [`${secretVariable}=${values.secret}`]),
    ...(values.redirectUri === undefined ? [] : [`OIDC_REDIRECT_URI=${values.redirectUri}`]),
  ].join('\n')
}

/** The token request as a shell command. The code stands in it as CODE. */
export function curlCommand(request: TokenRequestCode): string {
  return curl(request, request.tokenEndpoint, fields(request, 'CODE'))
}

/** The requests of an app on a device that cannot show a browser (RFC 8628 §3.1, §3.4). The device code stands as DEVICE_CODE. */
export function deviceCommands(
  request: Omit<TokenRequestCode, 'code'>,
  issuer: string,
): { readonly asks: string; readonly polls: string } {
  const own: readonly (readonly [string, string])[] = request.proof === 'basic' ? [] : [['client_id', request.clientId]]
  return {
    asks: curl(request, issuer + endpoints.device_authorization_endpoint, own),
    polls: curl(request, request.tokenEndpoint, [
      ['grant_type', deviceGrantType],
      ['device_code', 'DEVICE_CODE'],
      ...own,
    ]),
  }
}

function curl(
  { clientId, proof }: TokenRequestCode,
  url: string,
  parameters: readonly (readonly [string, string])[],
): string {
  const secret = `"$${secretVariable}"`
  const lines = [
    `curl ${quoted(url)}`,
    ...(proof === 'basic' ? [`-u ${quoted(clientId)}:${secret}`] : []),
    ...parameters.map(([name, value]) => `--data-urlencode ${quoted(`${name}=${value}`)}`),
    ...(proof === 'post' ? [`--data-urlencode client_secret=${secret}`] : []),
  ]
  return lines.join(' \\\n  ')
}

/** The token request as a program of Node 20.6 and later, without a library. The code is its first argument. */
export function nodeProgram(request: TokenRequestCode): string {
  const { clientId, proof } = request
  const literal = (text: string) => JSON.stringify(text)
  const members = [
    ...fields(request, undefined).map(([name, value]) =>
      value === undefined ? `    ${name}: process.argv[2],` : `    ${name}: ${literal(value)},`,
    ),
    ...(proof === 'post' ? [`    client_secret: process.env.${secretVariable},`] : []),
  ]
  return [
    `const answer = await fetch(${literal(request.tokenEndpoint)}, {`,
    "  method: 'POST',",
    ...(proof === 'basic'
      ? [`  headers: { authorization: 'Basic ' + btoa(${literal(`${clientId}:`)} + process.env.${secretVariable}) },`]
      : []),
    '  body: new URLSearchParams({',
    ...members,
    '  }),',
    '})',
    'console.log(answer.status, await answer.json())',
  ].join('\n')
}

/** The form fields of the request; the code is given as `code`. */
function fields<Code extends string | undefined>(
  { clientId, proof, code: exchange }: TokenRequestCode,
  code: Code,
): readonly (readonly [string, string | Code])[] {
  const own: readonly (readonly [string, string])[] = proof === 'basic' ? [] : [['client_id', clientId]]
  if (exchange === undefined) return [['grant_type', 'client_credentials'], ...own]
  return [
    ['grant_type', 'authorization_code'],
    ['code', code],
    ['redirect_uri', exchange.redirectUri],
    ['code_verifier', exchange.verifier],
    ...own,
  ]
}

/** A word of a POSIX shell; quotes stand around it where it needs them. */
export function quoted(text: string): string {
  return /^[A-Za-z0-9_:/.=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

/** The people and apps of the tests, as the documents that `consentry apply` reads. */

export interface Person {
  readonly username: string
  readonly email: string
  readonly password: string
}

/** The account holder. */
export const alice: Person = {
  username: 'alice',
  email: 'alice@example.com',
  password: 'seven swans a-swimming',
}

/** The developer, who owns every app here. */
export const dev: Person = { username: 'dev', email: 'dev@example.com', password: 'eight maids a-milking' }

export interface ClientDocument {
  readonly client_id: string
  readonly client_name: string
  readonly redirect_uris: readonly string[]
  readonly client_secret?: string
  readonly [member: string]: unknown
}

/** Everything that an app here may ask for. */
export const everyScope = 'openid profile email offline_access basic readmeasurements writemeasurements'

/** An app with a secret; the secret holds every character that clients are known to encode in different ways. */
export function confidentialClient(
  name: string,
  redirectUri: string,
  more: Readonly<Record<string, unknown>> = {},
): ClientDocument & { readonly client_secret: string } {
  return {
    client_id: name.toLowerCase().replaceAll(' ', '-'),
    client_name: name,
    client_secret: `${name} +/=:%25&"~!*'()-_. is a secret of 32 or more`.replaceAll(' ', ''),
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    scope: everyScope,
    owner: dev.username,
    ...more,
  }
}

/**
 * A secret as the portal makes them. Python's libraries and arctic put one into the Authorization header as it is, where RFC 6749
 * §2.3.1 wants it encoded first; this one is the same either way.
 */
export const plainSecret = { client_secret: 'a-secret-of-letters-and-hyphens-alone' }

/** An app without a secret: one that runs in the browser or on a phone. */
export function publicClient(
  name: string,
  redirectUri: string,
  more: Readonly<Record<string, unknown>> = {},
): ClientDocument {
  return {
    client_id: name.toLowerCase().replaceAll(' ', '-'),
    client_name: name,
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'none',
    scope: everyScope,
    owner: dev.username,
    ...more,
  }
}

export function applyDocument(clients: readonly ClientDocument[]): Readonly<Record<string, unknown>> {
  return {
    users: [
      {
        ...alice,
        email_verified: true,
        claims: { name: 'Alice Liddell', given_name: 'Alice', family_name: 'Liddell', locale: 'en-GB' },
      },
      { ...dev, email_verified: true, roles: ['owner'] },
    ],
    clients,
  }
}

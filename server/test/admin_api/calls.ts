/** Calls to the admin API, as a program makes them. */
import { addClient, type Harness, issuer } from '../support/harness.ts'

export const adminResource = `${issuer}/admin/api`

/** A token of a machine client with this role, for these scopes. */
export async function machineToken(
  h: Pick<Harness, 'app' | 'context'>,
  role: 'owner' | 'admin' | 'support' = 'owner',
  scope = 'admin.read admin.write',
): Promise<string> {
  const client = await addClient(h, {
    grant_types: ['client_credentials'],
    redirect_uris: [],
    scope: 'admin.read admin.write',
    admin_role: role,
  })
  return ownToken(h, client, { scope, resource: adminResource })
}

/** A token that a client gets for itself. */
export async function ownToken(
  { app }: Pick<Harness, 'app'>,
  client: { readonly id: string; readonly secret: string },
  asked: Readonly<Record<string, string>>,
): Promise<string> {
  const answer = await askToken({ app }, client, asked)
  if (answer.statusCode !== 200) throw new Error(answer.body)
  return answer.json().access_token
}

export function askToken(
  { app }: Pick<Harness, 'app'>,
  client: { readonly id: string; readonly secret: string },
  asked: Readonly<Record<string, string>> | string,
) {
  const form = new URLSearchParams(asked)
  form.set('grant_type', 'client_credentials')
  return app.inject({
    method: 'POST',
    url: '/oauth/token',
    headers: {
      authorization: `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    payload: form.toString(),
  })
}

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** A call with a token. */
export function call(
  { app }: Pick<Harness, 'app'>,
  token: string | undefined,
  method: Method,
  path: string,
  more: { readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> } = {},
) {
  return app.inject({
    method,
    url: `/admin/api/v1${path}`,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(more.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...more.headers,
    },
    ...(more.body === undefined ? {} : { payload: JSON.stringify(more.body) }),
  })
}

/** npm `quantimodo` as it is published, its callbacks turned into promises. */
import { createRequire } from 'node:module'

interface Failure {
  readonly status?: number
  readonly response?: { readonly body?: unknown }
}

type Callback = (
  error: Failure | null,
  data: unknown,
  response: { readonly status: number; readonly body: unknown },
) => void
type Operation = (...args: readonly unknown[]) => unknown

interface ApiClient {
  basePath: string
  readonly authentications: Record<string, { accessToken?: string; apiKey?: string | null }>
}

const load = createRequire(import.meta.url)
const apis = load('quantimodo') as Readonly<Record<string, new (client: ApiClient) => Record<string, Operation>>>
const { ApiClient } = load('quantimodo') as { readonly ApiClient: new () => ApiClient }

export interface QuantimodoAnswer {
  readonly status: number
  /** What the client made of it by its own models. */
  readonly data: unknown
  /** What the server sent. */
  readonly body: unknown
}

/** A client whose base path points at the server. */
export interface QuantimodoClient {
  /** Presents the token in the header, in the query string, in both, or not at all. */
  present(token: string | undefined, where?: 'header' | 'query' | 'both'): void
  /** Calls an operation of an API class of the package. */
  call(api: string, operation: string, ...args: readonly unknown[]): Promise<QuantimodoAnswer>
}

export function quantimodoClient(issuer: string): QuantimodoClient {
  const client = new ApiClient()
  client.basePath = `${issuer}/api`
  return {
    present(token, where = 'header') {
      const header = client.authentications.quantimodo_oauth2
      const query = client.authentications.access_token
      if (header === undefined || query === undefined) throw new Error('the package has other authentications')
      delete header.accessToken
      if (token !== undefined && where !== 'query') header.accessToken = token
      query.apiKey = token !== undefined && where !== 'header' ? token : null
    },
    call: (api, operation, ...args) =>
      new Promise((resolve) => {
        const Api = apis[api]
        if (Api === undefined) throw new Error(`the package has no ${api}`)
        const callback: Callback = (error, data, response) =>
          resolve(
            error === null || error === undefined
              ? { status: response.status, data, body: response.body }
              : { status: error.status ?? 0, data: null, body: error.response?.body },
          )
        const instance = new Api(client)
        instance[operation]?.call(instance, ...args, callback)
      }),
  }
}

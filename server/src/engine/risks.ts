/** The named settings by which an app is let off a rule, and what each of them risks, for its owner to read. */
import type { ClientMetadata } from '../protocol/client_metadata.ts'
import type { Client } from './clients.ts'

export interface Risk {
  /** The setting's name in the app's document. */
  readonly setting: string
  readonly sentence: string
}

const risks: readonly (Risk & { readonly taken: (metadata: ClientMetadata) => boolean })[] = [
  {
    setting: 'code_without_pkce',
    sentence: 'Whoever gets hold of a code on its way to the app can exchange it, as no code_challenge is asked for.',
    taken: (metadata) => metadata.code_without_pkce === true,
  },
  {
    setting: 'refresh_without_secret',
    sentence: 'A stolen refresh token works without the secret until it is found out.',
    taken: (metadata) => metadata.refresh_without_secret === true,
  },
  {
    setting: 'front_channel_tokens',
    sentence: 'Tokens are handed over in the address of a page, where its scripts and the history can read them.',
    taken: (metadata) => metadata.front_channel_tokens === true,
  },
  {
    setting: 'token_in_header_and_query',
    sentence: 'Access tokens in addresses end up in logs and histories.',
    taken: (metadata) => metadata.token_in_header_and_query === true,
  },
  {
    setting: 'refresh_rotation',
    sentence: 'Refresh tokens do not change, so that a stolen one is not noticed.',
    taken: (metadata) => metadata.refresh_rotation === 'never',
  },
]

/** The risks that the app's owner, or the operator, has taken for it. */
export function risksOf(client: Client): readonly Risk[] {
  return risks.filter(({ taken }) => taken(client.metadata)).map(({ setting, sentence }) => ({ setting, sentence }))
}

/** The named settings by which an app is let off a rule, and what each of them risks, for its owner to read. */
import type { Seconds } from '../lib/clock.ts'
import type { ClientMetadata } from '../protocol/client_metadata.ts'
import type { Client } from './clients.ts'
import type { EngineSettings } from './context.ts'

export interface Risk {
  /** The setting's name in the app's document. */
  readonly setting: string
  readonly sentence: string
}

/** `taken` is told how long the replay window is where the app does not say. */
const risks: readonly (Risk & { readonly taken: (metadata: ClientMetadata, usual: Seconds) => boolean })[] = [
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
    setting: 'client_assertion_audience',
    sentence:
      'A server that the app also signs in to can use an assertion made for it here, if it calls itself by our URL.',
    taken: (metadata) => metadata.client_assertion_audience === 'token_endpoint',
  },
  {
    setting: 'refresh_rotation',
    sentence: 'Refresh tokens do not change, so that a stolen one is not noticed.',
    taken: (metadata) => metadata.refresh_rotation === 'never',
  },
  {
    setting: 'replay_window',
    sentence:
      'With a longer window than usual, a stolen refresh token that is used soon after the app’s own is not found out.',
    taken: (metadata, usual) => (metadata.replay_window ?? usual) > usual,
  },
  {
    setting: 'replay_window',
    sentence: 'Without a window, an app that loses an answer, or refreshes twice at once, loses its authorization.',
    taken: (metadata) => metadata.replay_window === 0,
  },
]

/** The risks that the app's owner, or the operator, has taken for it. */
export function risksOf(client: Client, { replayWindow }: Pick<EngineSettings, 'replayWindow'>): readonly Risk[] {
  const usual = usualReplayWindow(client, replayWindow)
  return risks
    .filter(({ taken }) => taken(client.metadata, usual))
    .map(({ setting, sentence }) => ({ setting, sentence }))
}

/** What a setting would risk, a sentence for each way in which it may be set. */
export function risksBy(setting: string): readonly string[] {
  return risks.filter((risk) => risk.setting === setting).map(({ sentence }) => sentence)
}

/** Seconds: the app's replay window where its document does not say. */
export function usualReplayWindow(client: Client, window: EngineSettings['replayWindow']): Seconds {
  return client.confidential ? window.confidential : window.public
}

/** The named settings by which an app is let off a rule, and what each of them risks, for its owner to read. */
import type { Seconds } from '../../lib/clock.ts'
import type { ClientMetadata } from '../../protocol/client_metadata.ts'
import type { EngineSettings } from '../../runtime/context.ts'
import type { Client } from '../../runtime/kept/clients.ts'

export interface Risk {
  /** The setting's name in the app's document. */
  readonly setting: string
  readonly sentence: string
}

/** `taken` is told how long the two windows are where the app does not say. */
const risks: readonly (Risk & { readonly taken: (metadata: ClientMetadata, usual: UsualWindows) => boolean })[] = [
  {
    setting: 'code_without_pkce',
    sentence: 'Anyone who intercepts a code can exchange it, because no code_challenge is required.',
    taken: (metadata) => metadata.code_without_pkce === true,
  },
  {
    setting: 'refresh_without_secret',
    sentence: 'A stolen refresh token works without the secret until it is detected.',
    taken: (metadata) => metadata.refresh_without_secret === true,
  },
  {
    setting: 'front_channel_tokens',
    sentence: 'Tokens are passed in the URL of a page, where scripts and the browser history can read them.',
    taken: (metadata) => metadata.front_channel_tokens === true,
  },
  {
    setting: 'token_in_header_and_query',
    sentence: 'Access tokens in URLs end up in logs and browser histories.',
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
    sentence: 'Refresh tokens do not change, so a stolen one is not detected.',
    taken: (metadata) => metadata.refresh_rotation === 'never',
  },
  {
    setting: 'replay_window',
    sentence:
      'With a longer window than usual, a stolen refresh token that is used soon after the app’s own is not detected.',
    taken: (metadata, { replay }) => (metadata.replay_window ?? replay) > replay,
  },
  {
    setting: 'replay_window',
    sentence: 'Without a window, an app that loses an answer, or refreshes twice at once, loses its authorization.',
    taken: (metadata) => metadata.replay_window === 0,
  },
  {
    setting: 'lost_answer_window',
    sentence:
      'Whoever steals a refresh token of an app that does not authenticate can use it for longer after the app’s own ' +
      'refresh, until the new tokens are used.',
    taken: (metadata, { lostPublic }) => {
      const open = metadata.token_endpoint_auth_method === 'none' || metadata.refresh_without_secret === true
      return open && (metadata.lost_answer_window ?? 0) > lostPublic
    },
  },
]

/** Seconds: the replay window of such an app, and the lost answer window of one that does not authenticate. */
interface UsualWindows {
  readonly replay: Seconds
  readonly lostPublic: Seconds
}

/** The risks that the app's owner, or the operator, has taken for it. */
export function risksOf(client: Client, settings: Windows): readonly Risk[] {
  const usual = {
    replay: usualWindow(client, settings, 'replay_window'),
    lostPublic: settings.lostAnswerWindow.public,
  }
  return risks
    .filter(({ taken }) => taken(client.metadata, usual))
    .map(({ setting, sentence }) => ({ setting, sentence }))
}

/** What a setting would risk, a sentence for each way in which it may be set. */
export function risksBy(setting: string): readonly string[] {
  return risks.filter((risk) => risk.setting === setting).map(({ sentence }) => sentence)
}

type Windows = Pick<EngineSettings, 'replayWindow' | 'lostAnswerWindow'>

/** Seconds: one of the app's windows where its document does not say. */
export function usualWindow(client: Client, settings: Windows, name: 'replay_window' | 'lost_answer_window'): Seconds {
  const window = name === 'replay_window' ? settings.replayWindow : settings.lostAnswerWindow
  return client.confidential ? window.confidential : window.public
}

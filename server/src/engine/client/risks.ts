/** The named settings by which an app is let off a rule, and what each of them risks, for its owner to read. */
import type { Seconds } from '../../lib/clock.ts'
import type { ClientMetadata } from '../../protocol/client_metadata.ts'
import type { EngineSettings } from '../../runtime/context.ts'
import type { Client } from '../../runtime/kept/clients.ts'
import type { Words } from '../../words/index.ts'

export interface Risk {
  /** The setting's name in the app's document. */
  readonly setting: string
  /** What it risks, by its sentence in `words/`. */
  readonly risk: RiskName
}

export type RiskName = keyof Words['risks']

/** `taken` is told how long the two windows are where the app does not say. */
const risks: readonly (Risk & { readonly taken: (metadata: ClientMetadata, usual: UsualWindows) => boolean })[] = [
  {
    setting: 'code_without_pkce',
    risk: 'code_without_pkce',
    taken: (metadata) => metadata.code_without_pkce === true,
  },
  {
    setting: 'refresh_without_secret',
    risk: 'refresh_without_secret',
    taken: (metadata) => metadata.refresh_without_secret === true,
  },
  {
    setting: 'front_channel_tokens',
    risk: 'front_channel_tokens',
    taken: (metadata) => metadata.front_channel_tokens === true,
  },
  {
    setting: 'token_in_header_and_query',
    risk: 'token_in_header_and_query',
    taken: (metadata) => metadata.token_in_header_and_query === true,
  },
  {
    setting: 'client_assertion_audience',
    risk: 'assertion_for_endpoint',
    taken: (metadata) => metadata.client_assertion_audience === 'token_endpoint',
  },
  {
    setting: 'refresh_rotation',
    risk: 'no_rotation',
    taken: (metadata) => metadata.refresh_rotation === 'never',
  },
  {
    setting: 'replay_window',
    risk: 'long_replay_window',
    taken: (metadata, { replay }) => (metadata.replay_window ?? replay) > replay,
  },
  {
    setting: 'replay_window',
    risk: 'no_replay_window',
    taken: (metadata) => metadata.replay_window === 0,
  },
  {
    setting: 'lost_answer_window',
    risk: 'long_lost_answer_window',
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
  return risks.filter(({ taken }) => taken(client.metadata, usual)).map(({ setting, risk }) => ({ setting, risk }))
}

/** What a setting would risk, in each way in which it may be set. */
export function risksBy(setting: string): readonly RiskName[] {
  return risks.filter((risk) => risk.setting === setting).map(({ risk }) => risk)
}

type Windows = Pick<EngineSettings, 'replayWindow' | 'lostAnswerWindow'>

/** Seconds: one of the app's windows where its document does not say. */
export function usualWindow(client: Client, settings: Windows, name: 'replay_window' | 'lost_answer_window'): Seconds {
  const window = name === 'replay_window' ? settings.replayWindow : settings.lostAnswerWindow
  return client.confidential ? window.confidential : window.public
}

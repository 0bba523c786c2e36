/** The security profile of an app, as its developers choose it: what it lacks for each, and putting it on one. */

import type { ClientId } from '../../protocol/names.ts'
import {
  membersOfProfile,
  type Profile,
  profiles,
  type Unmet,
  unmetConditions,
} from '../../protocol/profiles/profiles.ts'
import type { Context } from '../../runtime/context.ts'
import type { Client } from '../../runtime/kept/clients.ts'
import type { Changed, Developer } from './developer_apps.ts'
import { edit } from './edit_app.ts'

/** What the app is held to, and what it could be. */
export interface ProfileState {
  readonly profile: Profile | undefined
  /** Whether the operator has put the app on it, so that the operator alone takes it off. */
  readonly byOperator: boolean
  /** What the app lacks for each. */
  readonly unmet: Readonly<Record<Profile, readonly Unmet[]>>
}

export function profileStateOf({ metadata }: Client): ProfileState {
  const { profile, profile_by: by } = metadata
  // With what a profile sets itself, so that only what the developer has to do is left.
  const lacks = (wanted: Profile) => unmetConditions({ ...metadata, ...membersOfProfile(metadata, wanted) }, wanted)
  return {
    profile,
    byOperator: profile !== undefined && by !== 'developer',
    unmet: { 'fapi2-security': lacks('fapi2-security'), oauth21: lacks('oauth21'), mcp: lacks('mcp') },
  }
}

/**
 * Puts the app on a profile, or takes its own choice off again by 'none'. What the profile sets stays as it is where the
 * profile goes, so that nothing gets laxer unasked. What was issued before an app takes one on ends.
 */
export async function saveProfile(
  context: Context,
  by: Developer,
  clientId: ClientId,
  wanted: string,
): Promise<Changed> {
  const profile = profiles.find((name) => name === wanted)
  if (profile === undefined && wanted !== 'none') return { problem: 'profile_missing' }
  return edit(context, by, clientId, {
    event: 'app_profile_changed',
    detail: { profile: profile ?? null },
    by: (document) => {
      if (document.profile !== undefined && document.profile_by !== 'developer') return 'profile_of_operator'
      if (profile === undefined) return { profile: undefined, profile_by: undefined }
      return { ...membersOfProfile(document, profile), profile, profile_by: 'developer' }
    },
  })
}

/** The data map of apps, of subscription keys and of the people who look after them. */
import type { Entries } from './entry.ts'

const app = {
  whose: 'developer',
  kept: 'until the app is deleted',
  exported: 'developer portal; client show',
  erased: 'deletion in the portal; client delete',
} as const
const key = {
  whose: 'developer',
  kept: 'until the key is deleted',
  exported: 'developer portal',
  erased: 'deletion in the portal; apply --prune; user delete of its owner',
} as const
const invitee = {
  username_key: 'the username or e-mail address as names are compared',
  username: 'the username or e-mail address that was invited; it need not be anybody’s',
  user_id: 'whose it was at the invitation',
} as const
const invitation = { ...invitee, declined: 'whether the person has declined' } as const

export const apps: Entries<
  | 'clients'
  | 'client_secrets'
  | 'deleted_clients'
  | 'client_origins'
  | 'client_redirect_uris'
  | 'client_collaborators'
  | 'client_invitations'
  | 'client_testers'
  | 'subscription_keys'
  | 'subscription_key_collaborators'
  | 'subscription_key_invitations'
> = {
  clients: {
    holds: 'Registered apps.',
    backup: 'kept',
    ...app,
    columns: {
      client_id: 'names the app',
      owner_id: 'the account whose app it is; null for the operator’s',
      enabled: 'whether it can be used',
      pending: 'whether it is in development',
      valid_after: 'ends everything issued to it before',
      metadata: 'what was registered: names, addresses, scopes, keys (RFC 7591 §2)',
      proposal: 'the change that waits for the operator',
      verification: 'who has verified the app, when, and in which form',
      refused_form: 'names the form in which the operator has refused it',
      name_key: 'its name in lower case, by which operators look for it',
      tokens_until: 'until when refresh tokens that another server has issued to it may come',
      registration_digest: 'digest of what a public app said of itself where it registered itself',
      registration_tokens: 'digests of the tokens by which an app that registered itself is managed',
      created_at: 'when it was registered',
      updated_at: 'when it was last changed',
    },
  },
  deleted_clients: {
    holds: 'Apps that were deleted, for the people who had connected them.',
    backup: 'kept',
    whose: 'developer',
    kept: '30 days',
    exported: 'account page on apps',
    erased: 'the sweep',
    columns: {
      client_id: 'which app it was',
      name: 'what it was called',
      deleted_at: 'when it was deleted',
    },
  },
  client_secrets: {
    holds: 'Secrets by which apps authenticate.',
    backup: 'kept',
    ...app,
    erased: 'removal in the portal; client delete',
    columns: {
      client_id: 'whose secret it is',
      id: 'names the secret in the portal',
      name: 'what its developer calls it',
      hash: { purpose: 'SHA-256 of the secret', exported: 'none: a secret' },
      created_at: 'when it was made',
      expires_at: 'until when it works',
      imported: {
        purpose: 'the hash that another server has made of it, until it is used here for the first time',
        exported: 'none: a secret',
      },
    },
  },
  client_origins: {
    holds: 'Origins of redirect URIs, for the question whether a page belongs to an app.',
    backup: 'kept',
    ...app,
    columns: { client_id: 'whose it is', origin: 'the origin' },
  },
  client_redirect_uris: {
    holds: 'Redirect URIs, for the question whose one is.',
    backup: 'kept',
    ...app,
    columns: { client_id: 'whose it is', digest: 'SHA-256 of the URI' },
  },
  client_collaborators: {
    holds: 'Accounts that look after an app with its owner.',
    backup: 'kept',
    ...app,
    whose: 'person',
    exported: 'developer portal',
    erased: 'removal or leaving in the portal; client delete; user delete',
    columns: { client_id: 'the app', user_id: 'who looks after it' },
  },
  client_invitations: {
    holds: 'People who were asked to look after an app with its owner.',
    backup: 'kept',
    ...app,
    whose: 'person',
    exported: 'developer portal',
    erased: 'answer; removal in the portal; client delete; user delete where it names an account',
    columns: { client_id: 'the app', ...invitation },
  },
  client_testers: {
    holds: 'People who were invited to test an app in development.',
    backup: 'kept',
    ...app,
    whose: 'person',
    exported: 'developer portal; account page on apps',
    erased: 'removal in the portal; client delete; user delete where it names an account',
    columns: {
      client_id: 'the app',
      ...invitee,
      state: 'what the person has answered',
      invited_at: 'when they were invited',
    },
  },
  subscription_keys: {
    holds: 'Subscription keys, which the JWT login asks for.',
    backup: 'kept',
    ...key,
    columns: {
      id: 'SHA-256 of the text that the key was made with; names the key',
      owner_id: 'the account whose key it is',
      name: 'what its developer calls it',
      start: 'the first characters, to tell keys apart',
      disabled: 'who has switched it off',
      open_to_all: 'whether it lets everybody in',
      created_at: 'when it was made',
      digest: { purpose: 'SHA-256 of the text in use', exported: 'none: a secret' },
      previous_digest: { purpose: 'SHA-256 of the text before the last rotation', exported: 'none: a secret' },
      previous_start: 'the first characters of that text',
      previous_until: 'until when that text works',
      last_used_at: 'when it was last used',
      used_on: 'the day of the count (UTC)',
      used_count: 'how often it was used on that day',
    },
  },
  subscription_key_collaborators: {
    holds: 'Accounts that share a subscription key.',
    backup: 'kept',
    ...key,
    whose: 'person',
    erased: 'removal or leaving in the portal; with the key; user delete',
    columns: { key_id: 'the key', user_id: 'who shares it' },
  },
  subscription_key_invitations: {
    holds: 'People who were asked to share a subscription key.',
    backup: 'kept',
    ...key,
    whose: 'person',
    erased: 'answer; removal in the portal; with the key; user delete where it names an account',
    columns: { key_id: 'the key', ...invitation },
  },
}

/** The data map of accounts and of what people do with them. */
import type { Entries } from './entry.ts'

const withAccount = 'user delete'
const untilAccount = 'as long as the account'

export const people: Entries<
  | 'users'
  | 'identities'
  | 'passkeys'
  | 'sessions'
  | 'factors'
  | 'recovery_codes'
  | 'consents'
  | 'usage'
  | 'email_clashes'
  | 'variables'
  | 'measurements'
  | 'measurement_counts'
> = {
  users: {
    holds: 'Accounts.',
    whose: 'person',
    kept: 'until the account is deleted',
    exported: 'account pages; ID token and userinfo with consent; user show',
    erased: withAccount,
    columns: {
      number: 'names the person in the data API; never given to anybody else',
      id: 'names the account in every other table and as sub in tokens',
      username: 'what the person signs in with and is called',
      username_key: 'the username as names are compared',
      email: 'what the person may sign in with; given to apps with consent',
      email_key: 'the address as addresses are compared',
      email_verified: 'whether the address was proved',
      email_refused_at: 'when a mail server last said that there is no such address',
      password_hash: { purpose: 'argon2id hash of the password', exported: 'none: a secret' },
      roles: 'what the person may do as operator',
      claims: 'OIDC claims beside the address, as the operator or a provider has given them',
      second_factor: 'whether a password alone is not enough',
      enabled: 'whether the account can be used',
      valid_after: 'ends every grant and session made before',
      created_at: 'when the account was opened',
      updated_at: 'when it was last changed',
    },
  },
  identities: {
    holds: 'Who a person is at providers that they sign in through.',
    whose: 'person',
    kept: 'until it is unlinked or the account is deleted',
    exported: 'account page on linked identities',
    erased: 'unlinking; user delete',
    columns: {
      issuer: 'the provider',
      subject: 'the ID that the provider gives the person',
      user_id: 'the account that it opens',
      provider_id: 'the entry of the provider in the operator’s document',
      label: 'what the provider calls the person, to recognize it by',
      created_at: 'when it was linked',
      used_at: 'when it was last used',
    },
  },
  passkeys: {
    holds: 'Passkeys that people sign in with.',
    whose: 'person',
    kept: 'until it is removed or the account is deleted',
    exported: 'account page on passkeys',
    erased: 'removal; user delete',
    columns: {
      credential_id: 'the ID that the authenticator gave it',
      user_id: 'the account that it opens',
      rp_id: 'the host name that it was made for',
      user_handle: { purpose: 'random bytes by which authenticators know the account', exported: 'none' },
      public_key: { purpose: 'checks its signatures', exported: 'none' },
      sign_count: { purpose: 'tells of copies, where an authenticator counts', exported: 'none' },
      transports: { purpose: 'how a browser reaches it', exported: 'none' },
      name: 'what its holder calls it',
      synced: 'whether it may lie on several devices',
      created_at: 'when it was added',
      used_at: 'when it was last used',
    },
  },
  sessions: {
    holds: 'Browsers that are signed in.',
    whose: 'person',
    kept: '30 days after it was last seen',
    exported: 'account page on devices',
    erased: 'sign-out; user delete; the sweep',
    columns: {
      id: 'names the session in grants, so that a sign-out ends them',
      token_hash: { purpose: 'SHA-256 of the cookie', exported: 'none: a secret' },
      user_id: 'who is signed in',
      auth_time: 'when they signed in; auth_time of ID tokens',
      amr: 'how they signed in; amr of ID tokens',
      created_at: 'when the session began',
      last_seen_at: 'when it was last seen, to the minute',
      user_agent: 'to recognize the device by',
      user_valid_after: 'valid_after of the account at the sign-in; an older one is over',
    },
  },
  factors: {
    holds: 'Second factors of accounts.',
    whose: 'person',
    kept: 'until the second factor is removed or the account is deleted',
    exported: 'account page on security',
    erased: 'removing the second factor; user delete',
    columns: {
      user_id: 'whose it is',
      totp_seed: { purpose: 'seed of the authenticator app, sealed', exported: 'none: a secret' },
      totp_generation: { whose: 'server', purpose: 'the root secret under which the seed is sealed', exported: 'none' },
      totp_step: { purpose: 'the time step of the last code, so that none is taken twice', exported: 'none' },
      totp_failures: { purpose: 'wrong codes since a right one', exported: 'none' },
      totp_created_at: 'when the app was added',
      totp_used_at: 'when a code of it was last taken',
      recovery_key: { purpose: 'key of the digests of recovery codes, sealed', exported: 'none: a secret' },
      recovery_generation: {
        whose: 'server',
        purpose: 'the root secret under which the key is sealed',
        exported: 'none',
      },
      recovery_failures: { purpose: 'wrong recovery codes since a right one', exported: 'none' },
      recovery_created_at: 'when the recovery codes were made',
      removal_at: 'when the second factor goes because it was lost',
      link_at: { purpose: 'when the person last came by a mailed or printed link', exported: 'none' },
    },
  },
  recovery_codes: {
    holds: 'Recovery codes of accounts.',
    whose: 'person',
    kept: 'until there are newer ones, the second factor is removed or the account is deleted',
    exported: 'account page on security, as a number',
    erased: 'removing the second factor; user delete',
    columns: {
      user_id: 'whose it is',
      digest: { purpose: 'keyed digest of the code', exported: 'none: a secret' },
      used_at: 'when it was used',
    },
  },
  consents: {
    holds: 'What people have allowed apps.',
    whose: 'person',
    kept: 'until account or app is deleted',
    exported: 'account page on apps; GET /api/v3/shares',
    erased: 'user delete; client delete',
    columns: {
      user_id: 'who has allowed it',
      client_id: 'which app',
      scope: 'what was allowed',
      enabled: 'whether it was taken back',
      valid_after: 'ends every grant under it made before',
      granted_at: 'when it was allowed',
      touched: { whose: 'server', purpose: 'written to lock the row', exported: 'none' },
      shown: 'the name and destination that the person read',
    },
  },
  usage: {
    holds: 'Token requests of an account on a day, for its daily limit.',
    whose: 'person',
    kept: '30 days',
    exported: 'none',
    erased: 'user delete; the sweep',
    columns: { day: 'the day (UTC)', user_id: 'whose tokens they were', count: 'how many requests' },
  },
  email_clashes: {
    holds: 'Accounts that had one address in two spellings when addresses were given one form.',
    whose: 'person',
    kept: untilAccount,
    exported: 'doctor',
    erased: withAccount,
    columns: { user_id: 'who is not found by the address', other_id: 'who is' },
  },
  variables: {
    holds: 'What a person measures.',
    whose: 'person',
    kept: untilAccount,
    exported: 'GET /api/v3/variables',
    erased: withAccount,
    columns: {
      id: 'names the variable in the data API',
      user_number: 'whose it is',
      name: 'what is measured',
      unit: 'in which unit',
      category: 'for lists',
      combination: 'how several values come to one',
      created_at: 'when it was made',
      updated_at: 'when it was last changed',
    },
  },
  measurements: {
    holds: 'What people have recorded, health data among it.',
    whose: 'person',
    kept: untilAccount,
    exported: 'GET /api/v3/measurements',
    erased: 'DELETE /api/v3/measurements; user delete',
    columns: {
      id: 'names the measurement in the data API',
      user_number: 'whose it is',
      variable_id: 'what was measured',
      start_time: 'when',
      value: 'the value',
      unit: 'in which unit it was recorded',
      note: 'what the person wrote beside it',
      source: 'the device or service that it came from',
      client_id: 'the app that recorded it',
      created_at: 'when it was recorded',
      updated_at: 'when it was last changed',
    },
  },
  measurement_counts: {
    holds: 'How many measurements each person has, for their limit.',
    whose: 'person',
    kept: untilAccount,
    exported: 'none: counted from the measurements',
    erased: withAccount,
    columns: { user_number: 'whose they are', count: 'how many' },
  },
}

/** The data map of what the operator has said, and of what the server needs for itself. */
import type { Entries } from './entry.ts'

const said = {
  whose: 'operator',
  kept: 'until the operator takes it out',
  exported: 'none: it comes from the operator’s document',
  erased: 'apply --prune',
} as const
const own = {
  whose: 'server',
  kept: 'as long as the database',
  exported: 'none',
  erased: 'with the database',
} as const

export const operator: Entries<
  | 'resources'
  | 'providers'
  | 'dialect_notices'
  | 'dialect_tellings'
  | 'plans'
  | 'plan_holders'
  | 'initial_tokens'
  | 'plan_uses'
  | 'signing_keys'
  | 'secret_marks'
  | 'nodes'
  | 'jobs'
  | 'opened_by'
  | 'recovery'
  | 'idempotency_keys'
  | 'installation'
  | 'signals'
> = {
  resources: {
    holds: 'APIs that accept tokens of this server.',
    backup: 'kept',
    ...said,
    exported: 'consent page; developer portal',
    columns: {
      resource: 'the API’s identifier (RFC 8707)',
      scopes: 'its scopes with their words',
      token_format: 'the format of tokens for it',
      name: 'what people read of it',
      publisher: 'who runs it',
      website: 'its page',
      terms: 'its terms',
      openapi: 'its description',
      stability: 'how much may change',
      sunset: 'the day on which it is switched off',
      proxy: 'the name under which proxies ask for it',
      client_id: 'the client that it authenticates as',
    },
  },
  providers: {
    holds: 'Providers that people sign in through.',
    backup: 'kept',
    ...said,
    columns: {
      id: 'names the provider in addresses',
      kind: 'its protocol',
      name: 'what people read of it',
      issuer: 'its issuer identifier',
      authorization_endpoint: 'where people are sent',
      token_endpoint: 'where codes are exchanged',
      userinfo_endpoint: 'where it tells who somebody is',
      jwks_uri: 'where its keys are',
      token_info_endpoint: 'where it tells for whom a token is',
      scope: 'what it is asked for',
      client_id: 'the ID that this server has there',
      client_secret: 'the secret that this server has there, sealed under the root secret',
      native_client_ids: 'IDs of the operator’s own apps there',
      email_authoritative: 'whether its word for an address may join accounts',
      jwt_bearer: 'whether its signed word about a person opens grants, and to which apps',
    },
  },
  dialect_notices: {
    holds: 'What the operator has decided about legacy protocols.',
    backup: 'kept',
    ...said,
    exported: 'answers of the protocol; dialects list',
    erased: 'dialects open, dialects sunset none',
    columns: {
      dialect: 'the protocol, or a version of it',
      closed: 'whether it is closed',
      sunset: 'when it closes',
      since: 'when that was decided',
      link: 'where developers read what to use instead',
      brownouts: 'when it does not answer for a while before that',
    },
  },
  plans: {
    holds: 'Plans of the operator: how much apps and subscription keys may ask for.',
    backup: 'kept',
    ...said,
    exported: 'apply',
    erased: 'apply --prune',
    columns: {
      name: 'how it is called',
      per_minute: 'requests in a minute',
      per_day: 'requests in a day',
      per_month: 'requests in a month',
    },
  },
  plan_holders: {
    holds: 'Which app or subscription key has which plan.',
    backup: 'kept',
    ...said,
    exported: 'the app’s page in the portal',
    erased: 'apply, with the plan null',
    columns: { holder: 'the app or the key', plan: 'the plan’s name' },
  },
  initial_tokens: {
    holds: 'Tokens of the operator by which apps may register themselves (RFC 7591 §3).',
    backup: 'kept',
    ...said,
    exported: '`consentry registration list`',
    erased: '`consentry registration remove`',
    columns: {
      digest: 'SHA-256 of the token',
      name: 'for whom it was made, as the operator wrote it',
      uses_left: 'registrations that are left; null for any number',
      expires_at: 'until when it works; null for ever',
      created_at: 'when it was made',
    },
  },
  plan_uses: {
    holds: 'How many requests holders of plans have made.',
    backup: 'left out',
    whose: 'developer',
    kept: 'until the minute, day or month is over',
    exported: 'the app’s page in the portal',
    erased: 'the sweep',
    columns: {
      holder: 'the app or the key',
      period: 'the minute, day or month',
      count: 'requests in it',
      ends_at: 'when it is over',
    },
  },
  dialect_tellings: {
    holds: 'Who was told by mail that a legacy protocol goes.',
    backup: 'kept',
    whose: 'operator',
    kept: 'until the developer’s account is deleted',
    exported: 'console page on legacy protocols; dialects list',
    erased: 'user delete',
    columns: {
      dialect: 'the protocol, or a version of it',
      client_id: 'the app that was seen there',
      user_id: { whose: 'person', purpose: 'the developer who was told' },
      sunset: 'the end that they were told of',
      told_at: 'when they were told',
    },
  },
  signing_keys: {
    holds: 'Keys that sign ID tokens and JWTs.',
    backup: 'kept',
    ...own,
    kept: '30 days after a key was retired',
    exported: '/oauth/jwks; keys list',
    erased: 'the turn of the keys',
    columns: {
      kid: 'names the key in what it signs',
      alg: 'its algorithm',
      state: 'next, signing or retired',
      public_jwk: 'its public half',
      sealed_private: { purpose: 'its private half, sealed under the root secret', exported: 'none: a secret' },
      created_at: 'when it was made',
      activated_at: 'when it began to sign',
      retired_at: 'when it stopped',
    },
  },
  secret_marks: {
    holds: 'Marks by which a start with a wrong root secret is detected.',
    backup: 'kept',
    ...own,
    columns: { generation: 'the generation of the secret', mark: 'derived from it; tells nothing of it' },
  },
  nodes: {
    holds: 'Processes that serve from this database.',
    backup: 'left out',
    ...own,
    kept: 'a day after it was last seen',
    exported: 'doctor',
    erased: 'the sweep',
    columns: {
      id: 'names the process',
      release: 'its release',
      started_at: 'when it started',
      seen_at: 'when it last worked, to the minute',
    },
  },
  jobs: {
    holds: 'What the server does later and beside its requests: mails to be sent, sweeps.',
    backup: 'left out',
    ...own,
    kept: '7 days after it was done, 30 days after it was given up',
    exported: 'doctor',
    erased: 'the sweep; user delete',
    columns: {
      id: 'names the job',
      kind: 'what is to be done',
      target: { whose: 'person', purpose: 'ID of the account or app that it is about' },
      payload: { whose: 'person', purpose: 'IDs that it needs; empty once it was done' },
      secret: {
        whose: 'person',
        purpose: 'what must not be read here, as an address that somebody typed; sealed under the root secret',
        kept: 'until the job has ended',
        exported: 'none: a secret',
      },
      due_at: 'when it is to be done',
      attempts: 'how often it was tried',
      lease: 'counts who has taken it, so that only the last one may end it',
      error: 'class of the last error',
      created_at: 'when it was added',
      ended_at: 'when it ended',
      outcome: 'whether it was done or given up',
      again_after: 'how long after its end it is done once more, where that was asked for meanwhile',
    },
  },
  opened_by: {
    holds: 'Which releases may open the database.',
    backup: 'kept',
    ...own,
    columns: { one: 'keeps the table to one row', oldest_release: 'the oldest that may' },
  },
  recovery: {
    holds: 'The last restore from a backup, and what is left to do after it.',
    backup: 'left out',
    ...own,
    kept: 'until the next restore',
    exported: '/readyz; doctor',
    columns: {
      one: 'keeps the table to one row',
      backup_at: 'when the backup was made',
      restored_at: 'when it was restored',
      clone: 'whether it became an installation of its own',
      reapplied_until: 'until when what happened after the backup was carried out again',
      paused: 'whether jobs, mails and calls to other servers wait for the operator',
      unacknowledged: 'whether /readyz tells of what was lost',
    },
  },
  idempotency_keys: {
    holds:
      'Requests to the admin API that came with an Idempotency-Key, and batches of calls that an API has reported, with their answers.',
    backup: 'left out',
    ...own,
    kept: '24 hours; three days for a batch',
    erased: 'the sweep',
    columns: {
      key: 'a digest of who sent it, to which route, and of the key',
      request: 'a digest of what it asked for',
      claim: 'counts who has worked on it, so that only the last one may answer',
      leased_until: 'until when it counts as under way',
      done: 'whether it was carried out',
      status: 'the status of its answer',
      headers: 'headers of its answer',
      body: {
        whose: 'person',
        purpose: 'its answer, without secrets, which may name the person that it is about',
        exported: 'the answer to the same request',
      },
      expires_at: 'when it is forgotten',
    },
  },
  installation: {
    holds: 'The installation.',
    backup: 'kept',
    ...own,
    columns: {
      one: 'keeps the table to one row',
      id: 'random; salts every derived key',
      subject_salt:
        'random; makes the IDs that an app alone has for a person, sealed under a key derived from the root secret',
    },
  },
  signals: {
    holds: 'Counters by which processes hear of each other’s changes.',
    backup: 'left out',
    ...own,
    columns: { name: 'what has changed', value: 'counts the changes' },
  },
}

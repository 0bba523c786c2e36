/**
 * An ordinary PostgreSQL adapter for oidc-provider: a table per model with the payload as jsonb and an index for each
 * way it is looked up, prepared statements, every write committed before it is answered.
 */
import pg from 'pg'

const models = [
  'AccessToken',
  'AuthorizationCode',
  'BackchannelAuthenticationRequest',
  'Client',
  'ClientCredentials',
  'DeviceCode',
  'Grant',
  'InitialAccessToken',
  'Interaction',
  'PushedAuthorizationRequest',
  'RefreshToken',
  'RegistrationAccessToken',
  'ReplayDetection',
  'Session',
]
const ofGrants = new Set([
  'AccessToken',
  'AuthorizationCode',
  'BackchannelAuthenticationRequest',
  'DeviceCode',
  'RefreshToken',
])

const tableOf = (model) => `oidc_${model.replace(/(?<!^)[A-Z]/g, '_$&').toLowerCase()}`

/** The tables of every model. */
export const tables = models
  .flatMap((model) => {
    const table = tableOf(model)
    return [
      `create table if not exists ${table} (
        id text primary key, payload jsonb not null, grant_id text, user_code text, uid text,
        expires_at timestamptz, consumed_at timestamptz)`,
      ofGrants.has(model) ? `create index if not exists ${table}_grant on ${table} (grant_id)` : '',
      model === 'DeviceCode' ? `create unique index if not exists ${table}_code on ${table} (user_code)` : '',
      model === 'Session' ? `create unique index if not exists ${table}_uid on ${table} (uid)` : '',
    ]
  })
  .filter((sql) => sql !== '')
  .join(';\n')

/** Makes the adapter factory over a pool. `durable: false` is for seeding only. */
export function createPostgresAdapter(url, { durable = true } = {}) {
  const options = durable ? {} : { options: '-c synchronous_commit=off' }
  const pool = new pg.Pool({ connectionString: url, max: 16, ...options })
  const adapter = (model) => {
    const table = tableOf(model)
    const statement = (name, text) => (values) => pool.query({ name: `${table}_${name}`, text, values })
    const columns = 'payload, expires_at < now() as expired, consumed_at'
    const upsert = statement(
      'upsert',
      `insert into ${table} (id, payload, grant_id, user_code, uid, expires_at)
       values ($1, $2, $3, $4, $5, now() + $6 * interval '1 second')
       on conflict (id) do update set payload = excluded.payload, grant_id = excluded.grant_id,
         user_code = excluded.user_code, uid = excluded.uid, expires_at = excluded.expires_at`,
    )
    const find = statement('find', `select ${columns} from ${table} where id = $1`)
    const findByUid = statement('uid', `select ${columns} from ${table} where uid = $1`)
    const findByUserCode = statement('code', `select ${columns} from ${table} where user_code = $1`)
    const consume = statement('consume', `update ${table} set consumed_at = now() where id = $1`)
    const destroy = statement('destroy', `delete from ${table} where id = $1`)
    const revoke = statement('revoke', `delete from ${table} where grant_id = $1`)
    return {
      async upsert(id, payload, expiresIn) {
        const { grantId = null, userCode = null, uid = null } = payload
        await upsert([id, JSON.stringify(payload), grantId, userCode, uid, expiresIn ?? null])
      },
      find: async (id) => stored(await find([id])),
      findByUid: async (uid) => stored(await findByUid([uid])),
      findByUserCode: async (userCode) => stored(await findByUserCode([userCode])),
      consume: (id) => consume([id]),
      destroy: (id) => destroy([id]),
      revokeByGrantId: (grantId) => revoke([grantId]),
    }
  }
  return { adapter, pool }
}

function stored({ rows: [row] }) {
  if (row === undefined || row.expired === true) return undefined
  return row.consumed_at === null ? row.payload : { ...row.payload, consumed: true }
}

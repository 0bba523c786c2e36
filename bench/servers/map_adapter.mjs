/**
 * An in-memory adapter for oidc-provider over plain Maps. Its own default one keeps 1,000 entries and drops the rest,
 * which no run with more live tokens survives; this one does less work per call than that one.
 */

/** Makes the adapter factory; all models share one store per process. Nothing is ever dropped but what is destroyed. */
export function createMapAdapter() {
  const byUid = new Map()
  const byUserCode = new Map()
  const byGrant = new Map()
  return (model) => {
    const rows = new Map()
    return {
      async upsert(id, payload) {
        rows.set(id, payload)
        const { grantId, uid, userCode } = payload
        if (uid !== undefined) byUid.set(uid, id)
        if (userCode !== undefined) byUserCode.set(userCode, id)
        if (grantId !== undefined && model !== 'Session' && model !== 'Interaction') {
          const members = byGrant.get(grantId)
          if (members === undefined) byGrant.set(grantId, [[rows, id]])
          else members.push([rows, id])
        }
      },
      find: async (id) => rows.get(id),
      findByUid: async (uid) => rows.get(byUid.get(uid)),
      findByUserCode: async (userCode) => rows.get(byUserCode.get(userCode)),
      async consume(id) {
        rows.get(id).consumed = Math.floor(Date.now() / 1000)
      },
      async destroy(id) {
        rows.delete(id)
      },
      async revokeByGrantId(grantId) {
        for (const [of, id] of byGrant.get(grantId) ?? []) of.delete(id)
        byGrant.delete(grantId)
      },
    }
  }
}

/** /developer: one's own apps, and for each the log of its requests with the reason of every refusal. */
import type { FastifyInstance } from 'fastify'
import { toClient } from '../engine/clients.ts'
import type { Context } from '../engine/context.ts'
import { registrationFor } from '../engine/developer_apps.ts'
import { repairOf } from '../engine/repairs.ts'
import { ruleResults } from '../engine/rules.ts'
import { sendPage } from '../http/page_headers.ts'
import { refusals } from '../protocol/refusal.ts'
import type { RequestRecord } from '../storage/contract.ts'
import { registerDeveloperApps, requireOwnApp } from './developer_apps.ts'
import { keysAreUsed, registerDeveloperKeys } from './developer_keys.ts'
import { registerDeveloperOlder } from './developer_older.ts'
import { registerDeveloperTesters } from './developer_testers.ts'
import { paths, requestLogPath } from './kit/paths.ts'
import { noticeOf, PageProblem, readQuery, requireSignedIn, viewerOf } from './page.ts'
import { developer } from './views/developer.tsx'
import { type RequestEntry, requestLog } from './views/request_log.tsx'

const pageSize = 100

export function registerDeveloper(app: FastifyInstance, context: Context): void {
  registerDeveloperApps(app, context)
  registerDeveloperTesters(app, context)
  registerDeveloperOlder(app, context)
  registerDeveloperKeys(app, context)
  app.get(paths.developer, async (request, reply) => {
    const browser = await requireSignedIn(context, request, reply)
    if (browser === undefined) return reply
    const records = await context.storage.clients.listByUser(browser.live.account.id)
    const apps = records.map(toClient).map((client) => ({
      clientId: client.id,
      name: client.name,
      status: client.status,
      createdAt: client.createdAt,
      collaborator: client.ownerId !== browser.live.account.id,
    }))
    return sendPage(
      reply,
      200,
      developer({
        viewer: viewerOf(browser.live),
        apps,
        notice: noticeOf(request, { deleted: 'The app is deleted.' }),
        keysHref: keysAreUsed(context) ? paths.keys : undefined,
        newAppHref: registrationFor(context, browser.live.account) === 'closed' ? undefined : paths.newApp,
      }),
    )
  })

  app.get<{ Params: { id: string } }>('/developer/apps/:id/requests', async (request, reply) => {
    const browser = await requireSignedIn(context, request, reply)
    if (browser === undefined) return reply
    const client = await requireOwnApp(context, browser.live, request.params.id)
    const before = readQuery(request).get('before')
    if (before !== undefined && !/^[0-9]{1,15}$/.test(before)) throw new PageProblem('request_unclear')
    // What was refused a moment ago is what one is looking for.
    await context.requests.flush()
    const records = await context.storage.requests.list(
      client.id,
      pageSize,
      before === undefined ? undefined : Number(before),
    )
    const last = records.at(-1)
    const html = requestLog({
      viewer: viewerOf(browser.live),
      app: { clientId: client.id, name: client.name },
      entries: records.map(toEntry),
      retentionDays: 14,
      olderHref:
        records.length === pageSize && last !== undefined
          ? `${requestLogPath(client.id)}?before=${last.at}`
          : undefined,
      newestHref: before === undefined ? undefined : requestLogPath(client.id),
    })
    return sendPage(reply, 200, html)
  })
}

const words = { passed: 'passed', failed: 'failed', not_reached: 'unreached' } as const

function toEntry(record: RequestRecord): RequestEntry {
  const row = Object.hasOwn(refusals, record.reason) ? refusals[record.reason as keyof typeof refusals] : undefined
  return {
    ...record,
    error: row?.error,
    rfc: row?.rfc,
    repair: repairOf(record.reason),
    checks: ruleResults(record.ruleset, record.rule).map(({ title, result }) => ({
      text: title,
      outcome: words[result],
    })),
  }
}

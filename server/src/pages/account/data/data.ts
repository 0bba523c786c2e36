/** /account/data: what apps have recorded of a person, as a chart, as tables and as files; importing and deleting it. */
import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { isRecent } from '../../../engine/account/sessions.ts'
import { type ExportFormat, exportMeasurements } from '../../../engine/measurements/export.ts'
import { createImports, findImport, type ImportsHere } from '../../../engine/measurements/import.ts'
import { listMeasurements } from '../../../engine/measurements/list.ts'
import {
  deleteOwnData,
  findOwnVariable,
  listOwnVariables,
  seriesOf,
  type VariableSummary,
} from '../../../engine/measurements/own_data.ts'
import { FileTooLarge, throwAway } from '../../../http/bodies/upload.ts'
import { sendPage } from '../../../http/browser/page_headers.ts'
import { dayOf } from '../../../lib/clock.ts'
import { keepNameless, type NamelessFile } from '../../../lib/nameless_file.ts'
import type { Context } from '../../../runtime/context.ts'
import { confirm } from '../../confirm_view.tsx'
import { download } from '../../download.ts'
import { leaving, signedIn } from '../../guards.ts'
import { ownVariablePath, paths } from '../../kit/paths.ts'
import { page, type Route } from '../../page.ts'
import { upload } from '../../upload.ts'
import {
  goTo,
  noticeOf,
  PageProblem,
  partOf,
  partOfPath,
  readPage,
  type SignedIn,
  secrets,
  viewerOf,
} from '../../visit.ts'
import { chartParts } from './data_chart.tsx'
import { accountData, accountVariable, type DataRefusal } from './data_view.tsx'

/** Variables, or measurements of one, on one page. */
const pageSize = 50

/** Bytes of a file that is imported: a million measurements. */
const largestFile = 64_000_000
const megabytes = largestFile / 1_000_000

/** Seconds after which a page that shows an import under way loads itself again. */
const refreshEvery = 2

/** The pages, which share the imports that this process reads. */
export const accountDataPages: Route = (scope, context) => {
  const imports = createImports(context)
  scope.addHook('onClose', () => imports.close())
  for (const register of [...shown, importForm(imports), ...deletion]) register(scope, context)
}

const shown = [
  page({ path: paths.accountData, guard: signedIn, get: (visit) => showData(visit) }),

  page({
    path: `${paths.accountData}/variables/:id`,
    guard: signedIn,
    get: async (visit) => {
      const { context } = visit
      const { number } = visit.by.account
      const id = partOfPath(visit, 'id')
      const variable = /^[1-9][0-9]{0,14}$/.test(id) ? await findOwnVariable(context, number, Number(id)) : undefined
      if (variable === undefined) throw new PageProblem('not_found')
      const at = readPage(visit)
      const part = partOf(at, pageSize)
      const found = await listMeasurements(context, number, {
        filters: [{ column: 'variableId', operator: '=', value: variable.id }],
        sort: [],
        unit: undefined,
        limit: part.limit + 1,
        offset: part.offset,
      })
      return accountVariable({
        viewer: viewerOf(visit),
        variable,
        series: await seriesOf(context, variable, chartParts),
        measurements: found.slice(0, pageSize),
        path: ownVariablePath(variable.id),
        page: at,
        more: found.length > pageSize,
      })
    },
  }),

  page({
    path: `${paths.exportData}/:file`,
    guard: leaving,
    head: false,
    get: (visit) => {
      const format = formatNamed(partOfPath(visit, 'file'))
      if (format === undefined) throw new PageProblem('not_found')
      return sendExport(visit, format)
    },
  }),
]

const deletion = [
  page({
    path: paths.deleteData,
    guard: signedIn,
    get: (visit) => {
      if (!isRecent(visit.context, visit.live)) return showData(visit, 403, { refused: 'sign_in_again' })
      return confirm({
        ...secrets(visit),
        id: 'data-delete',
        ...visit.words.data.removal,
        name: visit.by.account.username,
        action: paths.deleteData,
        backHref: paths.accountData,
      })
    },
    post: async (visit) => {
      const { context, by } = visit
      if (!isRecent(context, visit.live)) return showData(visit, 403, { refused: 'sign_in_again' })
      // The rest of the file would be there afterwards.
      const lastImport = await findImport(context, by.account.number)
      if (lastImport?.state === 'reading') return showData(visit, 409, { refused: 'busy' })
      await deleteOwnData(context, { userId: by.account.id, userNumber: by.account.number }, by.caller)
      return goTo(visit, `${paths.accountData}?done=deleted`)
    },
  }),
]

/** Seconds after which a server that takes in too many files is asked again. */
const crowdedFor = 60

function notNow(visit: SignedIn, refused: 'busy' | 'crowded'): Promise<FastifyReply> {
  if (refused === 'busy') return showData(visit, 409, { refused })
  visit.reply.header('retry-after', String(crowdedFor))
  return showData(visit, 503, { refused })
}

function importForm(imports: ImportsHere): Route {
  return upload({
    path: paths.importData,
    guard: signedIn,
    largest: largestFile,
    post: async (visit) => {
      const importer = { userId: visit.by.account.id, userNumber: visit.by.account.number }
      const leave = imports.arrive(importer)
      if (typeof leave === 'string') {
        await throwAway(visit.file)
        return notNow(visit, leave)
      }
      let file: NamelessFile
      try {
        file = await keepNameless(visit.file)
      } catch (error) {
        if (error instanceof FileTooLarge) return showData(visit, 413, { refused: 'too_large' })
        await imports.noteLost(importer)
        throw new PageProblem('request_unclear')
      } finally {
        leave()
      }
      if (file.size === 0) {
        await file.handle.close()
        return showData(visit, 400, { refused: 'no_file' })
      }
      const begun = await imports.begin(importer, file)
      return begun === 'begun' ? goTo(visit, `${paths.accountData}#import`) : notNow(visit, begun)
    },
  })
}

async function showData(
  visit: SignedIn,
  status = 200,
  { refused }: { readonly refused?: DataRefusal } = {},
): Promise<FastifyReply> {
  const { context, reply } = visit
  const { number } = visit.by.account
  // What a form was sent to has no page of the list in its address.
  const at = status === 200 ? readPage(visit) : 1
  const { items, more } = await listOwnVariables(context, number, partOf(at, pageSize))
  const lastImport = await findImport(context, number)
  if (lastImport?.state === 'reading' && status === 200) reply.header('refresh', String(refreshEvery))
  const view = accountData({
    ...secrets(visit),
    viewer: viewerOf(visit),
    variables: items,
    page: at,
    more,
    chart: at === 1 ? await chartOf(context, items[0]) : undefined,
    lastImport,
    megabytes,
    refused,
    notice: status === 200 ? noticeOf(visit, { deleted: visit.words.data.deleted }) : undefined,
  })
  return sendPage(reply, status, view)
}

async function chartOf(context: Context, variable: VariableSummary | undefined) {
  if (variable === undefined) return undefined
  return { variable, series: await seriesOf(context, variable, chartParts) }
}

function formatNamed(file: string): ExportFormat | undefined {
  return file === 'csv' || file === 'json' ? file : undefined
}

const types: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  json: 'application/json; charset=utf-8',
}

/** The file, as it comes out of the database. */
function sendExport(visit: SignedIn, format: ExportFormat): FastifyReply {
  const { context, by } = visit
  context.audit.record('data_exported', { actor: by.account.id, caller: by.caller, detail: { format } })
  const name = `measurements-${dayOf(context.clock.now())}.${format}`
  const body = Readable.from(exportMeasurements(context, by.account.number, format), { objectMode: false })
  return download(visit, { name, type: types[format], body })
}

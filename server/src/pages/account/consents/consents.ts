/** /account/consents: what one has allowed apps, in the words that one read, each on a page of its own and to download. */
import { Readable } from 'node:stream'
import { findReceipt, listReceipts, receiptDocument, receiptsFile } from '../../../engine/account/receipts.ts'
import { download } from '../../download.ts'
import { signedIn } from '../../guards.ts'
import { paths } from '../../kit/paths.ts'
import { page } from '../../page.ts'
import { PageProblem, partOf, partOfPath, readPage, viewerOf } from '../../visit.ts'
import { accountConsent } from './consent_view.tsx'
import { accountConsents } from './consents_view.tsx'

const pageSize = 20

export const consentsPages = [
  page({
    path: paths.accountConsents,
    guard: signedIn,
    get: async (visit) => {
      const shown = readPage(visit)
      const { items, more } = await listReceipts(visit.context, visit.by.account.id, partOf(shown, pageSize))
      return accountConsents({ viewer: viewerOf(visit), receipts: items, page: shown, more })
    },
  }),

  page({
    path: `${paths.accountConsents}/:file`,
    guard: signedIn,
    head: false,
    get: async (visit) => {
      const { context, by } = visit
      const [, name, file] = /^([A-Za-z0-9_-]{1,40})(\.json)?$/.exec(partOfPath(visit, 'file')) ?? []
      if (name === undefined) throw new PageProblem('not_found')
      if (file === undefined) {
        const receipt = await findReceipt(context, by.account.id, name)
        if (receipt === undefined) throw new PageProblem('not_found')
        return accountConsent({ viewer: viewerOf(visit), receipt })
      }
      if (name === 'all') {
        const body = Readable.from(receiptsFile(context, by.account.id), { objectMode: false })
        return download(visit, { name: 'consents.json', body })
      }
      const receipt = await findReceipt(context, by.account.id, name)
      if (receipt === undefined) throw new PageProblem('not_found')
      const body = `${JSON.stringify(receiptDocument(receipt), undefined, 2)}\n`
      return download(visit, { name: `consent-${receipt.id}.json`, body })
    },
  }),
]

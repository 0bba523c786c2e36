/** What one has allowed apps: each receipt with what stood on the page then, and as a file. */
import type { Receipt } from '../../../engine/account/receipts.ts'
import { AccountPage } from '../../kit/account_page.tsx'
import { AppCard } from '../../kit/app_card.tsx'
import type { Viewer } from '../../kit/layout.tsx'
import { PageLinks } from '../../kit/page_links.tsx'
import { paths, receiptFilePath, receiptPath } from '../../kit/paths.ts'
import { Minute } from '../../kit/time.tsx'
import { Say, useWords, view } from '../../kit/words.tsx'

export interface AccountConsentsProps {
  readonly viewer: Viewer
  readonly receipts: readonly Receipt[]
  /** Which page of the list it is, counted from 1, and whether there is another behind it. */
  readonly page?: number
  readonly more?: boolean
}

export const accountConsents = view(({ viewer, receipts, page = 1, more = false }: AccountConsentsProps) => {
  const { receipts: say } = useWords()
  return (
    <AccountPage title={say.title} heading={say.title} viewer={viewer} here="apps" below>
      <p class="muted">{receipts.length === 0 && page === 1 ? say.none : say.lead}</p>
      {receipts.length === 0 ? null : (
        <ul class="card entries" id="receipts">
          {receipts.map((receipt) => (
            <Entry receipt={receipt} />
          ))}
        </ul>
      )}
      <PageLinks label={say.pages} path={paths.accountConsents} page={page} more={more} />
      {receipts.length === 0 ? null : (
        <p>
          <a href={receiptFilePath('all')}>{say.downloadAll}</a>
        </p>
      )}
    </AccountPage>
  )
})

function Entry({ receipt: { id, at, read } }: { receipt: Receipt }) {
  const { receipts: say } = useWords()
  const { app, permissions, language } = read
  return (
    <li data-receipt={id}>
      <AppCard
        name={app.name}
        title={
          <a class="strong" dir="auto" href={receiptPath(id)}>
            {app.name}
          </a>
        }
      >
        <div class="small muted facts">
          <span>
            <Minute at={at} />
          </span>
          {app.publisher === undefined ? null : (
            <span>
              <Say it={say.by} publisher={<bdi>{app.publisher}</bdi>} />
            </span>
          )}
          <a href={receiptFilePath(id)}>
            {say.download}
            <span class="unseen"> {app.name}</span>
          </a>
        </div>
        <ul class="told small" lang={language}>
          {permissions.map(({ sentence }) => (
            <li dir="auto">{sentence}</li>
          ))}
        </ul>
        <p class="small muted" lang={language}>
          {read.lasts}
        </p>
      </AppCard>
    </li>
  )
}

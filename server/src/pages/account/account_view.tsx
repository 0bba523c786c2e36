/** The overview: who one is here, which apps are connected, and the ways to the rest of the account. */

import type { Account } from '../../engine/account/accounts.ts'
import type { Millis } from '../../lib/clock.ts'
import { agentInWords } from '../../words/user_agent.ts'
import { AccountPage } from '../kit/account_page.tsx'
import { Fact } from '../kit/layout.tsx'
import { Tag } from '../kit/note.tsx'
import { paths } from '../kit/paths.ts'
import { Day, Minute } from '../kit/time.tsx'
import { useWords, view } from '../kit/words.tsx'
import { type ConnectedApp, NoApp, OpenApp, RemoveApp, Standing } from './apps/apps_view.tsx'

export interface AccountProps {
  readonly csrf: string
  readonly account: Pick<Account, 'username' | 'email' | 'emailVerified' | 'emailRefusedAt' | 'roles' | 'createdAt'> & {
    readonly name?: string | undefined
    /** The path of their picture. */
    readonly picture?: string | undefined
  }
  /** When the person last signed in with a browser, and what that browser says of itself. */
  readonly lastSignIn: { readonly at: Millis; readonly userAgent: string | null }
  /** The way to the console, for those who run the server. */
  readonly consoleHref?: string | undefined
  /** Those used last; `more` says whether there are others. */
  readonly apps: readonly ConnectedApp[]
  readonly more?: boolean
}

export const account = view((props: AccountProps) => {
  const { account: say, close, kit, receipts, list } = useWords()
  const who = props.account
  return (
    <AccountPage title={say.title} heading={say.heading} viewer={who} here="overview">
      <section class="card" aria-label={say.whoYouAre}>
        <dl class="facts-list">
          {who.name === undefined ? null : (
            <Fact name={say.name} dir="auto">
              {who.name}
            </Fact>
          )}
          <Fact name={say.username}>
            <bdi id="account-username">{who.username}</bdi>
          </Fact>
          <Fact name={say.email}>
            <Address of={who} />
          </Fact>
          {who.roles.length === 0 ? null : (
            <Fact name={say.role}>
              {list(who.roles.map((role) => say.roles[role] ?? role))}
              {props.consoleHref === undefined ? null : (
                <>
                  {' '}
                  · <a href={props.consoleHref}>{say.console}</a>
                </>
              )}
            </Fact>
          )}
          <Fact name={say.memberSince}>
            <Day at={who.createdAt} />
          </Fact>
          <Fact name={say.lastSignIn}>
            <Minute at={props.lastSignIn.at} />
            <div class="small muted">
              <span dir="auto">{agentInWords(kit, props.lastSignIn.userAgent)}</span> ·{' '}
              <a href={paths.accountDevices}>{say.allDevices}</a>
            </div>
          </Fact>
        </dl>
      </section>
      <section aria-labelledby="connected-apps">
        <div class="heading">
          <h2 id="connected-apps">{say.connectedApps}</h2>
          {props.apps.length === 0 ? null : (
            <a class="small" href={paths.accountApps}>
              {say.whatTheyCanDo}
            </a>
          )}
        </div>
        {props.apps.length === 0 ? (
          <NoApp />
        ) : (
          <ul class="card entries">
            {props.apps.map((app) => (
              <li data-client-id={app.clientId}>
                <div>
                  <strong dir="auto">{app.name}</strong>{' '}
                  {app.networks === undefined ? null : <Tag kind="warn">{say.checkApp}</Tag>}
                  <Standing app={app} />
                </div>
                <OpenApp app={app} />
                <RemoveApp app={app} csrf={props.csrf} />
              </li>
            ))}
          </ul>
        )}
        <p class="small after">
          {props.more === true ? (
            <>
              <a href={paths.accountApps}>{say.allApps}</a> ·{' '}
            </>
          ) : null}
          <a href={paths.accountConsents}>{receipts.link}</a>
        </p>
      </section>
      <p class="small after">
        <a href={paths.closeAccount}>{close.cardLink}</a>
      </p>
    </AccountPage>
  )
})

/** The address, whether it was proved, and whether it takes our mail. */
function Address({ of: who }: { of: Pick<Account, 'email' | 'emailVerified' | 'emailRefusedAt'> }) {
  const say = useWords().account
  if (who.email === null) return <span class="muted">{say.none}</span>
  return (
    <>
      <bdi>{who.email}</bdi>{' '}
      {who.emailVerified ? <Tag kind="good">{say.confirmed}</Tag> : <Tag kind="warn">{say.notConfirmed}</Tag>}
      {who.emailRefusedAt === null ? null : (
        <>
          {' '}
          <Tag kind="warn">{say.refused}</Tag>
          <div class="small muted" id="email-refused">
            {say.refusedHint}
          </div>
        </>
      )}
    </>
  )
}

/** The profile: who one is here, which apps are connected, and the ways to the rest of the account. */
import type { Millis } from '../../lib/clock.ts'
import type { Account } from '../../storage/contract.ts'
import { AccountPage } from '../kit/account_page.tsx'
import { Tag } from '../kit/note.tsx'
import { paths } from '../kit/paths.ts'
import { Day, Minute } from '../kit/time.tsx'
import { agentInWords } from '../kit/user_agent.ts'
import { useWords, view } from '../kit/words.tsx'
import { type ConnectedApp, LastUsed, NoApp, RemoveApp } from './apps_view.tsx'

export interface AccountProps {
  readonly csrf: string
  readonly account: Pick<Account, 'username' | 'email' | 'emailVerified' | 'roles' | 'createdAt'> & {
    readonly name?: string | undefined
  }
  /** When the person last signed in with a browser, and what that browser says of itself. */
  readonly lastSignIn: { readonly at: Millis; readonly userAgent: string | null }
  /** The way to the checklist, for those who run the server. */
  readonly checklistHref?: string | undefined
  /** Those used last; `more` says whether there are others. */
  readonly apps: readonly ConnectedApp[]
  readonly more?: boolean
}

/** The roles of an operator, in the words of the documentation. */
const roleNames: Readonly<Record<string, string>> = { owner: 'Owner', admin: 'Admin', support: 'Support' }

export const account = view((props: AccountProps) => {
  const who = props.account
  return (
    <AccountPage title="Account" heading="Your account" viewer={who} here="profile">
      <section class="card" aria-label="Who you are">
        <dl class="facts-list">
          {who.name === undefined ? null : (
            <>
              <dt>Name</dt>
              <dd dir="auto">{who.name}</dd>
            </>
          )}
          <dt>Username</dt>
          <dd>
            <bdi id="account-username">{who.username}</bdi>
          </dd>
          <dt>E-mail</dt>
          <dd>
            {who.email === null ? (
              <span class="muted">none</span>
            ) : (
              <>
                <bdi>{who.email}</bdi>{' '}
                {who.emailVerified ? <Tag kind="good">confirmed</Tag> : <Tag kind="warn">not confirmed</Tag>}
              </>
            )}
          </dd>
          {who.roles.length === 0 ? null : (
            <>
              <dt>Role</dt>
              <dd>
                {who.roles.map((role) => roleNames[role] ?? role).join(', ')}
                {props.checklistHref === undefined ? null : (
                  <>
                    {' '}
                    · <a href={props.checklistHref}>Set up this server</a>
                  </>
                )}
              </dd>
            </>
          )}
          <dt>Member since</dt>
          <dd>
            <Day at={who.createdAt} />
          </dd>
          <dt>Last sign-in</dt>
          <dd>
            <Minute at={props.lastSignIn.at} />
            <div class="small muted">
              <span dir="auto">{agentInWords(useWords().kit, props.lastSignIn.userAgent)}</span> ·{' '}
              <a href={paths.accountDevices}>All devices</a>
            </div>
          </dd>
        </dl>
      </section>
      <section aria-labelledby="connected-apps">
        <div class="heading">
          <h2 id="connected-apps">Connected apps</h2>
          {props.apps.length === 0 ? null : (
            <a class="small" href={paths.accountApps}>
              What they can do
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
                  {app.warning === undefined ? null : <Tag kind="warn">Check this app</Tag>}
                  <div class="small muted facts">
                    <LastUsed at={app.lastUsed} />
                  </div>
                </div>
                <RemoveApp app={app} csrf={props.csrf} />
              </li>
            ))}
          </ul>
        )}
        {props.more === true ? (
          <p>
            <a href={paths.accountApps}>All connected apps</a>
          </p>
        ) : null}
      </section>
    </AccountPage>
  )
})

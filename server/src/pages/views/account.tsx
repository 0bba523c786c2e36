/** The profile: who one is here, which apps are connected, and the ways to the rest of the account. */
import type { Account } from '../../storage/contract.ts'
import { AccountPage } from '../kit/account_page.tsx'
import { LinkButton } from '../kit/form.tsx'
import { renderPage } from '../kit/layout.tsx'
import { Tag } from '../kit/note.tsx'
import { paths } from '../kit/paths.ts'
import { Day } from '../kit/time.tsx'
import { type ConnectedApp, LastUsed, NoApp, RemoveApp } from './account_apps.tsx'

export interface AccountProps {
  readonly csrf: string
  readonly account: Pick<Account, 'username' | 'email' | 'emailVerified' | 'roles' | 'createdAt'> & {
    readonly name?: string | undefined
  }
  /** Those used last; `more` says whether there are others. */
  readonly apps: readonly ConnectedApp[]
  readonly more?: boolean
  /** In how many browsers the person is signed in, this one included. */
  readonly browsers?: number
}

export function account(props: AccountProps): string {
  const who = props.account
  const browsers = props.browsers ?? 1
  return renderPage(
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
              <dd>{who.roles.join(', ')}</dd>
            </>
          )}
          <dt>Member since</dt>
          <dd>
            <Day at={who.createdAt} />
          </dd>
        </dl>
      </section>
      <section aria-labelledby="connected-apps">
        <div class="heading">
          <h2 id="connected-apps">Connected apps</h2>
          {props.apps.length === 0 ? null : (
            <a class="small" href={paths.accountApps}>
              What they may do
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
                  {app.warning === undefined ? null : <Tag kind="warn">needs a look</Tag>}
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
      <div class="tiles">
        <section class="card" aria-labelledby="devices">
          <h2 id="devices">Devices</h2>
          <p class="muted">
            {browsers === 1
              ? 'You are signed in with this browser only.'
              : `You are signed in with ${browsers} browsers, this one included.`}
          </p>
          <div class="row">
            <LinkButton href={paths.accountDevices} look="plain">
              See devices
            </LinkButton>
          </div>
        </section>
        <section class="card" aria-labelledby="security">
          <h2 id="security">Security</h2>
          <p class="muted">How you sign in, and what keeps others out.</p>
          <div class="row">
            <LinkButton href={paths.accountSecurity} look="plain">
              See security
            </LinkButton>
          </div>
        </section>
      </div>
    </AccountPage>,
  )
}

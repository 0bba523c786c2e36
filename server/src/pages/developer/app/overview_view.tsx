/** One app at a glance: what to configure a library with, its state, its name, and the way to delete it. */

import { type NotAvailable, sayNotAvailable } from '../../../engine/client/capabilities.ts'
import type { Risk } from '../../../engine/client/risks.ts'
import type { Millis } from '../../../lib/clock.ts'
import type { Profile } from '../../../protocol/profiles/profiles.ts'
import type { ScopeMeaning } from '../../../protocol/scope.ts'
import type { AppKind } from '../../../runtime/kept/app_form.ts'
import type { PlanState } from '../../../runtime/limits/quotas.ts'
import type { Words } from '../../../words/index.ts'
import { AppStatus } from '../../kit/app_card.tsx'
import { Button, Form, type FormSecrets, LinkButton } from '../../kit/form.tsx'
import { Fact, Section } from '../../kit/layout.tsx'
import { Note, Tag } from '../../kit/note.tsx'
import { appPath, requestLogPath, secretsPath, settingsPath, startPath, testersPath } from '../../kit/paths.ts'
import { scopeInWords } from '../../kit/permissions.tsx'
import { PlanSection } from '../../kit/plan_facts.tsx'
import { Day, Minute } from '../../kit/time.tsx'
import { English, Say, useWords, view } from '../../kit/words.tsx'
import { AppPage, type AppPageProps } from '../app_page.tsx'

export interface AppOverviewProps extends AppPageProps, FormSecrets {
  readonly status: 'pending' | 'enabled' | 'disabled'
  /** Whether the operator has refused the app as it is, which is in development. */
  readonly refused?: boolean
  readonly createdAt: Millis
  readonly runs: AppKind
  /** The change that waits for the operator, by the names that the documents have. */
  readonly waiting?: readonly { readonly name: string; readonly from: string; readonly to: string }[] | undefined
  readonly verification?: { readonly at: Millis; readonly by: string } | undefined
  /** The registered method, or undefined where either way of sending the secret is taken. */
  readonly method: string | undefined
  readonly confidential: boolean
  readonly scopes: readonly ScopeMeaning[]
  readonly risks: readonly Risk[]
  /** Registered members that this server does not act on. */
  readonly notAvailable: readonly NotAvailable[]
  readonly endpoints: readonly { readonly id: keyof Words['overview']['endpoint']; readonly uri: string }[]
  /** Whether the app may use the standard endpoints, which libraries find by themselves. */
  readonly standard: boolean
  /** The security profile that the app is held to. */
  readonly profile?: Profile | undefined
  readonly mayDelete: boolean
  /** The last day; undefined while the request log cannot be read. */
  readonly activity: AppActivity | undefined
  readonly plan?: PlanState | undefined
}

/** What came of an app's requests within a day. */
export interface AppActivity {
  readonly requests: number
  readonly refused: number
  /** The newest refusal that is kept. */
  readonly lastRefusal?: { readonly requestId: string; readonly at: Millis; readonly cause: string } | undefined
}

export const appOverview = view((props: AppOverviewProps) => {
  const words = useWords()
  const say = words.overview
  const { app } = props
  return (
    <AppPage
      {...props}
      here="overview"
      heading={say.heading}
      headline={<bdi>{app.name}</bdi>}
      act={<AppStatus status={props.status} />}
    >
      <Limits status={props.status} refused={props.refused === true} clientId={app.clientId} />
      {props.notAvailable.length === 0 ? null : (
        <Note kind={props.notAvailable.some(({ refused }) => refused) ? 'bad' : 'warning'}>
          <p>
            <strong>{say.notAvailable}</strong>
          </p>
          <ul id="app-not-available">
            {props.notAvailable.map((one) => (
              <li>
                <code>{one.member}</code>: {sayNotAvailable(words, one)}
              </li>
            ))}
          </ul>
        </Note>
      )}
      {props.waiting === undefined ? null : (
        <section class="card" id="waiting-change" aria-label={say.waiting}>
          <p>
            <Say it={say.waitingText} />
          </p>
          <ul>
            {props.waiting.map(({ name, from, to }) => (
              <li>
                <code>{name}</code>: <bdi>{from === '' ? say.nothing : from}</bdi> <span class="onward">→</span>{' '}
                <bdi>{to === '' ? say.nothing : to}</bdi>
              </li>
            ))}
          </ul>
          <Form secrets={{ csrf: props.csrf }} action={`${settingsPath(app.clientId)}/withdraw`}>
            <Button id="change-withdraw" look="plain">
              {say.withdraw}
            </Button>
          </Form>
        </section>
      )}
      <Activity {...props} />
      <PlanSection of={props.plan} />
      <section aria-labelledby="endpoints">
        <div class="heading">
          <h2 id="endpoints">{say.endpoints}</h2>
          <a href={startPath(app.clientId)}>{say.quickstart}</a>
        </div>
        <div class="card">
          {props.standard ? <p class="muted">{say.endpointsLead}</p> : null}
          <dl class="facts-list">
            <Fact name={say.clientId}>
              <code id="client-id">{app.clientId}</code>
            </Fact>
            {props.endpoints.map(({ id, uri }) => (
              <Fact name={say.endpoint[id]}>
                <code id={id}>{uri}</code>
              </Fact>
            ))}
          </dl>
        </div>
      </section>
      <section aria-labelledby="about">
        <div class="heading">
          <h2 id="about">{say.about}</h2>
          <a href={settingsPath(app.clientId)}>{say.change}</a>
        </div>
        <div class="card">
          <About {...props} />
        </div>
      </section>
      {props.mayDelete ? <Danger clientId={app.clientId} /> : null}
    </AppPage>
  )
})

/** Why not everybody can use the app, where that is so. */
function Limits(props: { status: AppOverviewProps['status']; refused: boolean; clientId: string }) {
  const { status, refused, clientId } = props
  const say = useWords().overview
  return (
    <>
      {status === 'pending' ? (
        <Note kind="warning">
          {refused ? (
            <p id="app-refused">
              <Say it={say.notApproved} />
            </p>
          ) : null}
          <p>
            <Say it={say.inDevelopment} a={(text) => <a href={testersPath(clientId)}>{text}</a>} />
          </p>
        </Note>
      ) : null}
      {status === 'disabled' ? (
        <Note kind="warning">
          <p>
            <Say it={say.switchedOff} />
          </p>
        </Note>
      ) : null}
    </>
  )
}

function Activity({ activity, app }: AppOverviewProps) {
  const { overview: say, app: words, number } = useWords()
  if (activity === undefined) {
    return (
      <section class="card" aria-label={say.lastDay}>
        <p class="muted">{words.noLog}</p>
      </section>
    )
  }
  const { requests, refused, lastRefusal } = activity
  if (requests === 0 && lastRefusal === undefined) {
    return (
      <Section class="card" id="activity" heading={say.noRequest}>
        <p class="muted">{say.noRequestHint}</p>
        <LinkButton href={startPath(app.clientId)}>{say.openQuickstart}</LinkButton>
      </Section>
    )
  }
  const log = requestLogPath(app.clientId)
  return (
    <Section class="card" id="activity" heading={say.lastDay}>
      <dl class="figures">
        <div>
          <Fact name={say.requests}>
            <a href={log}>{number(requests)}</a>
          </Fact>
        </div>
        <div>
          <Fact name={say.refused}>
            <a href={`${log}?outcome=refused`}>{number(refused)}</a>
          </Fact>
        </div>
      </dl>
      {lastRefusal === undefined ? null : (
        <p>
          <span class="muted small">
            <Say it={say.lastRefused} moment={<Minute at={lastRefusal.at} />} />
          </span>
          <br />
          <a href={`${log}?request=${lastRefusal.requestId}`}>
            <English>{lastRefusal.cause}</English>
          </a>
        </p>
      )}
    </Section>
  )
}

function About(props: AppOverviewProps) {
  const words = useWords()
  const { overview: say, kit } = words
  const { app } = props
  return (
    <dl class="facts-list">
      <Fact name={say.runs}>{say.places[props.runs]}</Fact>
      <Fact name={say.authenticates} id="app-authentication">
        <Authentication confidential={props.confidential} method={props.method} clientId={app.clientId} />
      </Fact>
      <Fact name={say.permissions}>
        <ul>
          {props.scopes.map((scope) => (
            <li>
              <code>{scope.name}</code>{' '}
              <span class="muted small">{kit.quoted(scopeInWords(words, scope).sentence)}</span>
            </li>
          ))}
        </ul>
      </Fact>
      {props.profile === undefined ? null : (
        <Fact name={words.settings.profile} id="app-held-to">
          {words.settings.profiles[props.profile].label}
        </Fact>
      )}
      {props.risks.length === 0 ? null : (
        <Fact name={say.risks} id="app-risks">
          <ul>
            {props.risks.map((risk) => (
              <li>
                <code>{risk.setting}</code> <span class="muted small">{words.risks[risk.risk]}</span>
              </li>
            ))}
          </ul>
        </Fact>
      )}
      <Fact name={say.reviewed}>
        {props.verification === undefined ? (
          say.notYet
        ) : (
          <>
            <Tag kind="good">{kit.verified}</Tag>{' '}
            <span class="muted small">
              <Say
                it={say.verifiedBy}
                by={<bdi>{props.verification.by}</bdi>}
                day={<Day at={props.verification.at} />}
              />
            </span>
          </>
        )}
      </Fact>
      <Fact name={say.registered}>
        <Day at={props.createdAt} />
      </Fact>
    </dl>
  )
}

/** What cannot be undone, at the end. */
function Danger(props: { clientId: string }) {
  const say = useWords().overview
  return (
    <Section id="danger-zone" heading={say.danger}>
      <ul class="card entries danger-zone">
        <li>
          <div>
            <strong>{say.endTokens}</strong>
            <div class="small muted">{say.endTokensText}</div>
          </div>
          <LinkButton href={`${appPath(props.clientId)}/end-tokens`} look="danger">
            {say.endTokens}
          </LinkButton>
        </li>
        <li>
          <div>
            <strong>{say.deletion}</strong>
            <div class="small muted">{say.deletionText}</div>
          </div>
          <LinkButton href={`${appPath(props.clientId)}/delete`} look="danger">
            {say.deleteApp}
          </LinkButton>
        </li>
      </ul>
    </Section>
  )
}

function Authentication(props: { confidential: boolean; method: string | undefined; clientId: string }) {
  const say = useWords().overview
  if (!props.confidential) {
    return <Say it={say.byPkce} aside={(text) => <span class="muted small">{text}</span>} />
  }
  if (props.method !== undefined && !props.method.startsWith('client_secret_')) return <code>{props.method}</code>
  return (
    <Say
      it={say.withSecret}
      a={(text) => <a href={secretsPath(props.clientId)}>{text}</a>}
      method={props.method === undefined ? <Say it={say.eitherMethod} /> : <code>{props.method}</code>}
    />
  )
}

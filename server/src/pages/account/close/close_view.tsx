/** Closing one's account: what happens at once and later, what stands against it, and the way back. */

import { handOverDays } from '../../../engine/developer/hand_over.ts'
import type { FormProblem } from '../../../words/form_problem.ts'
import { AccountPage, SignInFirst } from '../../kit/account_page.tsx'
import { Button, Field, Form, LinkButton } from '../../kit/form.tsx'
import { NarrowPage, Section, type Viewer } from '../../kit/layout.tsx'
import { Note } from '../../kit/note.tsx'
import { paths } from '../../kit/paths.ts'
import { Say, useWords, view } from '../../kit/words.tsx'

/** An app and who is to have it: with the address to send to them, or why it cannot be offered to them. */
export interface HandOver {
  readonly clientId: string
  readonly username: string
  readonly href?: string
  readonly problem?: FormProblem
}

export interface CloseProps {
  readonly csrf: string
  readonly viewer: Viewer
  readonly lastOwner: boolean
  /** Apps that the person owns. */
  readonly apps: readonly { readonly clientId: string; readonly name: string; readonly href: string }[]
  /** An app that was just offered to somebody else, or why it was not. */
  readonly handOver?: HandOver | undefined
  /** Whether the person has signed in lately enough. */
  readonly recent: boolean
  /** Whether there are data to take along. */
  readonly hasData: boolean
  readonly problem?: 'unchecked' | 'not_done' | undefined
}

export const closeForm = view((props: CloseProps) => {
  const { close: say } = useWords()
  const { lastOwner, apps, problem } = props
  return (
    <AccountPage
      title={say.title}
      heading={say.title}
      viewer={props.viewer}
      here="profile"
      below
      failed={problem !== undefined}
    >
      {problem === undefined ? null : (
        <Note kind="bad">
          <p>{problem === 'unchecked' ? say.unchecked : say.notDone}</p>
        </Note>
      )}
      <p class="muted">{say.lead}</p>
      <section class="card" aria-label={say.title}>
        <dl class="facts-list">
          {props.hasData ? (
            <>
              <dt>{say.first}</dt>
              <dd>
                <Say it={say.takeData} a={(text) => <a href={paths.accountData}>{text}</a>} />
              </dd>
            </>
          ) : null}
          <dt>{say.now}</dt>
          <dd>{say.nowText}</dd>
          <dt>{say.within}</dt>
          <dd>{say.withinText}</dd>
          <dt>{say.after}</dt>
          <dd>{say.afterText}</dd>
        </dl>
      </section>
      {lastOwner || apps.length > 0 ? <InTheWay {...props} /> : <Decide {...props} />}
    </AccountPage>
  )
})

function InTheWay(props: CloseProps) {
  const { close: say } = useWords()
  const { lastOwner, apps, recent } = props
  return (
    <>
      {lastOwner ? (
        <section class="after" id="close-obstacles" aria-label={say.first}>
          <Note kind="warning">
            <p>{say.lastOwner}</p>
          </Note>
        </section>
      ) : null}
      {apps.length === 0 ? null : (
        <Section id={lastOwner ? 'close-apps' : 'close-obstacles'} heading={say.yourApps}>
          <p>{say.ownsApps}</p>
          {recent ? null : (
            <p>
              <SignInFirst next={paths.closeAccount} />
            </p>
          )}
          {apps.map((app) => (
            <OwnedApp {...props} app={app} />
          ))}
        </Section>
      )}
    </>
  )
}

/** An app that has to go first: to somebody else, or for good. */
function OwnedApp({ app, csrf, handOver, recent }: CloseProps & { app: CloseProps['apps'][number] }) {
  const { close: say } = useWords()
  const made = handOver?.clientId === app.clientId ? handOver : undefined
  const id = `hand-over-${app.clientId}`
  return (
    <section class="card" data-app={app.clientId} aria-label={app.name}>
      <h3>
        <a dir="auto" href={app.href}>
          {app.name}
        </a>
      </h3>
      {made?.href === undefined ? null : (
        <Note kind="good">
          <p>
            <Say it={say.offered(handOverDays)} username={<bdi>{made.username}</bdi>} />
          </p>
          <p>
            <code class="code hand-over-link">{made.href}</code>
          </p>
        </Note>
      )}
      {recent ? (
        <Form secrets={{ csrf }} action={paths.handOver}>
          <input type="hidden" name="client_id" value={app.clientId} />
          <Field
            id={id}
            name="username"
            label={say.handTo}
            hint={say.handToHint}
            value={made?.href === undefined ? (made?.username ?? '') : ''}
            problem={made?.problem}
          />
          <div class="pair">
            <Button look="plain">{say.offer}</Button>
            <LinkButton href={`${app.href}/delete`} look="danger">
              {say.endApp}
              <span class="unseen"> {app.name}</span>
            </LinkButton>
          </div>
        </Form>
      ) : null}
    </section>
  )
}

function Decide({ csrf, recent }: CloseProps) {
  const { close: say } = useWords()
  if (!recent) {
    return (
      <p class="after" id="close-sign-in">
        <SignInFirst next={paths.closeAccount} />
      </p>
    )
  }
  return (
    <Form id="close-form" class="card danger-zone" secrets={{ csrf }} action={paths.closeAccount}>
      <div class="field">
        <ul class="scopes">
          <li>
            <label class="line" for="understood">
              <input id="understood" type="checkbox" name="understood" value="yes" required />
              <span>{say.understood}</span>
            </label>
          </li>
        </ul>
      </div>
      <Button id="close-submit" look="danger">
        {say.submit}
      </Button>
    </Form>
  )
}

export const accountClosed = view(() => {
  const { close: say, kit } = useWords()
  return (
    <NarrowPage title={say.closedTitle}>
      <section class="card">
        <h1>{say.closedTitle}</h1>
        <p>{say.closedText}</p>
        <div class="row">
          <LinkButton href={paths.signIn}>{say.back}</LinkButton>
          <LinkButton href={paths.start} look="plain">
            {kit.home}
          </LinkButton>
        </div>
      </section>
    </NarrowPage>
  )
})

/** The way to it, from the profile. */
export function CloseCard() {
  const { close: say } = useWords()
  return (
    <section class="card danger-zone" aria-labelledby="close-account">
      <h2 id="close-account">{say.card}</h2>
      <p class="muted">{say.cardText}</p>
      <LinkButton href={paths.closeAccount} look="danger">
        {say.cardLink}
      </LinkButton>
    </section>
  )
}

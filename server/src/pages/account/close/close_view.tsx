/** Closing one's account: what happens at once and later, what stands against it, and the way back. */
import { AccountPage, SignInFirst } from '../../kit/account_page.tsx'
import { Button, Form, LinkButton } from '../../kit/form.tsx'
import { NarrowPage, type Viewer } from '../../kit/layout.tsx'
import { Note } from '../../kit/note.tsx'
import { paths } from '../../kit/paths.ts'
import { Say, useWords, view } from '../../kit/words.tsx'

export interface CloseProps {
  readonly csrf: string
  readonly viewer: Viewer
  readonly lastOwner: boolean
  /** Apps that the person owns. */
  readonly apps: readonly { readonly name: string; readonly href: string }[]
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
      {lastOwner || apps.length > 0 ? <InTheWay lastOwner={lastOwner} apps={apps} /> : <Decide {...props} />}
    </AccountPage>
  )
})

function InTheWay({ lastOwner, apps }: Pick<CloseProps, 'lastOwner' | 'apps'>) {
  const { close: say } = useWords()
  return (
    <section class="card" id="close-obstacles" aria-label={say.first}>
      {lastOwner ? <p>{say.lastOwner}</p> : null}
      {apps.length === 0 ? null : (
        <>
          <p>{say.ownsApps}</p>
          <ul class="entries">
            {apps.map(({ name, href }) => (
              <li>
                <a class="strong" dir="auto" href={href}>
                  {name}
                </a>
              </li>
            ))}
          </ul>
        </>
      )}
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

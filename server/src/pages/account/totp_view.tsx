/** The authenticator app of an account: adding it, its recovery codes, and taking it away. */
import type { Millis } from '../../lib/clock.ts'
import { AccountPage, SignInFirst } from '../kit/account_page.tsx'
import { Button, Field, Form, type FormSecrets, LinkButton } from '../kit/form.tsx'
import { NarrowPage, Section, type Viewer } from '../kit/layout.tsx'
import { Note, Tag } from '../kit/note.tsx'
import { paths } from '../kit/paths.ts'
import { Day } from '../kit/time.tsx'
import { Say, useWords, view } from '../kit/words.tsx'
import { QrCode, type QrModules } from './qr_code.tsx'

/** What the account has of it, and what may be done. */
export type TotpState =
  /** Recovery codes that were just made, and where the person goes on to. */
  | { readonly kind: 'codes'; readonly codes: readonly string[]; readonly onwardHref: string }
  | NewTotp
  | {
      readonly kind: 'on'
      readonly since: Millis
      readonly usedAt: Millis | null
      readonly codesLeft: number
      /** Whether the person has signed in lately enough to change anything. */
      readonly recent: boolean
    }
  | { readonly kind: 'sign_in_again' | 'needs_link' | 'off' }

export interface NewTotp {
  readonly kind: 'new'
  /** The seed in base32, and the same sealed to the session. */
  readonly seed: string
  /** What the picture says: `otpauth://totp/…`. */
  readonly uri: string
  readonly sealed: string
  readonly qr: QrModules
  /** Where the person goes on to, a page of ours. */
  readonly next?: string | undefined
  readonly problem?: 'new_code_wrong' | 'new_key' | undefined
  /** Seconds after which a code may be tried again. */
  readonly retryAfter?: number | undefined
}

export interface AccountTotpProps extends FormSecrets {
  readonly viewer: Viewer
  /** Whether the person may do nothing else before. */
  readonly required: boolean
  /** The way to add a passkey instead, where a second factor must be added and this server has passkeys. */
  readonly passkeyHref?: string | undefined
  readonly state: TotpState
}

export const accountTotp = view((props: AccountTotpProps) => {
  const { kit, totp: say } = useWords()
  const { state, viewer, required } = props
  const failed = state.kind === 'new' && (state.problem !== undefined || state.retryAfter !== undefined)
  const heading = state.kind === 'codes' ? say.saveCodes : say.heading
  if (!required) {
    return (
      <AccountPage title={say.title} heading={heading} viewer={viewer} here="security" below failed={failed}>
        <State {...props} />
      </AccountPage>
    )
  }
  return (
    <NarrowPage
      title={failed ? kit.problemTitle(heading) : heading}
      aside={<a href={paths.signOut}>{say.otherAccount}</a>}
    >
      <div class="card">
        <h1>{heading}</h1>
        {state.kind === 'codes' ? null : (
          <p>
            <Say it={say.required} account={<strong dir="auto">{viewer.username}</strong>} />
          </p>
        )}
        <State {...props} />
      </div>
    </NarrowPage>
  )
})

function State(props: AccountTotpProps) {
  const { totp: say } = useWords()
  const { state } = props
  switch (state.kind) {
    case 'codes':
      return <Codes codes={state.codes} onwardHref={state.onwardHref} required={props.required} />
    case 'new':
      return <Enrolment {...props} state={state} />
    case 'on':
      return <Present csrf={props.csrf} state={state} />
    case 'sign_in_again':
      return (
        <p>
          <SignInFirst next={paths.totp} />
        </p>
      )
    case 'needs_link':
      return (
        <Note kind="warning">
          <p>{say.needsLink}</p>
        </Note>
      )
    case 'off':
      return <p>{say.off}</p>
  }
}

function Codes(props: { codes: readonly string[]; onwardHref: string; required: boolean }) {
  const { totp: say } = useWords()
  return (
    // The page is a card itself where it has to be passed.
    <div class={props.required ? undefined : 'card'}>
      <Note kind="warning">
        <p>
          <Say it={say.codesTell} />
        </p>
      </Note>
      <ol class="codes" id="recovery-codes">
        {props.codes.map((code) => (
          <li>{code}</li>
        ))}
      </ol>
      <div class="row">
        <LinkButton href={props.onwardHref}>{say.saved}</LinkButton>
      </div>
    </div>
  )
}

function Enrolment(props: AccountTotpProps & { state: NewTotp }) {
  const { totp: say, time } = useWords()
  const { state } = props
  const [what, then] = say.throttled(time.waiting(state.retryAfter ?? 0))
  return (
    <>
      {props.required ? null : <p class="lead">{say.lead}</p>}
      {state.retryAfter === undefined ? null : (
        <Note kind="bad">
          <p>
            <strong>{what}</strong> {then}
          </p>
        </Note>
      )}
      <Form id="totp-form" class={props.required ? undefined : 'card'} secrets={props} action={paths.totp}>
        <input type="hidden" name="seed" value={state.sealed} />
        {state.next === undefined ? null : <input type="hidden" name="next" value={state.next} />}
        <ol class="steps">
          <li>
            <h2>{say.scan}</h2>
            <p class="small muted">{say.scanHint}</p>
            <QrCode modules={state.qr} label={say.picture} />
            <p class="small after">
              <a id="totp-open" href={state.uri}>
                {say.openHere}
              </a>
            </p>
            <p class="small muted">{say.manually}</p>
            <code class="code" id="totp-secret">
              {state.seed}
            </code>
          </li>
          <li>
            <h2>{say.enter}</h2>
            <Field
              id="totp-code"
              name="code"
              label={say.code}
              autocomplete="one-time-code"
              digits
              problem={state.problem}
            />
            <p class="small muted">{say.means}</p>
          </li>
        </ol>
        <Button id="totp-submit">{say.submit}</Button>
      </Form>
      {props.passkeyHref === undefined ? null : (
        <p class="small after">
          <a id="use-passkey" href={props.passkeyHref}>
            {say.usePasskey}
          </a>
        </p>
      )}
    </>
  )
}

function Present({ csrf, state }: { csrf: string; state: Extract<TotpState, { kind: 'on' }> }) {
  const { totp: say } = useWords()
  return (
    <>
      <p class="lead">{say.lead}</p>
      {state.recent ? null : (
        <p class="small">
          <SignInFirst next={paths.totp} />
        </p>
      )}
      <ul class="card entries">
        <li>
          <div>
            <strong>{say.app}</strong> <Tag kind="good">{say.on}</Tag>
            <div class="small muted facts">
              <span>
                <Say it={say.since} day={<Day at={state.since} />} />
              </span>
              {state.usedAt === null ? null : (
                <span>
                  <Say it={say.used} day={<Day at={state.usedAt} />} />
                </span>
              )}
            </div>
          </div>
          <LinkButton href={paths.removeTotp} look="danger">
            {say.remove}
          </LinkButton>
        </li>
      </ul>
      <Section id="codes" heading={say.codes}>
        <Form id="codes-form" class="card" secrets={{ csrf }} action={paths.recoveryCodes}>
          <p id="codes-left">{say.codesLeft(state.codesLeft)}</p>
          <p class="small muted">{say.newCodesMean}</p>
          <Button id="codes-submit" look="plain">
            {say.newCodes}
          </Button>
        </Form>
      </Section>
    </>
  )
}

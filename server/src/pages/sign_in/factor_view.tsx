/** The page that asks for the second factor of a sign-in. */
import type { Millis } from '../../lib/clock.ts'
import { OnwardTo } from '../kit/app_card.tsx'
import { Button, Field, Form, type FormSecrets } from '../kit/form.tsx'
import { NarrowPage } from '../kit/layout.tsx'
import { Note } from '../kit/note.tsx'
import { type PasskeyCeremony, PasskeyForm } from '../kit/passkey/form.tsx'
import { paths } from '../kit/paths.ts'
import { Minute } from '../kit/time.tsx'
import { Say, useWords, view } from '../kit/words.tsx'

/** Why the page is shown again. */
export type FactorProblem = 'code_wrong' | 'code_used' | 'stands_still' | 'throttled' | 'passkey'

export interface FactorProps extends FormSecrets {
  /** The sign-in that waits, sealed; none where a ticket brought the person. */
  readonly step?: string | undefined
  /** The e-mail or username of who signs in. */
  readonly account: string
  /** Whether the account has an authenticator app. */
  readonly hasApp: boolean
  /** What the browser is asked for one of the account's passkeys; left out where it has none. */
  readonly passkey?: PasskeyCeremony | undefined
  /** The app that is waiting. */
  readonly clientName?: string | undefined
  readonly problem?: FactorProblem | undefined
  /** Where the removal of a lost factor is asked for. */
  readonly lostHref?: string | undefined
  /** When the factor goes, where that was asked for. */
  readonly removalAt?: Millis | undefined
  /** Seconds, where waiting helps. */
  readonly retryAfter?: number | undefined
}

export const factor = view((props: FactorProps) => {
  const { kit, factor: say, signIn } = useWords()
  const { problem } = props
  const atCode = problem === 'code_wrong' || problem === 'code_used' ? problem : undefined
  return (
    <NarrowPage title={problem === undefined ? say.heading : kit.problemTitle(say.heading)}>
      <section class="card">
        <h1>{say.heading}</h1>
        <OnwardTo name={props.clientName} />
        <Stopped problem={problem} retryAfter={props.retryAfter} />
        {props.removalAt === undefined ? null : (
          <Note kind="warning">
            <p>
              <Say it={say.removalWaits} moment={<Minute at={props.removalAt} />} />
            </p>
          </Note>
        )}
        <Passkey {...props} />
        <Form id="factor-form" secrets={props} action={paths.factor}>
          {props.step === undefined ? null : <input type="hidden" name="step" value={props.step} />}
          <p class="muted">
            <Say
              it={props.hasApp ? say.ask : say.askWithoutApp}
              account={<strong dir="auto">{props.account}</strong>}
            />
          </p>
          <Field name="code" label={say.code} autocomplete="one-time-code" problem={atCode} focus alerts />
          <Button id="factor-submit">{say.submit}</Button>
          <Button id="factor-cancel" name="action" value="cancel" look="link" unchecked>
            {props.clientName === undefined ? (
              say.backToSignIn
            ) : (
              <Say it={signIn.cancelTo} app={<bdi>{props.clientName}</bdi>} />
            )}
          </Button>
        </Form>
        {props.lostHref === undefined || props.removalAt !== undefined ? null : (
          <p class="small muted last">
            <Say
              it={say.lost}
              a={(text) => (
                <a id="factor-lost" href={props.lostHref} rel="noreferrer">
                  {text}
                </a>
              )}
            />
          </p>
        )}
      </section>
    </NarrowPage>
  )
})

function Passkey({ passkey, step, csrf, request }: FactorProps) {
  const say = useWords().factor
  if (passkey === undefined) return null
  return (
    <PasskeyForm
      ceremony={passkey}
      act="prove"
      class="providers"
      secrets={{ csrf, request }}
      action={paths.factorPasskey}
      id="factor-passkey"
      label={say.passkey}
      look="plain"
      below={<p class="or small muted">{say.orCode}</p>}
    >
      {step === undefined ? null : <input type="hidden" name="step" value={step} />}
    </PasskeyForm>
  )
}

function Stopped({ problem, retryAfter }: Pick<FactorProps, 'problem' | 'retryAfter'>) {
  const { factor: say, time } = useWords()
  if (problem === undefined || problem === 'code_wrong' || problem === 'code_used') return null
  const [what, then] = say.stops[problem](time.waiting(retryAfter ?? 0))
  return (
    <Note kind="bad">
      <p>
        <strong>{what}</strong> {then}
      </p>
    </Note>
  )
}

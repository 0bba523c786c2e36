/** Asking for the removal of a second step that was lost, and stopping it from a mail. */
import type { NoRemoval } from '../../engine/account/factors/lost_factor.ts'
import type { Millis } from '../../lib/clock.ts'
import { Button, Form, type FormSecrets, LinkButton } from '../kit/form.tsx'
import { CheckIcon } from '../kit/icons.tsx'
import { NarrowPage } from '../kit/layout.tsx'
import { Note } from '../kit/note.tsx'
import { paths } from '../kit/paths.ts'
import { Minute } from '../kit/time.tsx'
import { Say, useWords, view } from '../kit/words.tsx'

export interface LostFactorProps extends FormSecrets {
  /** The sign-in that waits, sealed. */
  readonly step: string
  readonly account: string
  /** Why it cannot be asked for here. */
  readonly bar?: NoRemoval | undefined
  /** When it takes effect, where it was asked for. */
  readonly at?: Millis | undefined
  readonly backHref: string
}

export const lostFactor = view((props: LostFactorProps) => {
  const { kit, lostFactor: say } = useWords()
  if (props.at !== undefined) {
    return (
      <NarrowPage title={say.asked}>
        <section class="card" id="lost-asked">
          <h1>{say.asked}</h1>
          <p>
            <Say it={say.askedText} moment={<Minute at={props.at} />} />
          </p>
          <p class="muted">{say.askedStop}</p>
          <div class="row">
            <LinkButton href={paths.signIn} look="plain">
              {kit.signIn}
            </LinkButton>
          </div>
        </section>
      </NarrowPage>
    )
  }
  return (
    <NarrowPage title={say.heading}>
      <Form id="lost-form" class="card" secrets={props} action={paths.lostFactor}>
        <input type="hidden" name="step" value={props.step} />
        <h1>{say.heading}</h1>
        {props.bar === undefined ? (
          <>
            <p>
              <Say it={say.means} account={<strong dir="auto">{props.account}</strong>} />
            </p>
            <ul class="told">
              {say.steps.map((text) => (
                <li>{text}</li>
              ))}
            </ul>
          </>
        ) : (
          <Note kind="warning">
            <p>{say.bars[props.bar]}</p>
          </Note>
        )}
        <div class="row">
          {props.bar === undefined ? <Button id="lost-submit">{say.submit}</Button> : null}
          <LinkButton href={props.backHref} look="plain">
            {kit.cancel}
          </LinkButton>
        </div>
      </Form>
    </NarrowPage>
  )
})

export interface KeepFactorProps extends FormSecrets {
  /** Whether there is a removal to stop. */
  readonly waits: boolean
  /** Whether it has just been stopped. */
  readonly done?: boolean
}

export const keepFactor = view((props: KeepFactorProps) => {
  const say = useWords().lostFactor.keep
  if (!props.waits) {
    return (
      <NarrowPage title={props.done ? say.done : say.over}>
        <section class="card">
          {props.done ? (
            <div class="sign">
              <CheckIcon />
            </div>
          ) : null}
          <h1>{props.done ? say.done : say.over}</h1>
          <p class="muted">{props.done ? say.doneText : say.overText}</p>
          <div class="row">
            <LinkButton href={paths.accountSecurity}>{say.onward}</LinkButton>
          </div>
        </section>
      </NarrowPage>
    )
  }
  return (
    <NarrowPage title={say.heading}>
      <Form id="keep-form" class="card" secrets={props} action={paths.keepFactor}>
        <h1>{say.heading}</h1>
        <p>{say.text}</p>
        <Button id="keep-submit">{say.submit}</Button>
      </Form>
    </NarrowPage>
  )
})

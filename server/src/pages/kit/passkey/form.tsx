/** A form that a passkey fills in. It needs a script, so it stays hidden until that runs where there are passkeys. */
import type { Child } from 'hono/jsx'
import { Button, Form, type FormSecrets } from '../form.tsx'
import { StopIcon } from '../icons.tsx'
import { useWords } from '../words.tsx'
import { passkeyScriptHref } from './script.ts'

/** What the browser is asked, as JSON of WebAuthn, and what comes back with its answer. */
export interface PasskeyCeremony {
  readonly options: Readonly<Record<string, unknown>>
  readonly state: string
}

interface PasskeyFormProps {
  readonly ceremony: PasskeyCeremony
  readonly act: 'add' | 'prove'
  readonly secrets: FormSecrets
  readonly action: string
  /** The id of the button. */
  readonly id: string
  readonly label: string
  readonly look?: 'plain'
  readonly class?: string | undefined
  /** Whether passkeys are offered in the field for the username as well. */
  readonly autofill?: boolean
  /** What stands below it, and is hidden with it. */
  readonly below?: Child
  /** Further fields. */
  readonly children?: Child
}

export function PasskeyForm(props: PasskeyFormProps) {
  const say = useWords().passkeys.failures[props.act]
  return (
    <div
      data-ceremony={props.act}
      data-options={JSON.stringify(props.ceremony.options)}
      data-autofill={props.autofill ? '' : undefined}
      hidden
    >
      <Form class={props.class} secrets={props.secrets} action={props.action}>
        <input type="hidden" name="ceremony" value={props.ceremony.state} />
        <input type="hidden" name="credential" value="" />
        {props.children}
        <Button id={props.id} {...(props.look === undefined ? {} : { look: props.look })}>
          {props.label}
        </Button>
      </Form>
      {Object.entries(say).map(([name, text]) => (
        <p class="problem" data-failure={name} role="alert" hidden>
          <StopIcon />
          <span>{text}</span>
        </p>
      ))}
      {props.below}
      <script src={passkeyScriptHref()} defer />
    </div>
  )
}

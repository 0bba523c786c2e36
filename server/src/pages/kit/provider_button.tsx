/** The button that sends a person to a provider. */
import type { Child } from 'hono/jsx'
import { Button, Form, type FormSecrets } from './form.tsx'
import { paths } from './paths.ts'
import { useWords } from './words.tsx'

export interface OfferedProvider {
  readonly id: string
  readonly name: string
  /** It does not answer, or its secret cannot be opened: nobody can be sent there as things are. */
  readonly unreachable?: boolean
}

interface ProviderButtonProps {
  readonly provider: OfferedProvider
  readonly id: string
  readonly action: string
  readonly secrets: FormSecrets
  /** What the button says. */
  readonly label: string
  /** Further fields of its form. */
  readonly children?: Child
}

/** A form with the button. One that leads nowhere stays in its place, disabled, with a sentence that says why. */
export function ProviderButton({ provider, id, action, secrets, label, children }: ProviderButtonProps) {
  const say = useWords().kit
  if (provider.unreachable !== true) {
    return (
      <Form secrets={secrets} action={action}>
        {children}
        <Button id={id} look="plain">
          {label}
        </Button>
      </Form>
    )
  }
  return (
    <div>
      <button id={id} type="button" class="button plain" disabled aria-describedby={`${id}-why`}>
        {label}
      </button>
      <p class="small muted" id={`${id}-why`}>
        {say.unreachable(provider.name)}
      </p>
    </div>
  )
}

interface ProviderChoicesProps {
  readonly providers: readonly OfferedProvider[]
  readonly secrets: FormSecrets
  /** What they are for, for those who hear the page. */
  readonly label: string
  /** What stands between them and the form below. */
  readonly or: string
  /** Where to go afterwards; a path of ours. */
  readonly next: string | undefined
}

/** A button for each provider, above the form that takes a password. */
export function ProviderChoices({ providers, secrets, label, or, next }: ProviderChoicesProps) {
  const say = useWords().kit
  if (providers.length === 0) return null
  return (
    <>
      <section class="providers" aria-label={label}>
        {providers.map((provider) => (
          <ProviderButton
            provider={provider}
            id={`login-with-${provider.id}`}
            action={`${paths.signInStart}/${encodeURIComponent(provider.id)}`}
            secrets={secrets}
            label={say.continueWith(provider.name)}
          >
            {next === undefined ? null : <input type="hidden" name="next" value={next} />}
          </ProviderButton>
        ))}
      </section>
      <p class="or small muted">{or}</p>
    </>
  )
}

/** The question before something that cannot be undone. */
import { Button, Form, type FormSecrets, LinkButton } from './kit/form.tsx'
import { NarrowPage } from './kit/layout.tsx'
import { useWords, view } from './kit/words.tsx'

export interface ConfirmProps extends FormSecrets {
  readonly heading: string
  readonly name: string
  readonly text: string
  readonly submit: string
  /** What the form carries besides. */
  readonly fields?: Readonly<Record<string, string>> | undefined
  /** Stem of the ids of the form and of its button. */
  readonly id: string
  /** The id of the button, where it is not the stem with `-confirm`. */
  readonly submitId?: string | undefined
  readonly action: string
  readonly backHref: string
}

export const confirm = view((props: ConfirmProps) => {
  const { kit } = useWords()
  return (
    <NarrowPage title={props.heading}>
      <Form id={`${props.id}-form`} class="card" secrets={{ csrf: props.csrf }} action={props.action}>
        <h1>{props.heading}</h1>
        <p>
          <strong dir="auto">{props.name}</strong>
        </p>
        <p class="muted">{props.text}</p>
        {Object.entries(props.fields ?? {}).map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        <div class="pair">
          <Button id={props.submitId ?? `${props.id}-confirm`} look="danger">
            {props.submit}
          </Button>
          <LinkButton href={props.backHref} look="plain">
            {kit.cancel}
          </LinkButton>
        </div>
      </Form>
    </NarrowPage>
  )
})

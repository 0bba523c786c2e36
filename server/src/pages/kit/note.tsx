/** Notes and tags: what is to be known at once. A sign and words carry the meaning, never the colour alone. */
import type { Child } from 'hono/jsx'
import { type FormProblem, sayProblem } from '../../words/form_problem.ts'
import { CheckIcon, StopIcon, WarningIcon } from './icons.tsx'
import { useWords } from './words.tsx'

interface NoteProps {
  readonly kind: 'warning' | 'bad' | 'good'
  readonly children: Child
}

const kinds = {
  warning: { role: undefined, Icon: WarningIcon },
  bad: { role: 'alert', Icon: StopIcon },
  good: { role: 'status', Icon: CheckIcon },
} as const

export function Note(props: NoteProps) {
  const { role, Icon } = kinds[props.kind]
  return (
    <div class={props.kind === 'warning' ? 'note' : `note ${props.kind}`} role={role}>
      <Icon />
      <div>
        <span class="unseen">{useWords().kit.notes[props.kind]}</span>
        {props.children}
      </div>
    </div>
  )
}

/** What came of what was just asked for: that it was done, or why not. */
export function Outcome(props: { notice?: string | undefined; problem?: FormProblem | undefined }) {
  const words = useWords()
  return (
    <>
      {props.notice === undefined ? null : (
        <Note kind="good">
          <p>{props.notice}</p>
        </Note>
      )}
      {props.problem === undefined ? null : (
        <Note kind="bad">
          <p>{sayProblem(words, props.problem)}</p>
        </Note>
      )}
    </>
  )
}

export function Tag(props: { kind?: 'warn' | 'bad' | 'good' | undefined; children: Child }) {
  return <span class={props.kind === undefined ? 'tag' : `tag ${props.kind}`}>{props.children}</span>
}

/** What is wrong with a form, above it: what concerns no single field as a sentence, then a way to each field. */
export function Problems(props: {
  form?: FormProblem | undefined
  fields: readonly { readonly id: string; readonly label: string; readonly problem: FormProblem | undefined }[]
}) {
  const words = useWords()
  const wrong = props.fields.flatMap(({ problem, ...field }) => (problem === undefined ? [] : [{ ...field, problem }]))
  if (props.form === undefined && wrong.length === 0) return null
  return (
    <Note kind="bad">
      {props.form === undefined ? null : <p>{sayProblem(words, props.form)}</p>}
      {wrong.length === 0 ? null : (
        <>
          <p>
            <strong>{words.kit.problems(wrong.length)}</strong>
          </p>
          <ul>
            {wrong.map((field) => (
              <li>
                <a href={`#${field.id}`}>{field.label}</a>: {sayProblem(words, field.problem)}
              </li>
            ))}
          </ul>
        </>
      )}
    </Note>
  )
}

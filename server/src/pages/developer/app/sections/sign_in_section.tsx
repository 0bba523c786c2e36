/** The part of an app's settings that is about signing people in. */
import type { FormProblem } from '../../../../words/form_problem.ts'
import { Button, Field, Form, type FormSecrets } from '../../../kit/form.tsx'
import { Section } from '../../../kit/layout.tsx'
import { useWords } from '../../../kit/words.tsx'
import { MoveSubjects } from '../move_subjects.tsx'

export interface SignInProps {
  /** Where people begin from elsewhere; empty where they cannot. */
  readonly begins: string
  /** The sector of the app; undefined where it has no IDs of its own for people. */
  readonly sector: string | undefined
  readonly problem?: { readonly field?: 'begins' | 'sector' | undefined; readonly it: FormProblem } | undefined
}

export function SignInSection(props: SignInProps & Pick<FormSecrets, 'csrf'> & { readonly action: string }) {
  const { settings: say, kit } = useWords()
  const { problem } = props
  return (
    <Section id="sign-in" heading={say.signIn}>
      <Form id="app-sign-in-form" class="card" secrets={{ csrf: props.csrf }} action={props.action}>
        <Field
          id="app-initiate-login-uri"
          name="initiate_login_uri"
          label={say.begins}
          value={props.begins}
          hint={say.beginsHint}
          problem={problem?.field === 'sector' ? undefined : problem?.it}
          optional
        />
        {props.sector === undefined ? null : (
          <Field
            id="app-sector-identifier-uri"
            name="sector_identifier_uri"
            label={say.sector}
            value={props.sector}
            hint={say.sectorHint}
            problem={problem?.field === 'sector' ? problem.it : undefined}
            optional
          />
        )}
        {problem?.it === 'subjects_move' ? <MoveSubjects /> : null}
        <Button id="app-sign-in-submit">{kit.save}</Button>
      </Form>
    </Section>
  )
}

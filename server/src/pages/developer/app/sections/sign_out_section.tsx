/** The part of an app's settings that is about signing people out. */
import type { FormProblem } from '../../../../words/form_problem.ts'
import { Button, Choices, Field, Form, type FormSecrets, Lines } from '../../../kit/form.tsx'
import { Section } from '../../../kit/layout.tsx'
import { useWords } from '../../../kit/words.tsx'

type SignOutField = 'afterwards' | 'backChannel' | 'frontChannel'

export interface SignOutProps {
  /** Where people go afterwards, one on each line. */
  readonly afterwards: string
  /** Where the app hears of it; empty where it does not. */
  readonly backChannel: string
  readonly sessionRequired: boolean
  /** The page of the app that signs people out there. */
  readonly frontChannel: string
  /** Whether this server shows such pages. */
  readonly shows: boolean
  readonly problem?: { readonly field?: SignOutField | undefined; readonly it: FormProblem } | undefined
}

export function SignOutSection(props: SignOutProps & Pick<FormSecrets, 'csrf'> & { readonly action: string }) {
  const { settings: say, kit } = useWords()
  const { problem } = props
  return (
    <Section id="sign-out" heading={say.signOut}>
      <Form id="app-sign-out-form" class="card" secrets={{ csrf: props.csrf }} action={props.action}>
        <p class="muted">{say.signOutText}</p>
        <Lines
          id="app-post-logout-redirect-uris"
          name="post_logout_redirect_uris"
          label={say.afterwards}
          value={props.afterwards}
          hint={say.afterwardsHint}
          problem={problem?.field === 'backChannel' || problem?.field === 'frontChannel' ? undefined : problem?.it}
          optional
        />
        <Field
          id="app-backchannel-logout-uri"
          name="backchannel_logout_uri"
          label={say.backChannel}
          value={props.backChannel}
          hint={say.backChannelHint}
          problem={problem?.field === 'backChannel' ? problem.it : undefined}
          optional
        />
        <Choices
          id="app-backchannel-sessions"
          name="backchannel_logout_session_required"
          legend={say.sessions}
          type="checkbox"
          choices={[
            {
              ...say.sessionRequired,
              id: 'app-backchannel-session-required',
              value: '1',
              checked: props.sessionRequired,
            },
          ]}
        />
        {props.shows || props.frontChannel !== '' ? (
          <Field
            id="app-frontchannel-logout-uri"
            name="frontchannel_logout_uri"
            label={say.frontChannel}
            value={props.frontChannel}
            hint={props.shows ? say.frontChannelHint : say.frontChannelOff}
            problem={problem?.field === 'frontChannel' ? problem.it : undefined}
            optional
          />
        ) : null}
        <Button id="app-sign-out-submit">{kit.save}</Button>
      </Form>
    </Section>
  )
}

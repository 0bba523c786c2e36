/** The part of an app's settings that is about its security profile: what each asks, and what the app does not meet of it. */
import type { ProfileState } from '../../../../engine/developer/app_profile.ts'
import { type Profile, profiles, type Unmet } from '../../../../protocol/profiles/profiles.ts'
import type { FormProblem } from '../../../../words/form_problem.ts'
import { Button, Choices, Form, type FormSecrets } from '../../../kit/form.tsx'
import { Section } from '../../../kit/layout.tsx'
import { Say, useWords } from '../../../kit/words.tsx'

export interface ProfileProps extends ProfileState {
  /** What was chosen and could not be had, and why. */
  readonly tried?: { readonly profile: string; readonly problem: FormProblem } | undefined
}

export function ProfileSection(props: ProfileProps & Pick<FormSecrets, 'csrf'> & { readonly action: string }) {
  const { settings: say, kit } = useWords()
  const { profile, tried } = props
  if (props.byOperator && profile !== undefined) {
    return (
      <Section id="profile" heading={say.profile}>
        <p class="card" id="app-profile-fixed">
          <Say it={say.profileByOperator} name={<strong>{say.profiles[profile].label}</strong>} />
        </p>
      </Section>
    )
  }
  const chosen = tried?.profile ?? profile ?? 'none'
  return (
    <Section id="profile" heading={say.profile}>
      <Form id="app-profile-form" class="card" secrets={{ csrf: props.csrf }} action={props.action}>
        <p class="muted">{say.profileText}</p>
        <Choices
          id="app-profile"
          name="profile"
          legend={say.profile}
          type="radio"
          problem={tried?.problem}
          choices={(['none', 'oauth21', 'mcp', 'fapi2-security'] as const).map((name) => ({
            ...say.profiles[name],
            id: `app-profile-${name}`,
            value: name,
            checked: name === chosen,
          }))}
        />
        {profiles
          .filter((name) => props.unmet[name].length > 0)
          .map((name) => (
            <Lacks profile={name} unmet={props.unmet[name]} />
          ))}
        <Button id="app-profile-submit">{kit.save}</Button>
      </Form>
    </Section>
  )
}

/** What the app does not meet of a profile, in words. */
function Lacks({ profile, unmet }: { profile: Profile; unmet: readonly Unmet[] }) {
  const { settings: say, profileConditions } = useWords()
  return (
    <div class="field">
      <p class="strong">{say.profileUnmet(say.profiles[profile].label)}</p>
      <ul class="small" id={`app-unmet-${profile}`}>
        {unmet.map(({ condition, member }) => (
          <li data-condition={condition}>
            <code>{member}</code>: {profileConditions[condition]}
          </li>
        ))}
      </ul>
    </div>
  )
}

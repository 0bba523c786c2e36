/** One's profile: display name, language and time zone, and the username. */
import type { ProfileForm, ProfileProblems } from '../../../engine/account/profile/profile.ts'
import type { AcceptedVersion } from '../../../engine/account/terms/terms.ts'
import type { FormProblem } from '../../../words/form_problem.ts'
import { AccountPage, RecentFirst } from '../../kit/account_page.tsx'
import { initials } from '../../kit/app_card.tsx'
import { Button, describedBy, Field, Form, Problem, Select, type SelectOption } from '../../kit/form.tsx'
import { Section, type Viewer } from '../../kit/layout.tsx'
import { paths } from '../../kit/paths.ts'
import { Day } from '../../kit/time.tsx'
import { Say, useWords, view } from '../../kit/words.tsx'
import { CloseCard } from '../close/close_view.tsx'

export interface ProfileProps {
  readonly csrf: string
  readonly viewer: Viewer
  /** What is said now, or was to be. */
  readonly said: ProfileForm
  readonly problems?: ProfileProblems | undefined
  /** The languages that there are, each by its tag and as it calls itself. */
  readonly languages: readonly { readonly language: string; readonly name: string }[]
  /** Names of time zones by the part of the world. */
  readonly zones: ReadonlyMap<string, readonly string[]>
  /** Whether the person has signed in lately enough to change the username. */
  readonly recent: boolean
  readonly username?: {
    readonly typed: string
    readonly problem?: FormProblem | undefined
    /** Whether nothing was done because the last sign-in is too long ago. */
    readonly signInAgain?: boolean
  }
  /** Usernames that the person had before and that are still theirs. */
  readonly former: readonly string[]
  readonly picture: PictureProps
  readonly formerKeptDays: number
  /** What of the operator's documents the person has accepted, the latest first. */
  readonly accepted: readonly AcceptedVersion[]
  readonly notice?: string | undefined
}

export const profile = view((props: ProfileProps) => {
  const say = useWords().profile
  const { viewer, notice, problems = {}, said, username } = props
  return (
    <AccountPage
      title={say.title}
      heading={say.title}
      viewer={viewer}
      here="profile"
      failed={Object.keys(problems).length > 0 || username !== undefined || props.picture.problem !== undefined}
      notice={notice}
    >
      <Section id="about" heading={say.about}>
        <p class="muted">{say.aboutLead}</p>
        <Form id="profile-form" class="card" secrets={{ csrf: props.csrf }} action={paths.accountProfile}>
          <div class="fields">
            <Field
              name="name"
              label={say.name}
              autocomplete="name"
              value={said.name}
              hint={say.nameHint}
              problem={problems.name}
              optional
              alerts
            />
            <Language {...props} problem={problems.locale} />
            <Zone {...props} problem={problems.zoneinfo} />
          </div>
          <Button id="profile-submit">{useWords().kit.save}</Button>
        </Form>
      </Section>
      <Picture {...props} {...props.picture} />
      <Username {...props} />
      <Accepted accepted={props.accepted} />
      <CloseCard />
    </AccountPage>
  )
})

export interface PictureProps {
  /** The path of the picture that the person has on this server. */
  readonly path?: string | undefined
  /** The host of a picture that lies elsewhere: pages show it nowhere. */
  readonly host?: string | undefined
  /** Whether this server can read pictures at all. */
  readonly available: boolean
  readonly megabytes: number
  readonly problem?: FormProblem | undefined
}

function Picture(props: PictureProps & Pick<ProfileProps, 'csrf' | 'viewer' | 'said'>) {
  const say = useWords().profile
  const { path, host, problem, csrf } = props
  return (
    <Section id="picture" heading={say.picture}>
      <div class="card">
        <div class="portrait">
          {path === undefined ? (
            <span class="face" aria-hidden="true">
              {initials(props.said.name === '' ? props.viewer.username : props.said.name).slice(0, 1)}
            </span>
          ) : (
            <img id="picture-shown" class="face" src={path} alt={say.pictureShown} width="96" height="96" />
          )}
          <div>
            <p>{say.pictureLead}</p>
            {host === undefined ? null : (
              <p class="small muted" dir="auto">
                {say.pictureElsewhere(host)}
              </p>
            )}
            {path === undefined && host === undefined ? null : (
              <Form id="picture-remove-form" secrets={{ csrf }} action={paths.removePicture}>
                <Button id="picture-remove" look="plain">
                  {say.removePicture}
                </Button>
              </Form>
            )}
          </div>
        </div>
        {props.available ? (
          <form id="picture-form" method="post" action={paths.accountPicture} enctype="multipart/form-data">
            <input type="hidden" name="csrf" value={csrf} />
            <div class="field">
              <label for="picture-file">{say.pictureFile}</label>
              <input
                id="picture-file"
                name="file"
                type="file"
                accept="image/jpeg,image/png,image/webp,image/gif,image/avif"
                required
                aria-invalid={problem === undefined ? undefined : 'true'}
                aria-describedby={describedBy('picture-file', problem, say.pictureHint)}
              />
              {problem === undefined ? null : <Problem id="picture-file-problem" it={problem} alerts />}
              <p class="hint" id="picture-file-hint">
                {say.pictureHint(props.megabytes)}
              </p>
            </div>
            <Button id="picture-submit" look="plain">
              {say.uploadPicture}
            </Button>
          </form>
        ) : (
          <p class="muted">{say.picturesUnavailable}</p>
        )}
      </div>
    </Section>
  )
}

/** What stands there already can always stay, also where it is not offered. */
function withPresent(options: readonly SelectOption[], value: string, offered: readonly string[]): SelectOption[] {
  const { notListed } = useWords().profile
  return value === '' || offered.includes(value) ? [...options] : [...options, { value, label: notListed(value) }]
}

function Language(props: Pick<ProfileProps, 'said' | 'languages'> & { problem: FormProblem | undefined }) {
  const say = useWords().profile
  const { said, languages } = props
  const offered = languages.map(({ language, name }) => ({ value: language, label: name }))
  const tags = languages.map(({ language }) => language)
  return (
    <Select
      name="locale"
      label={say.language}
      value={said.locale}
      options={withPresent([{ value: '', label: say.asBrowser }, ...offered], said.locale, tags)}
      hint={say.languageHint}
      problem={props.problem}
    />
  )
}

function Zone(props: Pick<ProfileProps, 'said' | 'zones'> & { problem: FormProblem | undefined }) {
  const say = useWords().profile
  const { said, zones } = props
  return (
    <Select
      name="zoneinfo"
      label={say.zone}
      value={said.zoneinfo}
      options={withPresent([{ value: '', label: say.zoneNone }], said.zoneinfo, [...zones.values()].flat())}
      groups={[...zones].map(([region, names]) => ({
        label: say.regions[region] ?? region,
        options: names.map((name) => ({ value: name, label: placeOf(name) })),
      }))}
      problem={props.problem}
    />
  )
}

/** Europe/Berlin: Berlin; America/Argentina/Buenos_Aires: Argentina, Buenos Aires. */
function placeOf(zone: string): string {
  return zone.split('/').slice(1).join(', ').replaceAll('_', ' ')
}

function Username(props: ProfileProps) {
  const say = useWords().profile
  const { viewer, username, former } = props
  const again = username?.signInAgain === true
  return (
    <Section id="change-username" heading={say.username}>
      {props.recent && !again ? null : (
        <RecentFirst next={paths.accountProfile} notDone={again ? say.usernameNotChanged : undefined} />
      )}
      <Form id="username-form" class="card" secrets={{ csrf: props.csrf }} action={paths.accountUsername}>
        <div class="fields">
          <Field
            name="username"
            label={say.username}
            autocomplete="username"
            value={username?.typed ?? viewer.username}
            hint={say.usernameHint}
            problem={username?.problem}
            alerts
          />
        </div>
        <p class="small muted">{say.usernameMeans(props.formerKeptDays)}</p>
        {former.length === 0 ? null : (
          <p class="small muted" dir="auto">
            {say.former(former.join(', '))}
          </p>
        )}
        <Button id="username-submit" look="plain">
          {say.changeUsername}
        </Button>
      </Form>
    </Section>
  )
}

function Accepted({ accepted }: Pick<ProfileProps, 'accepted'>) {
  const say = useWords().terms
  if (accepted.length === 0) return null
  return (
    <Section id="accepted" heading={say.accepted}>
      <div class="card">
        <ul id="accepted-terms" class="told">
          {accepted.map(({ document, version, acceptedAt }) => (
            <li data-document={document} data-version={version}>
              <Say
                it={say.acceptedOn}
                document={<bdi>{say.named[document](version)}</bdi>}
                day={<Day at={acceptedAt} />}
              />
            </li>
          ))}
        </ul>
        <p class="small">
          <a id="accepted-json" href={paths.acceptedTerms}>
            {say.asJson}
          </a>
        </p>
      </div>
    </Section>
  )
}

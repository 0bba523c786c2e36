/** The redirect URIs of an app, exactly as they are registered. */
import { Button, Field, Form, type FormSecrets, LinkButton } from '../../kit/form.tsx'
import { Outcome } from '../../kit/note.tsx'
import { redirectUriPath, redirectUrisPath } from '../../kit/paths.ts'
import { view } from '../../kit/words.tsx'
import { AppPage, type AppPageProps } from '../app_page.tsx'

const webHint =
  'Example: https://app.example.com/callback. Must match exactly, including a trailing slash. Use https; http only for localhost.'
const nativeHint =
  'Example: com.example.app:/callback or http://127.0.0.1/callback. Must match exactly; a loopback address may come with any port.'

export interface AppRedirectUrisProps extends AppPageProps, FormSecrets {
  readonly redirectUris: readonly string[]
  readonly native: boolean
  /** Why nothing came of what was just asked for. */
  readonly problem?: string | undefined
  /** What was filled in for an address that could not be taken, and why. */
  readonly add?: { readonly uri: string; readonly problem: string } | undefined
}

export const appRedirectUris = view((props: AppRedirectUrisProps) => {
  const path = redirectUrisPath(props.app.clientId)
  const failed = props.problem !== undefined || props.add !== undefined
  return (
    <AppPage {...props} here="redirect-uris" heading="Redirect URIs" failed={failed}>
      <Outcome problem={props.problem} />
      <section aria-label="Registered redirect URIs">
        {props.redirectUris.length === 0 ? <p class="muted">No redirect URI is registered yet.</p> : null}
        <ul class="card entries" id="registered-redirect-uris" hidden={props.redirectUris.length === 0}>
          {props.redirectUris.map((uri) => (
            <li>
              <code>{uri}</code>
              <div class="row">
                <LinkButton href={`${path}/edit?${new URLSearchParams({ uri })}`} look="plain">
                  Edit<span class="unseen"> {uri}</span>
                </LinkButton>
                <LinkButton href={`${path}/remove?${new URLSearchParams({ uri })}`} look="danger">
                  Remove<span class="unseen"> {uri}</span>
                </LinkButton>
              </div>
            </li>
          ))}
        </ul>
      </section>
      <section aria-labelledby="add-redirect-uri">
        <h2 id="add-redirect-uri">Add a redirect URI</h2>
        <Form id="redirect-uri-form" class="card" secrets={{ csrf: props.csrf }} action={path}>
          <Field
            id="redirect-uri"
            name="uri"
            label="Redirect URI"
            type="text"
            autocomplete="off"
            value={props.add?.uri}
            problem={props.add?.problem}
            hint={props.native ? nativeHint : webHint}
          />
          <Button id="redirect-uri-submit">Add</Button>
        </Form>
      </section>
    </AppPage>
  )
})

export interface AppRedirectUriEditProps extends AppPageProps, FormSecrets {
  /** As it is registered, and what it is to be. */
  readonly uri: string
  readonly to: string
  readonly problem?: string | undefined
}

/** Asks what one address is to be instead. */
export const appRedirectUriEdit = view((props: AppRedirectUriEditProps) => {
  const { clientId } = props.app
  return (
    <AppPage {...props} here="redirect-uris" heading="Edit a redirect URI" failed={props.problem !== undefined}>
      <Form
        id="redirect-uri-edit-form"
        class="card"
        secrets={{ csrf: props.csrf }}
        action={redirectUriPath(clientId, 'edit')}
      >
        <p>
          It is <code>{props.uri}</code> now. Requests that still use it are refused once you save.
        </p>
        <input type="hidden" name="uri" value={props.uri} />
        <Field
          id="redirect-uri"
          name="to"
          label="Redirect URI"
          type="text"
          autocomplete="off"
          value={props.to}
          problem={props.problem}
          hint="Must match exactly, including a trailing slash."
        />
        <div class="row">
          <Button id="redirect-uri-submit">Save</Button>
          <LinkButton href={redirectUrisPath(clientId)} look="plain">
            Cancel
          </LinkButton>
        </div>
      </Form>
    </AppPage>
  )
})

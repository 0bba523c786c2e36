/** The redirect URIs of an app, exactly as they are registered. */
import { Button, Field, Form, type FormSecrets } from '../kit/form.tsx'
import { renderPage } from '../kit/layout.tsx'
import { Outcome } from '../kit/note.tsx'
import { redirectUrisPath } from '../kit/paths.ts'
import { AppPage, type AppPageProps } from './app_page.tsx'

export interface AppRedirectUrisProps extends AppPageProps, FormSecrets {
  readonly redirectUris: readonly string[]
  readonly native: boolean
  /** Why nothing came of what was just asked for. */
  readonly problem?: string | undefined
  /** What was filled in for an address that could not be taken, and why. */
  readonly add?: { readonly uri: string; readonly problem: string } | undefined
}

export function appRedirectUris(props: AppRedirectUrisProps): string {
  const path = redirectUrisPath(props.app.clientId)
  const failed = props.problem !== undefined || props.add !== undefined
  return renderPage(
    <AppPage {...props} here="redirect-uris" heading="Redirect URIs" failed={failed}>
      <Outcome problem={props.problem} />
      <section aria-label="Registered redirect URIs">
        {props.redirectUris.length === 0 ? <p class="muted">None is registered.</p> : null}
        <ul class="card entries" id="registered-redirect-uris" hidden={props.redirectUris.length === 0}>
          {props.redirectUris.map((uri) => (
            <li>
              <code>{uri}</code>
              <Form secrets={{ csrf: props.csrf }} action={`${path}/remove`}>
                <input type="hidden" name="uri" value={uri} />
                <Button look="danger">
                  Remove<span class="unseen"> {uri}</span>
                </Button>
              </Form>
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
            hint={
              props.native
                ? 'Compared to the letter; a loopback address may come with any port. An own scheme is a reversed domain name, such as com.example.app:/cb.'
                : 'Compared to the letter: a slash too many is another address. http is for loopback addresses only.'
            }
          />
          <Button id="redirect-uri-submit">Add it</Button>
        </Form>
      </section>
    </AppPage>,
  )
}

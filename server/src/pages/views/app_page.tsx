/** The frame of the pages about one app: its name, the ways between them, and what was just done. */
import type { Child } from 'hono/jsx'
import { type Viewer, WidePage } from '../kit/layout.tsx'
import { Note } from '../kit/note.tsx'
import { appPath, paths, redirectUrisPath, requestLogPath, secretsPath } from '../kit/paths.ts'

export interface AppPageProps {
  readonly viewer: Viewer
  readonly app: { readonly clientId: string; readonly name: string }
  /** Said once after something was done. */
  readonly notice?: string | undefined
}

export type AppTab = 'overview' | 'requests' | 'secrets' | 'redirect-uris'

const tabs = [
  { tab: 'overview', text: 'Overview', path: appPath },
  { tab: 'requests', text: 'Requests', path: requestLogPath },
  { tab: 'secrets', text: 'Secrets', path: secretsPath },
  { tab: 'redirect-uris', text: 'Redirect URIs', path: redirectUrisPath },
] as const satisfies readonly { tab: AppTab; text: string; path: (clientId: string) => string }[]

export function AppTabs(props: { clientId: string; here: AppTab }) {
  return (
    <nav class="tabs" aria-label="This app">
      {tabs.map(({ tab, text, path }) => (
        <a href={path(props.clientId)} aria-current={tab === props.here ? 'page' : undefined}>
          {text}
        </a>
      ))}
    </nav>
  )
}

export function AppPage(props: AppPageProps & { here: AppTab; heading: string; children: Child }) {
  const { app } = props
  return (
    <WidePage title={`${props.heading} · ${app.name}`} viewer={props.viewer} here="developer" reading>
      <div class="heading">
        <div>
          <h1>{props.heading}</h1>
          <p class="muted small">
            <a href={paths.developer}>Your apps</a> / <bdi>{app.name}</bdi>
          </p>
        </div>
      </div>
      <AppTabs clientId={app.clientId} here={props.here} />
      {props.notice === undefined ? null : (
        <Note kind="good">
          <p>{props.notice}</p>
        </Note>
      )}
      {props.children}
    </WidePage>
  )
}

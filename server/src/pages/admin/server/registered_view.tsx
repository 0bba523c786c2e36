/** The operator's own APIs, and the providers that people sign in through, as those who run the server see them. */
import { documentCommand } from '../../../engine/operator/checks/checks.ts'
import { forwardAuthPath } from '../../../protocol/endpoints.ts'
import type { ScopeMeaning } from '../../../protocol/scope.ts'
import type { ScopeHolder } from '../../../protocol/scope_entry.ts'
import { ConsolePage } from '../../kit/console/console_page.tsx'
import { ConsoleTable } from '../../kit/console/console_table.tsx'
import { Fact, Section, type Viewer } from '../../kit/layout.tsx'
import { scopeInWords } from '../../kit/permissions.tsx'
import { UtcDay } from '../../kit/time.tsx'
import { useWords, view } from '../../kit/words.tsx'

export interface ApiShown {
  /** What an app sends as `resource` (RFC 8707). */
  readonly uri: string
  readonly name: string
  readonly publisher?: string | undefined
  readonly website?: string | undefined
  readonly terms?: string | undefined
  /** The address of its OpenAPI document, or the file that it was registered with. */
  readonly openapi?: string | undefined
  readonly stability?: string | undefined
  /** YYYY-MM-DD. */
  readonly sunset?: string | undefined
  readonly format: 'opaque' | 'jwt'
  /** The name under which proxies ask. */
  readonly proxy?: string | undefined
  /** The client that it authenticates as. */
  readonly clientId: string | undefined
  /** Undefined where it takes any scope. */
  readonly scopes: readonly (ScopeMeaning & { readonly for: ScopeHolder })[] | undefined
}

export const apiList = view((props: { viewer: Viewer; apis: readonly ApiShown[] }) => {
  const { registered: say } = useWords()
  return (
    <ConsolePage title={say.apis} heading={say.apis} about={say.apisLead} viewer={props.viewer} here="apis">
      {props.apis.length === 0 ? <p class="muted">{say.noApis}</p> : null}
      {props.apis.map((api, i) => (
        <OneApi api={api} place={i + 1} />
      ))}
      <Register />
    </ConsolePage>
  )
})

function OneApi({ api, place }: { api: ApiShown; place: number }) {
  const words = useWords()
  const { registered: say } = words
  return (
    <Section id={`api-${place}`} heading={api.name}>
      <div class="card" data-resource={api.uri}>
        <dl class="facts-list">
          <Fact name={say.identifier}>
            <code>{api.uri}</code>
          </Fact>
          <Told name={say.publisher} text={api.publisher} />
          <Told name={say.website} text={api.website} />
          <Told name={say.terms} text={api.terms} />
          <Told name={say.openapi} text={api.openapi} />
          <Told name={say.stability} text={api.stability} />
          {api.sunset === undefined ? null : (
            <Fact name={say.sunset}>
              <UtcDay day={api.sunset} />
            </Fact>
          )}
          <Fact name={say.tokens}>{say.formats[api.format]}</Fact>
          <Fact name={say.protected}>
            <Protection api={api} />
          </Fact>
          {api.scopes === undefined ? <Fact name={say.scopes}>{say.anyScope}</Fact> : null}
        </dl>
      </div>
      {api.scopes === undefined ? null : (
        <ConsoleTable
          id={`scopes-${place}`}
          caption={say.scopesOf(api.name)}
          none={say.noScopes}
          columns={[{ name: say.scope }, { name: say.inWords }, { name: say.holders }]}
          rows={api.scopes.map((scope) => ({
            data: { 'data-scope': scope.name },
            cells: [
              <code>{scope.name}</code>,
              <bdi>{scopeInWords(words, scope).sentence}</bdi>,
              say.holdersOf[scope.for],
            ],
          }))}
        />
      )}
    </Section>
  )
}

function Told({ name, text }: { name: string; text: string | undefined }) {
  if (text === undefined) return null
  const isLink = /^https?:/.test(text)
  return (
    <Fact name={name}>
      {isLink ? (
        <a href={text} target="_blank" rel="noopener noreferrer">
          <bdi>{text}</bdi>
        </a>
      ) : (
        <bdi>{text}</bdi>
      )}
    </Fact>
  )
}

function Protection({ api: { proxy, clientId, format } }: { api: ApiShown }) {
  const { registered: say } = useWords()
  if (proxy === undefined && clientId === undefined && format === 'opaque') return <>{say.unprotected}</>
  return (
    <>
      {proxy === undefined ? null : (
        <div>
          {say.byProxy} <code>{`${forwardAuthPath}/${proxy}`}</code>
        </div>
      )}
      {clientId === undefined ? null : (
        <div>
          {say.byIntrospection} <code>{clientId}</code>
        </div>
      )}
      {format === 'jwt' ? <div>{say.byJwt}</div> : null}
    </>
  )
}

export interface ProviderShown {
  readonly id: string
  readonly name: string
  readonly kind: 'oidc' | 'oauth2' | 'facebook'
  readonly host: string
  /** Our client there. */
  readonly clientId: string
  /** Whether people can sign in there: else it does not answer, or none of our root secrets opens its secret. */
  readonly state: 'ready' | 'away' | 'unreadable'
}

const looks = { ready: 'good', away: 'warn', unreadable: 'bad' } as const

export const providerList = view((props: { viewer: Viewer; providers: readonly ProviderShown[] }) => {
  const { registered: say } = useWords()
  return (
    <ConsolePage
      title={say.providers}
      heading={say.providers}
      about={say.providersLead}
      viewer={props.viewer}
      here="providers"
    >
      <ConsoleTable
        id="providers"
        caption={say.providers}
        none={say.noProviders}
        columns={[
          { name: say.provider },
          { name: say.kind },
          { name: say.host },
          { name: say.client },
          { name: say.state },
        ]}
        rows={props.providers.map(({ id, name, kind, host, clientId, state }) => ({
          data: { 'data-provider': id, 'data-state': state },
          cells: [
            <>
              <bdi>{name}</bdi> <code class="small">{id}</code>
            </>,
            say.kinds[kind],
            <bdi>{host}</bdi>,
            <code class="small">{clientId}</code>,
            <span class={`state ${looks[state]}`}>{say.states[state]}</span>,
          ],
        }))}
      />
      <Register />
    </ConsolePage>
  )
})

/** Both come from the operator's document alone. */
function Register() {
  const { registered: say } = useWords()
  return (
    <Section id="register" heading={say.register} class="lines-short">
      <p class="muted">{say.registerText}</p>
      <code class="code">{documentCommand}</code>
    </Section>
  )
}

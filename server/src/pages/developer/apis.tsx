/** The APIs that the operator has registered, as developers choose from them: who runs each, on what terms, and its scopes. */
import { readScopes } from '../../engine/grant/scopes.ts'
import type { ScopeMeaning } from '../../protocol/scope.ts'
import type { ScopeHolder } from '../../protocol/scope_entry.ts'
import type { Context } from '../../runtime/context.ts'
import { hostOf, Published } from '../kit/app_facts.tsx'
import { Section } from '../kit/layout.tsx'
import { Tag } from '../kit/note.tsx'
import { scopeInWords } from '../kit/permissions.tsx'
import { UtcDay } from '../kit/time.tsx'
import { Say, useWords } from '../kit/words.tsx'

export interface Api {
  /** What an app sends as `resource` (RFC 8707). */
  readonly uri: string
  readonly name: string
  readonly publisher?: string | undefined
  readonly website?: string | undefined
  readonly terms?: string | undefined
  /** The address of its OpenAPI document. */
  readonly openapi?: string | undefined
  readonly stability?: string | undefined
  /** The day on which it is switched off: YYYY-MM-DD. */
  readonly sunset?: string | undefined
  readonly scopes: readonly (ScopeMeaning & { readonly for: ScopeHolder })[]
}

/** What the operator says of each, without the scopes that are kept for the operator's own apps. */
export async function listApis(context: Pick<Context, 'resources' | 'settings'>): Promise<readonly Api[]> {
  const { find } = await readScopes(context)
  return (await context.resources.list()).map(({ uri, name, publisher, website, terms, openapi, ...one }) => ({
    uri,
    name: name ?? hostOf(uri),
    publisher,
    website,
    terms,
    openapi: openapi !== undefined && /^https?:/.test(openapi) ? openapi : undefined,
    stability: one.stability,
    sunset: one.sunset,
    scopes: (one.scope ?? []).flatMap((scope) => {
      const known = find(scope)
      return known === undefined || known.for === 'first_party' ? [] : [known]
    }),
  }))
}

export function Apis({ apis }: { apis: readonly Api[] }) {
  const say = useWords().developer
  if (apis.length === 0) return null
  return (
    <Section id="apis" heading={say.apis}>
      <p class="muted">
        <Say it={say.apisLead} />
      </p>
      {apis.map((api) => (
        <OneApi api={api} />
      ))}
    </Section>
  )
}

function OneApi({ api }: { api: Api }) {
  const words = useWords()
  const { kit, developer: say } = words
  const { name, publisher, website, terms, openapi, stability, sunset, scopes } = api
  return (
    <article class="card" data-resource={api.uri}>
      <div class="by">
        <h3>
          <bdi>{name}</bdi>
        </h3>
        {publisher === undefined ? null : (
          <span class="small muted">
            <Say it={kit.by} name={<bdi>{publisher}</bdi>} />
          </span>
        )}
        {stability === undefined ? null : (
          <Tag>
            <bdi>{stability}</bdi>
          </Tag>
        )}
        {sunset === undefined ? null : (
          <Tag kind="warn">
            <Say it={say.sunset} day={<UtcDay day={sunset} />} />
          </Tag>
        )}
      </div>
      <div class="small">
        <code>{api.uri}</code>
      </div>
      {scopes.length === 0 ? null : (
        <dl class="facts-list">
          {scopes.map((scope) => (
            <>
              <dt>
                <code>{scope.name}</code>
              </dt>
              <dd data-scope={scope.name}>
                {scopeInWords(words, scope).sentence}
                {scope.for === 'reviewed' ? <span class="small muted"> {say.reviewed}</span> : null}
              </dd>
            </>
          ))}
        </dl>
      )}
      <div class="small">
        <Published label={kit.about(name)} website={website} terms={terms} openapi={openapi} />
      </div>
    </article>
  )
}

/** The APIs at which an app may use what it is given, and who runs them. */
import { Published } from './app_facts.tsx'
import { Say, useWords } from './words.tsx'

export interface Service {
  readonly name: string
  readonly publisher?: string | undefined
  readonly website?: string | undefined
  readonly terms?: string | undefined
  /** What the app may do there, in sentences. */
  readonly permissions: readonly string[]
}

export function Services({ services, title }: { services: readonly Service[]; title: string }) {
  const say = useWords().kit
  if (services.length === 0) return null
  return (
    <section class="part" aria-labelledby="services">
      <h2 id="services">{title}</h2>
      <ul class="services">
        {services.map(({ name, publisher, website, terms, permissions }) => (
          <li>
            <bdi class="what">{name}</bdi>
            {publisher === undefined ? null : (
              <span class="small muted">
                {' '}
                <Say it={say.by} name={<bdi>{publisher}</bdi>} />
              </span>
            )}
            <p class="small muted">{permissions.join(' · ')}</p>
            <div class="small">
              <Published label={say.about(name)} website={website} terms={terms} />
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** The APIs at which an app may use what it is given, and who runs them. */

import type { ScopeMeaning } from '../../protocol/scope.ts'
import { Published } from './app_facts.tsx'
import { Section } from './layout.tsx'
import { scopeInWords } from './permissions.tsx'
import { Say, useWords } from './words.tsx'

export interface Service {
  readonly name: string
  readonly publisher?: string | undefined
  readonly website?: string | undefined
  readonly terms?: string | undefined
  /** What the app may do there. */
  readonly permissions: readonly ScopeMeaning[]
}

export function Services({ services, title }: { services: readonly Service[]; title: string }) {
  const words = useWords()
  const say = words.kit
  if (services.length === 0) return null
  return (
    <Section class="part" id="services" heading={title}>
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
            <p class="small muted">{permissions.map((one) => scopeInWords(words, one).sentence).join(' · ')}</p>
            <div class="small">
              <Published label={say.about(name)} website={website} terms={terms} />
            </div>
          </li>
        ))}
      </ul>
    </Section>
  )
}

/** The providers that open the account, on the page about its security, each with a way to connect or disconnect it. */

import type { Child } from 'hono/jsx'
import type { Millis } from '../../lib/clock.ts'
import { Button, Form } from '../kit/form.tsx'
import { Section } from '../kit/layout.tsx'
import { Tag } from '../kit/note.tsx'
import { paths } from '../kit/paths.ts'
import { type OfferedProvider, ProviderButton } from '../kit/provider_button.tsx'
import { Day } from '../kit/time.tsx'
import { Say, useWords } from '../kit/words.tsx'

export interface ConnectedProvider {
  readonly id: string
  readonly name: string
  /** What the provider calls the person. */
  readonly label: string | null
  readonly since: Millis
  /** Whether people can sign in through it at this server, as before. */
  readonly open: boolean
}

export interface WaysInProps {
  readonly csrf: string
  readonly connected: readonly ConnectedProvider[]
  /** Those that are not connected. */
  readonly others: readonly OfferedProvider[]
}

/** `first` is what has to be done before anything here can be changed. */
export function WaysIn({ csrf, connected, others, first }: WaysInProps & { readonly first?: Child }) {
  const say = useWords().security
  if (connected.length === 0 && others.length === 0) return null
  return (
    <Section id="ways-in" heading={say.ways}>
      <p class="muted">{connected.length === 0 ? say.connectOne : say.waysLead}</p>
      {first}
      {connected.length === 0 ? null : (
        <ul class="card entries" id="identity-list">
          {connected.map(({ id, name, label, since, open }) => (
            <li data-identity={id}>
              <div>
                <strong dir="auto">{name}</strong> {open ? null : <Tag kind="warn">{say.notOffered}</Tag>}
                {label === null ? null : (
                  <div class="small">
                    <bdi>{label}</bdi>
                  </div>
                )}
                <div class="small muted">
                  <Say it={say.since} since={<Day at={since} />} />
                </div>
              </div>
              <Form secrets={{ csrf }} action={paths.disconnect}>
                <input type="hidden" name="identity" value={id} />
                <Button id={`disconnect-${id}`} look="plain">
                  <Say
                    it={say.disconnect}
                    name={<span class="unseen">{label === null ? name : `${name}, ${label}`}</span>}
                  />
                </Button>
              </Form>
            </li>
          ))}
        </ul>
      )}
      {others.length === 0 ? null : (
        <div class={connected.length === 0 ? 'row' : 'row after'}>
          {others.map((provider) => (
            <ProviderButton
              provider={provider}
              id={`connect-${provider.id}`}
              action={`${paths.connect}/${encodeURIComponent(provider.id)}`}
              secrets={{ csrf }}
              label={say.connect(provider.name)}
            />
          ))}
        </div>
      )}
    </Section>
  )
}

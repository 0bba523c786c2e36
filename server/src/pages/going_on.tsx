/** The page between the sign-in page and a provider; browsers leave it at once, by its Refresh header. */
import { LinkButton } from './kit/form.tsx'
import { NarrowPage } from './kit/layout.tsx'
import { Say, useWords, view } from './kit/words.tsx'

export interface GoingOnProps {
  /** The provider's name. */
  readonly provider: string
  readonly href: string
}

export const goingOn = view(({ provider, href }: GoingOnProps) => {
  const say = useWords().goingOn
  return (
    <NarrowPage title={say.title(provider)}>
      <section class="card">
        <h1>
          <Say it={say.heading} provider={<span dir="auto">{provider}</span>} />
        </h1>
        <p>{say.text}</p>
        <div class="row">
          <LinkButton href={href}>{say.onward}</LinkButton>
        </div>
      </section>
    </NarrowPage>
  )
})

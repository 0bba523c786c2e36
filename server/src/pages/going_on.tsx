/** The page between the sign-in page and a provider; browsers leave it at once, by its Refresh header. */
import { LinkButton } from './kit/form.tsx'
import { NarrowPage } from './kit/layout.tsx'
import { view } from './kit/words.tsx'

export interface GoingOnProps {
  /** The provider's name. */
  readonly provider: string
  readonly href: string
}

export const goingOn = view(({ provider, href }: GoingOnProps) => {
  return (
    <NarrowPage title={`Continue to ${provider}`}>
      <section class="card">
        <h1>
          Continue to <span dir="auto">{provider}</span>
        </h1>
        <p>Your browser takes you there. If nothing happens, press the button.</p>
        <div class="row">
          <LinkButton href={href}>Continue</LinkButton>
        </div>
      </section>
    </NarrowPage>
  )
})

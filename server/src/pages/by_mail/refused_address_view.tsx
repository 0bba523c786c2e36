/** Between a sign-in and what it was for: mail to the address of the account comes back. */
import { OnwardTo } from '../kit/app_card.tsx'
import { LinkButton } from '../kit/form.tsx'
import { NarrowPage } from '../kit/layout.tsx'
import { paths } from '../kit/paths.ts'
import { Say, useWords, view } from '../kit/words.tsx'

export interface RefusedAddressProps {
  readonly email: string
  /** The app that is waiting. */
  readonly clientName?: string | undefined
  /** Where "Later" leads. */
  readonly laterHref: string
}

export const refusedAddress = view(({ email, clientName, laterHref }: RefusedAddressProps) => {
  const { accountEmail: say, outdatedPassword } = useWords()
  return (
    <NarrowPage title={say.refusedHeading}>
      <section class="card">
        <h1>{say.refusedHeading}</h1>
        <OnwardTo name={clientName} />
        <p id="address-refused">
          <Say it={say.refusedAt} email={<strong dir="auto">{email}</strong>} />
        </p>
        <div class="pair">
          <LinkButton href={paths.accountEmail}>{say.check}</LinkButton>
          <a id="address-later" class="button plain" href={laterHref} rel="noreferrer">
            {outdatedPassword.later}
          </a>
        </div>
      </section>
    </NarrowPage>
  )
})

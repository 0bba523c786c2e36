/** The ways from the page about security to what programs are given to act for the account. */
import { Section } from '../../kit/layout.tsx'
import { paths } from '../../kit/paths.ts'
import { useWords } from '../../kit/words.tsx'

const places = { appPasswords: paths.appPasswords, personalTokens: paths.personalTokens } as const

export type AppAccessPage = keyof typeof places

export function AppAccess({ offered }: { offered: readonly AppAccessPage[] }) {
  const say = useWords().appAccess
  if (offered.length === 0) return null
  return (
    <Section id="app-access" heading={say.heading}>
      <ul class="card entries">
        {offered.map((name) => (
          <li class="leads">
            <div>
              <a class="strong" href={places[name]}>
                {say.places[name].title}
              </a>
              <div class="small muted">{say.places[name].text}</div>
            </div>
          </li>
        ))}
      </ul>
    </Section>
  )
}

/** Apps whose access has ended: when, and why. */
import type { AppEnd, EndedApp } from '../../../engine/account/apps/ended_apps.ts'
import { AppCard } from '../../kit/app_card.tsx'
import { Section } from '../../kit/layout.tsx'
import { Day } from '../../kit/time.tsx'
import { Say, useWords } from '../../kit/words.tsx'

/** When access ended, and why. */
export function Ended({ end }: { end: AppEnd }) {
  const { appHistory: say } = useWords()
  return (
    <p class="small muted" data-ended={end.reason}>
      <Say it={say.endedOn} day={<Day at={end.at} />} reason={<span>{say.ends[end.reason]}</span>} />
    </p>
  )
}

export function EndedApps({ apps, days }: { apps: readonly EndedApp[]; days: number }) {
  const { appHistory: say } = useWords()
  if (apps.length === 0) return null
  return (
    <Section id="ended" heading={say.ended}>
      <p class="muted">{say.endedLead(days)}</p>
      <ul class="card entries" id="ended-apps">
        {apps.map((app) => (
          <li data-ended-app={app.clientId}>
            <AppCard
              name={app.name}
              title={
                <span class="strong" dir="auto">
                  {app.name}
                </span>
              }
            >
              <Ended end={app} />
            </AppCard>
          </li>
        ))}
      </ul>
    </Section>
  )
}

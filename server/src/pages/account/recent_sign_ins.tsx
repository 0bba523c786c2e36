/** The latest sign-ins, on the page about security, with the way to all that happened. */
import type { Activity } from '../../engine/account/activity.ts'
import { Section } from '../kit/layout.tsx'
import { paths } from '../kit/paths.ts'
import { Minute } from '../kit/time.tsx'
import { Say, useWords } from '../kit/words.tsx'
import { fromInWords, sentenceOf } from './activity_view.tsx'

export function RecentSignIns({ signIns }: { signIns: readonly Activity[] }) {
  const words = useWords()
  const say = words.security
  return (
    <Section id="recent-sign-ins" heading={say.recentSignIns}>
      <p class="muted">
        <Say it={say.recentLead} a={(text) => <a href={paths.accountActivity}>{text}</a>} />
      </p>
      {signIns.length === 0 ? null : (
        <ul class="card entries" id="sign-in-list">
          {signIns.map((item) => {
            const { device, address } = item.from === undefined ? {} : fromInWords(words, item.from)
            return (
              <li data-type={item.type}>
                <div>
                  {sentenceOf(words, item)}
                  <div class="small muted facts">
                    <span>
                      <Minute at={item.at} />
                    </span>
                    {device === undefined ? null : <bdi>{device}</bdi>}
                    {address === undefined ? null : <bdi>{address}</bdi>}
                  </div>
                </div>
              </li>
            )
          })}
        </ul>
      )}
    </Section>
  )
}

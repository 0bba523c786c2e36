/** The plan of an app or a subscription key, and how much of each period is used. */
import type { PlanState } from '../../runtime/limits/quotas.ts'
import { Fact, Section } from './layout.tsx'
import { Tag } from './note.tsx'
import { Say, useWords } from './words.tsx'

/** Nothing where there is no plan. */
export function PlanSection(props: { of: PlanState | undefined }) {
  const { plan: say } = useWords()
  if (props.of === undefined) return null
  return (
    <Section class="card" id="plan" heading={say.heading}>
      <p class="muted">
        <Say it={say.lead} name={<bdi class="strong">{props.of.plan}</bdi>} />
      </p>
      <dl class="facts-list">
        {props.of.periods.map((period) => (
          <Fact name={say.periods[period.name]} id={`plan-${period.name}`}>
            <Used of={period} />
          </Fact>
        ))}
      </dl>
    </Section>
  )
}

export function Used(props: { of: PlanState['periods'][number] }) {
  const { plan: say, number } = useWords()
  const { used, quota } = props.of
  return (
    <>
      {say.used(number(used), number(quota))} {used < quota ? null : <Tag kind="bad">{say.usedUp}</Tag>}
    </>
  )
}

/** The second step of signing in, on the page about security: whether it is on, and the way to its own page. */
import { LinkButton } from '../kit/form.tsx'
import { Section } from '../kit/layout.tsx'
import { Tag } from '../kit/note.tsx'
import { paths } from '../kit/paths.ts'
import { useWords } from '../kit/words.tsx'

export function TwoStep({ on }: { on: boolean }) {
  const { twoStep: say, totp } = useWords()
  return (
    <Section id="two-step" heading={say.heading}>
      <ul class="card entries">
        <li data-two-step={on ? 'on' : 'off'}>
          <div>
            <strong>{totp.app}</strong> <Tag kind={on ? 'good' : undefined}>{on ? say.on : say.off}</Tag>
            <div class="small muted">{on ? say.onText : say.offText}</div>
          </div>
          <LinkButton href={paths.totp} look="plain">
            {on ? say.manage : say.setUp}
          </LinkButton>
        </li>
      </ul>
    </Section>
  )
}

/** The second step of signing in, on the page about security: whether it is on, and the way to its own page. */
import type { Millis } from '../../lib/clock.ts'
import { Button, Form, LinkButton } from '../kit/form.tsx'
import { Section } from '../kit/layout.tsx'
import { Note, Tag } from '../kit/note.tsx'
import { paths } from '../kit/paths.ts'
import { Minute } from '../kit/time.tsx'
import { Say, useWords } from '../kit/words.tsx'

export interface TwoStepProps {
  readonly on: boolean
  /** When it goes, where somebody has asked for that who knows the password. */
  readonly removalAt?: Millis | undefined
}

export function TwoStep({ csrf, on, removalAt }: TwoStepProps & { readonly csrf: string }) {
  const { twoStep: say, totp } = useWords()
  return (
    <Section id="two-step" heading={say.heading}>
      {removalAt === undefined ? null : (
        <Note kind="warning">
          <p>
            <Say it={totp.removalWaits} moment={<Minute at={removalAt} />} />
          </p>
          <Form id="stop-removal" secrets={{ csrf }} action={paths.stopRemoval}>
            <Button look="plain">{totp.stopRemoval}</Button>
          </Form>
        </Note>
      )}
      <ul class="card entries">
        <li data-two-step={on ? 'on' : 'off'}>
          <div>
            <strong>{totp.app}</strong> <Tag kind={on ? 'good' : 'warn'}>{on ? say.on : say.off}</Tag>
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

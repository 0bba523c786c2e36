/** The pages at which an older app's way through the browser ends. They say nothing of what came with the address. */
import type { Words } from '../../words/index.ts'
import { CheckIcon } from '../kit/icons.tsx'
import { NarrowPage } from '../kit/layout.tsx'
import { useWords, view } from '../kit/words.tsx'

export type Landing = keyof Words['landing']

export const landing = view((at: Landing) => {
  const { title, sentence } = useWords().landing[at]
  return (
    <NarrowPage title={title}>
      <section class="card">
        <div class="sign good">
          <CheckIcon />
        </div>
        <h1>{title}</h1>
        <p class="muted last">{sentence}</p>
      </section>
    </NarrowPage>
  )
})

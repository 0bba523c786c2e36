/** The pages at which an older app's way through the browser ends. They say nothing of what came with the address. */
import { CheckIcon } from '../kit/icons.tsx'
import { NarrowPage } from '../kit/layout.tsx'
import { view } from '../kit/words.tsx'

export type Landing = 'back_to_app' | 'close_window'

const texts = {
  back_to_app: {
    title: 'You can go back to the app',
    sentence: 'The app has its answer. If this page stays, close it and return to the app.',
  },
  close_window: { title: 'You can close this window', sentence: 'There is nothing more to do here.' },
} as const satisfies Record<Landing, { title: string; sentence: string }>

export const landing = view((at: Landing) => {
  const { title, sentence } = texts[at]
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

/** The page that posts an answer to an app (OAuth 2.0 Form Post Response Mode): by itself, or by its button without scripts. */
import { NarrowPage } from '../../kit/layout.tsx'
import { Say, useWords, view } from '../../kit/words.tsx'
import { postScript } from './script.ts'

interface PostedProps {
  /** The redirect URI, which has been proved. */
  readonly to: string
  readonly parameters: readonly (readonly [name: string, value: string])[]
}

export const posted = view(({ to, parameters }: PostedProps) => {
  const say = useWords().posted
  return (
    <NarrowPage title={say.title}>
      <form id="response-form" method="post" class="card" action={to}>
        {parameters.map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        <h1>{say.title}</h1>
        <p class="muted">
          <Say
            it={say.onward}
            host={
              <strong class="host" dir="ltr">
                {new URL(to).host}
              </strong>
            }
          />
        </p>
        {/* Without a name: the app gets what was answered, and nothing else. */}
        <button type="submit" id="response-submit" class="button">
          {say.submit}
        </button>
      </form>
      <script src={postScript.href} defer />
    </NarrowPage>
  )
})

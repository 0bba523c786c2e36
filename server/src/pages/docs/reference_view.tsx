/** The page of the API's reference: what the reader of the OpenAPI document draws, in our own frame. */
import { type Viewer, WidePage } from '../kit/layout.tsx'
import { Say, useWords, view } from '../kit/words.tsx'

export interface ReferenceProps {
  readonly viewer?: Viewer | undefined
  /** The OpenAPI document. */
  readonly documentHref: string
  readonly styles: readonly string[]
  readonly scripts: readonly string[]
}

export const reference = view((props: ReferenceProps) => {
  const { kit, reference: say } = useWords()
  return (
    <WidePage title={kit.apiReference ?? ''} viewer={props.viewer} here="reference" styles={props.styles}>
      <div class="heading">
        <div>
          <h1>{say.heading}</h1>
          <p class="muted">
            <Say it={say.lead} a={(text) => <a href={props.documentHref}>{text}</a>} />
          </p>
        </div>
      </div>
      <noscript>
        <p>{say.noScript}</p>
      </noscript>
      <div id="reference" lang="en" dir="ltr" />
      {props.scripts.map((src) => (
        <script src={src} defer />
      ))}
    </WidePage>
  )
})

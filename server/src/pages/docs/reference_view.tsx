/** The page of the API's reference: what the reader of the OpenAPI document draws, in our own frame. */
import { type Viewer, WidePage } from '../kit/layout.tsx'
import { view } from '../kit/words.tsx'

export interface ReferenceProps {
  readonly viewer?: Viewer | undefined
  /** The OpenAPI document. */
  readonly documentHref: string
  readonly styles: readonly string[]
  readonly scripts: readonly string[]
}

export const reference = view((props: ReferenceProps) => {
  return (
    <WidePage title="API reference" viewer={props.viewer} here="reference" styles={props.styles}>
      <div class="heading">
        <div>
          <h1>Measurements API</h1>
          <p class="muted">
            Press “Authorize” to sign in here and try each request with your own data. An{' '}
            <a href={props.documentHref}>OpenAPI document</a> describes the same for your tools.
          </p>
        </div>
      </div>
      <div id="reference">
        <noscript>
          <p>This page needs JavaScript. The OpenAPI document has the same content.</p>
        </noscript>
      </div>
      {props.scripts.map((src) => (
        <script src={src} defer />
      ))}
    </WidePage>
  )
})

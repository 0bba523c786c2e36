/** The operator's terms and privacy policy: where a form says that they are accepted by it, and the page that asks for them. */
import type { TermsInForce } from '../../../engine/account/terms/terms.ts'
import { OnwardTo } from '../../kit/app_card.tsx'
import { Button, Form, type FormSecrets } from '../../kit/form.tsx'
import { NarrowPage } from '../../kit/layout.tsx'
import { Note } from '../../kit/note.tsx'
import { paths } from '../../kit/paths.ts'
import { Say, useWords, view } from '../../kit/words.tsx'

/** A document in a tab of its own, so that what was filled in here stays. */
function DocumentLink({ document, version, url }: TermsInForce) {
  return (
    <a href={url} target="_blank" rel="noopener noreferrer">
      {useWords().terms.named[document](version)}
    </a>
  )
}

/** The versions that a form shows, which come back with it. */
function Versions({ documents }: { documents: readonly TermsInForce[] }) {
  return (
    <>
      {documents.map(({ document, version }) => (
        <input type="hidden" name={document} value={version} />
      ))}
    </>
  )
}

/** What is accepted by opening an account; nothing where the operator asks for nothing. Stands in the form. */
export function AcceptedBySigningUp({ documents }: { documents: readonly TermsInForce[] }) {
  const say = useWords().terms.bySigningUp
  const [first, second] = documents
  if (first === undefined) return null
  return (
    <>
      <Versions documents={documents} />
      <p id="signup-terms" class="small muted">
        {second === undefined ? (
          <Say it={say[first.document]} document={<DocumentLink {...first} />} />
        ) : (
          <Say it={say.both} terms={<DocumentLink {...first} />} privacy={<DocumentLink {...second} />} />
        )}
      </p>
    </>
  )
}

export interface AcceptTermsProps extends FormSecrets {
  /** The e-mail or username of who is signed in. */
  readonly account: string
  readonly documents: readonly TermsInForce[]
  /** Whether the versions are others than those that were shown before. */
  readonly changed?: boolean
  /** Whether there are data to take along. */
  readonly hasData: boolean
  /** The app that is waiting. */
  readonly clientName?: string | undefined
  /** Where to go afterwards; a path of ours. */
  readonly next?: string | undefined
}

export const acceptTerms = view((props: AcceptTermsProps) => {
  const { kit, terms: say } = useWords()
  const { documents, changed = false } = props
  return (
    <NarrowPage title={changed ? kit.problemTitle(say.heading) : say.heading}>
      <Form id="terms-form" class="card" secrets={props} action={paths.acceptTerms}>
        {props.next === undefined ? null : <input type="hidden" name="next" value={props.next} />}
        <Versions documents={documents} />
        <h1>{say.heading}</h1>
        {changed ? (
          <Note kind="bad">
            <p>{say.changed}</p>
          </Note>
        ) : null}
        <OnwardTo name={props.clientName} />
        <p>
          <Say it={say.why} account={<strong dir="auto">{props.account}</strong>} />
        </p>
        <ul id="terms-documents" class="told">
          {documents.map((one) => (
            <li>
              <DocumentLink {...one} />
            </li>
          ))}
        </ul>
        <p class="small muted">{say.means}</p>
        <div class="pair">
          <Button id="terms-submit" name="action" value="accept">
            {say.accept}
          </Button>
          <Button id="terms-decline" name="action" value="decline" look="plain">
            {say.decline}
          </Button>
        </div>
        <Leaving hasData={props.hasData} />
      </Form>
    </NarrowPage>
  )
})

/** What nobody has to accept anything for: taking one's data along, and closing the account. */
function Leaving({ hasData }: { hasData: boolean }) {
  const say = useWords().terms.leaving
  const close = (text: string) => (
    <a id="terms-close" href={paths.closeAccount}>
      {text}
    </a>
  )
  return (
    <p id="terms-leaving" class="small muted after">
      {hasData ? (
        <Say
          it={say.withData}
          csv={(text) => (
            <a id="terms-export-csv" href={`${paths.exportData}/csv`}>
              {text}
            </a>
          )}
          json={(text) => (
            <a id="terms-export-json" href={`${paths.exportData}/json`}>
              {text}
            </a>
          )}
          close={close}
        />
      ) : (
        <Say it={say.withoutData} close={close} />
      )}
    </p>
  )
}

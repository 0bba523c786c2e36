/** One receipt: all that stood on the page when one allowed an app something, in the words and the language of then. */
import type { Receipt } from '../../../engine/account/receipts.ts'
import { languagesOffered } from '../../../words/index.ts'
import { AccountPage } from '../../kit/account_page.tsx'
import { LinkButton } from '../../kit/form.tsx'
import { Fact, Section, type Viewer } from '../../kit/layout.tsx'
import { paths, receiptFilePath } from '../../kit/paths.ts'
import { Minute } from '../../kit/time.tsx'
import { Say, useWords, view } from '../../kit/words.tsx'

export interface AccountConsentProps {
  readonly viewer: Viewer
  readonly receipt: Receipt
}

export const accountConsent = view(({ viewer, receipt: { id, at, clientId, read } }: AccountConsentProps) => {
  const { receipts: say } = useWords()
  const { app, language } = read
  // What keeps an app connected says so itself.
  const lasts = read.permissions.some(({ detail }) => detail.includes(read.lasts)) ? '' : read.lasts
  return (
    <AccountPage
      title={say.titleOf(app.name)}
      heading={<Say it={say.headingOf} app={<bdi id="client-name">{app.name}</bdi>} />}
      viewer={viewer}
      here="apps"
      below
    >
      <p class="muted">
        <Say it={say.leadOf} a={(text) => <a href={paths.accountConsents}>{text}</a>} />
      </p>
      <section class="card" id="receipt" aria-label={say.facts} data-receipt={id} data-client-id={clientId}>
        <dl class="facts-list">
          <Fact name={say.when}>
            <Minute at={at} />
          </Fact>
          {app.publisher === undefined ? null : (
            <Fact name={say.publisher} dir="auto">
              {app.publisher}
            </Fact>
          )}
          <Fact name={say.reviewed}>{app.inDevelopment ? say.inDevelopment : app.verified ? say.yes : say.no}</Fact>
          <Address name={say.website} href={app.website} />
          <Address name={say.appPolicy} href={app.policy} />
          <Address name={say.appTerms} href={app.terms} />
          <Fact name={say.sentTo}>
            <bdi>{read.destination}</bdi>
          </Fact>
          <Fact name={say.language}>
            <span lang={language}>{languagesOffered.find((one) => one.language === language)?.name ?? language}</span>
          </Fact>
          <Policies policies={read.policies} />
        </dl>
      </section>
      <Section id="read" heading={say.youRead}>
        <div class="card" lang={language}>
          <ul class="told">
            {read.permissions.map(({ scope, sentence, detail }) => (
              <li data-scope={scope}>
                <span dir="auto">{sentence}</span>
                {detail === '' ? null : (
                  <div class="small muted" dir="auto">
                    {detail}
                  </div>
                )}
              </li>
            ))}
            {read.services.map((service) => (
              <li dir="auto">
                {[service.name, service.publisher].filter((one) => one !== undefined).join(' · ')}
                <div class="small muted">{service.permissions.join(' · ')}</div>
              </li>
            ))}
          </ul>
          {lasts === '' ? null : <p class="small muted">{lasts}</p>}
        </div>
        <p class="small muted after">
          <Say it={say.scopes} scopes={<code dir="ltr">{read.scope.join(' ')}</code>} />
        </p>
      </Section>
      <p class="after">
        <LinkButton href={receiptFilePath(id)} look="plain">
          {say.downloadJson}
        </LinkButton>
      </p>
    </AccountPage>
  )
})

/** Addresses of strangers are text: what stood there then may be something else now. */
function Address({ name, href }: { name: string; href: string | undefined }) {
  return href === undefined ? null : (
    <Fact name={name}>
      <bdi class="host">{href}</bdi>
    </Fact>
  )
}

/** What the operator had in force. */
function Policies({ policies }: Pick<Receipt['read'], 'policies'>) {
  const { receipts: say, terms, kit } = useWords()
  if (policies === undefined || policies.length === 0) return null
  return (
    <Fact name={say.inForce} id="receipt-policies">
      {policies.map(({ document, url, version }) => (
        <div>
          {version === undefined ? kit.brandLinks[document] : terms.named[document](version)}
          <div class="small muted">
            <bdi class="host">{url}</bdi>
          </div>
        </div>
      ))}
    </Fact>
  )
}

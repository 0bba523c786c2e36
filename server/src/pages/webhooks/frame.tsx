/** The frame of a page about webhooks: of an app, or of the operator. */
import type { Child } from 'hono/jsx'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { AppPage, type AppPageProps } from '../developer/app_page.tsx'
import { ConsolePage } from '../kit/console/console_page.tsx'
import type { Viewer } from '../kit/layout.tsx'

/** Whose webhooks they are. */
export type WebhookPlace =
  | ({ readonly of: 'app' } & Omit<AppPageProps, 'notice'>)
  | { readonly of: 'operator'; readonly viewer: Viewer }

export interface WebhookPageProps {
  readonly place: WebhookPlace
  /** Where the webhooks stand. */
  readonly path: string
  readonly notice?: string | undefined
}

interface FrameProps extends WebhookPageProps {
  readonly heading: string
  /** True for a page about one of them. */
  readonly below?: boolean
  readonly failed?: boolean
  readonly children: Child
}

export function WebhookFrame({ place, path: _, ...props }: FrameProps): JSX.Element {
  const { heading, failed = false, notice, below = false, children } = props
  if (place.of === 'app') {
    return (
      <AppPage {...place} here="webhooks" heading={heading} failed={failed} notice={notice}>
        {children}
      </AppPage>
    )
  }
  return (
    <ConsolePage
      title={heading}
      heading={heading}
      viewer={place.viewer}
      here="webhooks"
      below={below}
      failed={failed}
      notice={notice}
      reading
    >
      {children}
    </ConsolePage>
  )
}

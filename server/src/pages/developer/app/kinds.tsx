/** The kinds of apps to choose from, in the words of the forms. */
import { appKinds } from '../../../runtime/kept/app_form.ts'
import type { Words } from '../../../words/index.ts'

export function appKindChoices({ kinds }: Words['app'], chosen: string) {
  return appKinds.map((kind) => ({
    ...kinds[kind],
    id: `app-kind-${kind}`,
    value: kind,
    checked: kind === chosen,
  }))
}

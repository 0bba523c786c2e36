/** How the person is to be asked, and how old their sign-in may be (OIDC Core §3.1.2.1). */
import { has, promptsOf } from '../../../protocol/capabilities.ts'
import { Refusal } from '../../../protocol/refusal.ts'
import type { Client } from '../../../runtime/kept/clients.ts'
import type { Asking } from './checks.ts'

export function findPrompt(
  { context, form, trace }: Asking,
  { client }: { readonly client: Client },
): { readonly prompt: readonly string[]; readonly maxAge: number | undefined } | Refusal {
  if (!form.has('prompt') && !form.has('max_age')) trace.skip('prompt')
  const prompt = (form.get('prompt') ?? '').split(' ').filter((value) => value !== '')
  const { signUp } = context.settings
  const unknown = prompt.some((value) => !has('prompts', value) || (value === 'create' && signUp === 'closed'))
  if (unknown || (prompt.includes('none') && prompt.length > 1)) {
    return new Refusal('prompt_invalid', { expected: promptsOf(context.settings).join(' '), got: prompt.join(' ') })
  }
  const maxAge = form.get('max_age')
  if (maxAge === undefined) return { prompt, maxAge: client.metadata.default_max_age }
  if (!/^[0-9]{1,9}$/.test(maxAge)) return new Refusal('max_age_invalid', { expected: 'whole seconds', got: maxAge })
  return { prompt, maxAge: Number(maxAge) }
}

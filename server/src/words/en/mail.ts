/** What mails say. */
import type { MailWords } from '../mail.ts'

const ifNotYou = 'If this was not you, choose a new password at once and look through your account.'
const aboutAccount = 'You get this message because it is about the security of your account.'

/** What stands in every mail, whatever it is about. */
const frame = {
  code: 'Your code',
  linkHint: 'If the button does not work, open this address:',
  sentBy: (operator: string, address: string) =>
    `Sent by ${operator} (${address}). Nobody reads answers to this message.`,
}

export const mail = {
  frame,

  passwordChanged: (of: { username: string; at: string; href: string }): MailWords => ({
    subject: 'Your password was changed',
    paragraphs: [
      'The password of your account was changed. You were signed out everywhere, and apps that you had connected have to be connected again.',
      ifNotYou,
    ],
    facts: [
      ['Account', of.username],
      ['When', of.at],
    ],
    link: { text: 'Look at your account', href: of.href },
    reason: aboutAccount,
  }),
}

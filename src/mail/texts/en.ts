/**
 * What mails, text messages and pages say, in English. In braces stands what is put in: `{service}` the name of the
 * server for people, `{address}`, `{minutes}` until a link expires, `{code}`. The link of a mail is a button of its own.
 * Each text has a key; an empty line separates paragraphs.
 */
export const english = {
  // The name of the language itself (BCP 47), for programs that read pages aloud.
  language: "en",
  "mail.register.subject": "Confirm your e-mail address for {service}",
  "mail.register.body":
    "Somebody, hopefully you, wants to make an account on {service} with this e-mail address.\n\nTo confirm that it is yours, open this link within {minutes} minutes:",
  "mail.register.button": "Confirm the address",
  "mail.add.subject": "Add this e-mail address to your account on {service}",
  "mail.add.body":
    "Somebody, hopefully you, wants to add this e-mail address to an account on {service}. Whoever has the address can then log in with it and get a new password by it.\n\nTo confirm that it is yours, open this link within {minutes} minutes:",
  "mail.add.button": "Confirm the address",
  "mail.password.subject": "Choose a new password for {service}",
  "mail.password.body":
    "Somebody, hopefully you, has asked for a new password of your account on {service}.\n\nTo go on, open this link within {minutes} minutes:",
  "mail.password.button": "Confirm that it was me",
  "mail.ignore": "If that was not you, ignore this mail: nothing happens then.",
  "mail.in_use.subject": "You have an account on {service} already",
  "mail.in_use.body":
    "Somebody, hopefully you, wanted to use this e-mail address for an account on {service}. It belongs to one already.\n\nTo get into that account, log in with this e-mail address; if you have forgotten the password, choose a new one where you log in.",
  "mail.no_account.subject": "No account on {service} has this e-mail address",
  "mail.no_account.body":
    "Somebody, hopefully you, has asked for a new password for {service}. No account has this e-mail address: perhaps you use another one there.",
  "sms.register": "{code} is your code for a new account on {service}. Give it to nobody.",
  "sms.add": "{code} is your code to add this number to your account on {service}. Give it to nobody.",
  "sms.password": "{code} is your code for a new password on {service}. Give it to nobody.",
  "sms.in_use": "This number belongs to an account on {service} already. You can log in with it.",
  "sms.no_account": "No account on {service} has this number.",
  "page.confirm.title": "Confirm the e-mail address",
  "page.confirm.register": "{address} is to be used for a new account on {service}. Is that your wish?",
  "page.confirm.add": "{address} is to be added to an account on {service}. Is that your wish?",
  "page.confirm.password":
    "Somebody has asked for a new password for the account of {address} on {service}. Was it you?",
  "page.confirm.button": "Yes, confirm",
  "page.confirm.otherwise": "If it was not you, close this page: nothing happens then.",
  "page.confirmed.title": "Confirmed",
  "page.confirmed.body": "The e-mail address is confirmed. You can close this page and go on where you began.",
  "page.expired.title": "This link does not work",
  "page.expired.body":
    "It has expired, was used up, or is not complete. Go back to where you began, and have a new mail sent to you.",
};

/** A whole set of texts, of one language. */
export type Texts = Readonly<Record<keyof typeof english, string>>;

import type { Texts } from "./en.ts";

/** The same in German. */
export const german: Texts = {
  language: "de",
  "mail.register.subject": "Bestätige deine E-Mail-Adresse für {service}",
  "mail.register.body":
    "Jemand, hoffentlich du, möchte mit dieser E-Mail-Adresse ein Konto auf {service} anlegen.\n\nWenn die Adresse dir gehört, öffne diesen Link innerhalb von {minutes} Minuten:",
  "mail.register.button": "Adresse bestätigen",
  "mail.add.subject": "Füge deinem Konto auf {service} diese E-Mail-Adresse hinzu",
  "mail.add.body":
    "Jemand, hoffentlich du, möchte diese E-Mail-Adresse einem Konto auf {service} hinzufügen. Wem die Adresse gehört, der kann sich dann mit ihr anmelden und über sie ein neues Passwort bekommen.\n\nWenn die Adresse dir gehört, öffne diesen Link innerhalb von {minutes} Minuten:",
  "mail.add.button": "Adresse bestätigen",
  "mail.password.subject": "Wähle ein neues Passwort für {service}",
  "mail.password.body":
    "Jemand, hoffentlich du, möchte ein neues Passwort für dein Konto auf {service}.\n\nÖffne diesen Link innerhalb von {minutes} Minuten, um fortzufahren:",
  "mail.password.button": "Das war ich",
  "mail.ignore": "Wenn du das nicht warst, beachte diese Mail nicht: dann geschieht nichts.",
  "mail.in_use.subject": "Du hast schon ein Konto auf {service}",
  "mail.in_use.body":
    "Jemand, hoffentlich du, wollte diese E-Mail-Adresse für ein Konto auf {service} verwenden. Sie gehört schon zu einem.\n\nMelde dich dort mit dieser E-Mail-Adresse an; wenn du das Passwort vergessen hast, wähle bei der Anmeldung ein neues.",
  "mail.no_account.subject": "Kein Konto auf {service} hat diese E-Mail-Adresse",
  "mail.no_account.body":
    "Jemand, hoffentlich du, möchte ein neues Passwort für {service}. Kein Konto hat diese E-Mail-Adresse: vielleicht verwendest du dort eine andere.",
  "sms.register": "{code} ist dein Code für ein neues Konto auf {service}. Gib ihn niemandem.",
  "sms.add": "{code} ist dein Code, um diese Nummer deinem Konto auf {service} hinzuzufügen. Gib ihn niemandem.",
  "sms.password": "{code} ist dein Code für ein neues Passwort auf {service}. Gib ihn niemandem.",
  "sms.in_use": "Diese Nummer gehört schon zu einem Konto auf {service}. Du kannst dich mit ihr anmelden.",
  "sms.no_account": "Kein Konto auf {service} hat diese Nummer.",
  "page.confirm.title": "E-Mail-Adresse bestätigen",
  "page.confirm.register": "{address} soll für ein neues Konto auf {service} verwendet werden. Möchtest du das?",
  "page.confirm.add": "{address} soll einem Konto auf {service} hinzugefügt werden. Möchtest du das?",
  "page.confirm.password": "Jemand möchte ein neues Passwort für das Konto von {address} auf {service}. Warst du das?",
  "page.confirm.button": "Ja, bestätigen",
  "page.confirm.otherwise": "Wenn du das nicht warst, schließe diese Seite: dann geschieht nichts.",
  "page.confirmed.title": "Bestätigt",
  "page.confirmed.body":
    "Die E-Mail-Adresse ist bestätigt. Du kannst diese Seite schließen und dort weitermachen, wo du angefangen hast.",
  "page.expired.title": "Dieser Link funktioniert nicht",
  "page.expired.body":
    "Er ist abgelaufen, schon verwendet oder unvollständig. Geh zurück, wo du angefangen hast, und lass dir eine neue Mail schicken.",
};

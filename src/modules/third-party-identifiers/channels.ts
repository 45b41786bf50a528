import { emailSendError, sendError } from "../../http/errors.ts";
import { type Layout, writeLetter } from "../../mail/letter.ts";
import type { Mailer } from "../../mail/mailer.ts";
import { MailError } from "../../mail/mail-error.ts";
import { fill, type Translations } from "../../mail/texts.ts";
import { SmsError, type SmsSender } from "../../sms/gateway.ts";
import type { Identifier, Medium } from "./address.ts";
import type { Purpose, TokenToSend } from "./validations.ts";

/** What there is to say to the owner of an address, beside tokens: that it belongs to an account, or to none. */
export type Notice = "in_use" | "no_account";

/** How addresses are written to. */
export interface Channels {
  has(medium: Medium): boolean;
  /** @throws MatrixError `M_EMAIL_SEND_ERROR` or `M_SEND_ERROR` */
  sendToken(
    to: Identifier,
    sent: TokenToSend & { readonly purpose: Purpose; readonly language?: string },
  ): Promise<void>;
  /** @throws MatrixError as above */
  sendNotice(to: Identifier, sent: { readonly notice: Notice; readonly language?: string }): Promise<void>;
}

interface Needs {
  /** `undefined` = no mail is sent. */
  readonly mailer: Pick<Mailer, "send"> | undefined;
  readonly smsSender: SmsSender | undefined;
  readonly translations: Translations;
  readonly layout: Layout;
  readonly serviceName: string;
  readonly tokenLifetimeMs: number;
  /** The page to which links of mails lead. */
  readonly confirmUrl: string;
}

export function createChannels(needs: Needs): Channels {
  const { mailer, smsSender, translations, layout, serviceName: service, tokenLifetimeMs, confirmUrl } = needs;
  const minutes = String(Math.max(1, Math.round(tokenLifetimeMs / 60_000)));

  async function mail(to: string, write: Parameters<typeof writeLetter>[0]): Promise<void> {
    if (!mailer) throw emailSendError("This server sends no mail");
    try {
      await mailer.send(to, writeLetter(write, layout));
    } catch (error) {
      if (!(error instanceof MailError)) throw error;
      throw emailSendError(
        error.failure === "recipient" ? "The mail server does not take this address" : "The mail could not be sent now",
      );
    }
  }

  async function message(to: string, text: string): Promise<void> {
    if (!smsSender) throw sendError("This server sends no text messages");
    try {
      await smsSender.send(to, text);
    } catch (error) {
      if (!(error instanceof SmsError)) throw error;
      throw sendError("The text message could not be sent now");
    }
  }

  return {
    has: (medium) => (medium === "email" ? mailer : smsSender) !== undefined,

    async sendToken({ medium, address }, { purpose, sid, token, language }) {
      const texts = translations.for(language);
      if (medium === "msisdn") return await message(address, fill(texts[`sms.${purpose}`], { service, code: token }));
      await mail(address, {
        subject: fill(texts[`mail.${purpose}.subject`], { service }),
        body: fill(texts[`mail.${purpose}.body`], { service, minutes }),
        link: {
          label: fill(texts[`mail.${purpose}.button`], { service }),
          url: `${confirmUrl}?${new URLSearchParams({ sid, token }).toString()}`,
        },
        footer: texts["mail.ignore"],
      });
    },

    async sendNotice({ medium, address }, { notice, language }) {
      const texts = translations.for(language);
      if (medium === "msisdn") return await message(address, fill(texts[`sms.${notice}`], { service }));
      await mail(address, {
        subject: fill(texts[`mail.${notice}.subject`], { service }),
        body: fill(texts[`mail.${notice}.body`], { service }),
        footer: texts["mail.ignore"],
      });
    },
  };
}

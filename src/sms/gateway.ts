import type { Logger } from "pino";

/** How a gateway takes text messages: the section `sms` of the configuration. */
export interface SmsGateway {
  /** With `{number}` and `{text}` where they belong there. */
  readonly url: string;
  readonly method: "GET" | "POST" | "PUT";
  /** By lower-case names; they may hold secrets. */
  readonly headers: Readonly<Record<string, string>>;
  readonly format: "json" | "form";
  /** With `{number}` and `{text}`; `undefined` = none. */
  readonly body: string | undefined;
  readonly timeoutMs: number;
}

/** A text message was not sent. The message is for operators and names neither number nor text. */
export class SmsError extends Error {
  override readonly name = "SmsError";
}

/** Sends text messages. */
export interface SmsSender {
  /**
   * Resolves when the gateway has taken the message.
   * @param number E.164 without the plus
   * @throws SmsError when it has not
   */
  send(number: string, text: string): Promise<void>;
}

interface GatewayRequest {
  readonly url: string;
  readonly method: SmsGateway["method"];
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly allowsPlainHttp: boolean;
}

interface Needs {
  /** For addresses that the operator configured: the gateway may be a private host. */
  readonly http: { request(request: GatewayRequest): Promise<{ readonly status: number }> };
  readonly logger: Logger;
}

/** What a gateway answers is not needed: its status says all. */
const MAX_ANSWER_BYTES = 65_536;

export function createSmsSender(gateway: SmsGateway, { http, logger }: Needs): SmsSender {
  return {
    async send(number, text) {
      const values = { number, text };
      try {
        const { status } = await http.request({
          url: put(gateway.url, values, encodeURIComponent),
          method: gateway.method,
          headers: { ...contentType(gateway), ...gateway.headers },
          ...(gateway.body !== undefined && { body: put(gateway.body, values, escapeFor[gateway.format]) }),
          timeoutMs: gateway.timeoutMs,
          maxBytes: MAX_ANSWER_BYTES,
          allowsPlainHttp: true,
        });
        if (status < 200 || status > 299) throw new SmsError(`The gateway of \`sms.url\` answered ${status}`);
      } catch (error) {
        const failed = error instanceof SmsError ? error : new SmsError(reasonOf(error), { cause: error });
        logger.error(failed.message);
        throw failed;
      }
    },
  };
}

/** Number and text cannot change the form of the request, whatever is in them. */
const escapeFor: Readonly<Record<SmsGateway["format"], (text: string) => string>> = {
  json: (text) => JSON.stringify(text).slice(1, -1),
  form: encodeURIComponent,
};

const contentTypes = { json: "application/json", form: "application/x-www-form-urlencoded" } as const;

const contentType = ({ body, format }: SmsGateway) =>
  body === undefined ? {} : { "content-type": contentTypes[format] };

function put(template: string, values: { number: string; text: string }, escape: (text: string) => string): string {
  return template.replaceAll(/\{(number|text)\}/g, (_whole, name: string) =>
    escape(name === "number" ? values.number : values.text),
  );
}

const reasonOf = (error: unknown): string =>
  `The gateway of \`sms.url\` does not answer: ${error instanceof Error ? error.message : "unknown"}`;

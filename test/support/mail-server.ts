/** A real mail server on loopback, for tests: it takes every mail and lets the test read it. */
import { SMTPServer, type SMTPServerOptions } from "smtp-server";

/** A mail as it arrived. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** Headers and body as they were sent. */
  readonly raw: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** The first link of the text. */
  readonly link: string;
}

/** How the server behaves. */
export interface MailServerOptions {
  /** The only credentials that it takes; without them nobody needs any. */
  readonly login?: { readonly user: string; readonly password: string };
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Addresses that it refuses. */
  readonly refuses?: readonly string[];
  /** Takes connections and says nothing. */
  readonly isSilent?: boolean;
}

export class TestMailServer implements AsyncDisposable {
  readonly #server: SMTPServer;
  readonly #mails: ReceivedMail[] = [];
  #waiting: { readonly to: string; readonly resolve: (mail: ReceivedMail) => void }[] = [];

  private constructor(options: MailServerOptions) {
    this.#server = new SMTPServer(this.#optionsOf(options));
    // Connections that break off are what some tests are about.
    this.#server.on("error", () => undefined);
  }

  static async start(options: MailServerOptions = {}): Promise<TestMailServer> {
    const server = new TestMailServer(options);
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get port(): number {
    const address = this.#server.server.address();
    if (typeof address !== "object" || address === null) throw new Error("The mail server does not listen");
    return address.port;
  }

  /** All mails that arrived, the oldest first. */
  get mails(): readonly ReceivedMail[] {
    return this.#mails;
  }

  /** The newest mail to an address; waits for one when there is none. */
  async mailTo(to: string): Promise<ReceivedMail> {
    const found = this.#mails.findLast((mail) => mail.to.includes(to));
    return found ?? (await new Promise((resolve) => this.#waiting.push({ to, resolve })));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(resolve));
  }

  #optionsOf({ login, tls, refuses = [], isSilent = false }: MailServerOptions): SMTPServerOptions {
    return {
      ...(tls ? { key: tls.key, cert: tls.cert } : { disabledCommands: ["STARTTLS"] }),
      authOptional: login === undefined,
      allowInsecureAuth: true,
      disableReverseLookup: true,
      closeTimeout: 100,
      onConnect: (_session, callback) => {
        if (!isSilent) callback();
      },
      onAuth: ({ username, password }, _session, callback) => {
        const isRight = username === login?.user && password === login?.password;
        callback(isRight ? null : new Error("Wrong credentials"), isRight ? { user: username } : undefined);
      },
      onRcptTo: ({ address }, _session, callback) => {
        callback(refuses.includes(address) ? new Error(`No mailbox ${address}`) : undefined);
      },
      onData: (stream, { envelope }, callback) => {
        const chunks: Buffer[] = [];
        stream.on("data", (chunk: Buffer) => chunks.push(chunk));
        stream.on("end", () => {
          const from = envelope.mailFrom === false ? "" : envelope.mailFrom.address;
          const to = envelope.rcptTo.map(({ address }) => address);
          this.#take(readMail({ from, to, raw: Buffer.concat(chunks).toString() }));
          callback();
        });
      },
    };
  }

  #take(mail: ReceivedMail): void {
    this.#mails.push(mail);
    for (const { to, resolve } of this.#waiting) if (mail.to.includes(to)) resolve(mail);
    this.#waiting = this.#waiting.filter(({ to }) => !mail.to.includes(to));
  }
}

function readMail(received: Pick<ReceivedMail, "from" | "to" | "raw">): ReceivedMail {
  const { raw } = received;
  const boundary = /boundary="([^"]+)"/.exec(raw)?.[1] ?? "";
  const parts = raw.split(`--${boundary}`).map(readPart);
  const text = parts.find(({ type }) => type === "text/plain")?.body ?? "";
  const html = parts.find(({ type }) => type === "text/html")?.body ?? "";
  const subject = decodeWords(/^Subject: (.*(?:\r\n[ \t].*)*)/m.exec(raw)?.[1] ?? "");
  return { ...received, subject, text, html, link: /https?:\/\/\S+/.exec(text)?.[0] ?? "" };
}

function readPart(part: string): { readonly type: string; readonly body: string } {
  const end = part.indexOf("\r\n\r\n");
  const head = part.slice(0, end);
  const body = part.slice(end + 4).replace(/\r\n$/, "");
  const type = /content-type: ([\w/]+)/i.exec(head)?.[1] ?? "";
  const encoding = /content-transfer-encoding: ([\w-]+)/i.exec(head)?.[1];
  if (encoding === "base64") return { type, body: Buffer.from(body, "base64").toString() };
  return { type, body: encoding === "quoted-printable" ? decodeQuoted(body.replaceAll("=\r\n", "")) : body };
}

/** RFC 2047: what is not ASCII in a header. */
function decodeWords(text: string): string {
  const joined = text.replaceAll(/\?=\r\n[ \t]+=\?/g, "?==?").replaceAll(/\r\n[ \t]+/g, " ");
  return joined.replaceAll(/=\?utf-8\?([QB])\?([^?]*)\?=/gi, (_whole, kind: string, word: string) =>
    kind.toUpperCase() === "B" ? Buffer.from(word, "base64").toString() : decodeQuoted(word.replaceAll("_", " ")),
  );
}

const decodeQuoted = (text: string): string =>
  Buffer.from(
    text.replaceAll(/=([0-9A-F]{2})/gi, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    "latin1",
  ).toString();

import { readFileSync } from "node:fs";
import type { Logger } from "pino";
import { MailError, toMailError } from "./mail-error.ts";

/** Where mail goes, and how: the section `email` of the configuration. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (`smtps://`), rather than by STARTTLS. */
  readonly isImplicitTls: boolean;
  /** `required`: no mail without TLS. `if_offered`: TLS where the server has it. `off`: none. */
  readonly tls: "required" | "if_offered" | "off";
  /** Absolute path of a PEM file; `undefined` = what the system trusts. */
  readonly caFile: string | undefined;
  readonly login: { readonly user: string; readonly password: string } | undefined;
  /** As in the header: `Heddle <noreply@example.org>`. */
  readonly from: string;
  /** For the whole of sending one mail. */
  readonly timeoutMs: number;
}

/** A mail to one person. */
export interface Letter {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Sends mail. */
export interface Mailer {
  /**
   * Resolves when the mail server has taken the mail.
   * @throws MailError when it has not, or not in time
   */
  send(to: string, letter: Letter): Promise<void>;
  /** Closes the connections. */
  close(): Promise<void>;
}

/** Connections to the mail server at once, and mails that may wait for one. */
const MAX_CONNECTIONS = 4;
const MAX_WAITING = 200;

/**
 * Connects to the mail server when there is something to send, and keeps a few connections. Mail bodies hold secrets:
 * nothing of them is logged, nor is the address.
 */
export function createMailer(server: MailServer, { logger }: { readonly logger: Logger }): Mailer {
  // Made at once, so that a file of certificates that cannot be read ends the start.
  const settings = transportOf(server);
  /** Made for the first mail: reading the library takes a part of the start that servers without mail need not wait for. */
  let transport: ReturnType<typeof open> | undefined;

  async function open() {
    const { createTransport } = await import("nodemailer");
    const opened = createTransport(settings);
    // Failures reach `send` as well; without a listener those of idle connections would end the process.
    opened.on("error", (error: unknown) => logger.debug({ failure: toMailError(error, server).failure }, "connection"));
    return opened;
  }

  let underWay = 0;

  async function transfer(to: string, letter: Letter): Promise<void> {
    if (underWay >= MAX_WAITING) throw new MailError("busy", "Too many mails wait for the mail server");
    underWay += 1;
    try {
      transport ??= open();
      const opened = await transport;
      await opened.sendMail({
        // As an object, the address is one address whatever its characters are.
        to: { name: "", address: to },
        from: server.from,
        ...letter,
        // RFC 3834: so that nobody's absence note comes back.
        headers: { "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All" },
      });
    } finally {
      underWay -= 1;
    }
  }

  return {
    async send(to, letter) {
      try {
        await within(server.timeoutMs, transfer(to, letter));
      } catch (error) {
        const failed = toMailError(error, server);
        if (failed.failure === "recipient") logger.info({ failure: failed.failure }, failed.message);
        else logger.error({ failure: failed.failure }, failed.message);
        throw failed;
      }
    },
    async close() {
      (await transport)?.close();
    },
  };
}

function transportOf({ host, port, isImplicitTls, tls, caFile, login, timeoutMs }: MailServer) {
  return {
    host,
    port,
    secure: isImplicitTls,
    requireTLS: tls === "required" && !isImplicitTls,
    ignoreTLS: tls === "off",
    tls: { minVersion: "TLSv1.2" as const, ...(caFile !== undefined && { ca: readFileSync(caFile, "utf8") }) },
    ...(login && { auth: { user: login.user, pass: login.password } }),
    pool: true as const,
    maxConnections: MAX_CONNECTIONS,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    // Mail is made of texts alone; nothing in it may name a file or a URL to be fetched.
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** The library has no limit for the whole of it: each step may take as long. */
async function within(timeoutMs: number, sending: Promise<void>): Promise<void> {
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(() => timeout.reject(new MailError("timeout", "The mail was not taken in time")), timeoutMs);
  try {
    await Promise.race([sending, timeout.promise]);
  } finally {
    clearTimeout(timer);
    // After the time is over nobody waits for how it ends.
    sending.catch(() => undefined);
  }
}

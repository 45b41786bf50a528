/**
 * Why a mail was not sent.
 * - `busy`: too many wait already. `timeout`: not within the time that is configured.
 * - `unreachable`: there is no connection. `insecure`: no TLS of the kind that is demanded.
 * - `login`: the mail server does not take our credentials. `recipient`: it does not take the address.
 * - `refused`: it says no for another reason.
 */
export type MailFailure = "busy" | "timeout" | "unreachable" | "insecure" | "login" | "recipient" | "refused";

/** A mail was not sent. The message is for operators: it names the server and the key to look at, and holds no address. */
export class MailError extends Error {
  override readonly name = "MailError";
  readonly failure: MailFailure;
  constructor(failure: MailFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
  }
}

interface Server {
  readonly host: string;
  readonly port: number;
}

/** What an error of the mail library means for whoever has to repair it. */
export function toMailError(error: unknown, server: Server): MailError {
  if (error instanceof MailError) return error;
  const failure = failureOf(error);
  const code = statusOf(error);
  const detail = code === undefined ? "" : ` (answer ${code})`;
  return new MailError(failure, `The mail server ${server.host}:${server.port} ${words[failure]}${detail}`, {
    cause: error,
  });
}

const words: Readonly<Record<MailFailure, string>> = {
  busy: "has too many mails of ours waiting",
  timeout: "did not take the mail within `email.timeout`",
  unreachable: "cannot be reached: is `email.smtp_url` right?",
  insecure: "does not offer the TLS that `email.tls` demands, or its certificate is not trusted (`email.ca_file`)",
  login: "refuses the user name or the password of `email.smtp_url`",
  recipient: "does not take the recipient's address",
  refused: "refuses the mail",
};

/** The library's codes: https://nodemailer.com/errors */
const failures: Readonly<Record<string, MailFailure>> = {
  EAUTH: "login",
  ENOAUTH: "login",
  ETLS: "insecure",
  EREQUIRETLS: "insecure",
  EENVELOPE: "recipient",
  ETIMEDOUT: "timeout",
  ECONNECTION: "unreachable",
  ECONNREFUSED: "unreachable",
  EDNS: "unreachable",
  ESOCKET: "unreachable",
};

function failureOf(error: unknown): MailFailure {
  const text = codeOf(error);
  // Certificates that are not trusted come as errors of the socket, with a code of OpenSSL or Node in the message alone.
  if (text === "ESOCKET" && /certificate|altnames|SSL|TLS/i.test(String(error))) return "insecure";
  return failures[text] ?? "refused";
}

const codeOf = (error: unknown): string =>
  typeof error === "object" && error !== null && "code" in error && typeof error.code === "string" ? error.code : "";

/** The number with which the mail server answered: the text beside it may repeat the address. */
const statusOf = (error: unknown): number | undefined =>
  typeof error === "object" && error !== null && "responseCode" in error && typeof error.responseCode === "number"
    ? error.responseCode
    : undefined;

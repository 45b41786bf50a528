import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pino } from "pino";
import { findFreePort } from "../../test/support/free-port.ts";
import { type MailServerOptions, TestMailServer } from "../../test/support/mail-server.ts";
import { testCertificates } from "../http/testing-certificates.ts";
import { MailError } from "./mail-error.ts";
import { createMailer, type Mailer, type MailServer } from "./mailer.ts";

const letter = { subject: "Grüße von {service}", text: "Hallo, Jürgen\n", html: "<p>Hallo, Jürgen</p>" };

interface Started extends AsyncDisposable {
  readonly mailer: Mailer;
  readonly server: TestMailServer;
  readonly lines: string[];
}

async function start(options: MailServerOptions = {}, settings: Partial<MailServer> = {}): Promise<Started> {
  const server = await TestMailServer.start(options);
  const lines: string[] = [];
  const logger = pino({ level: "debug" }, { write: (line) => void lines.push(line) });
  const mailer = createMailer({ ...defaults, port: server.port, ...settings }, { logger });
  return {
    mailer,
    server,
    lines,
    async [Symbol.asyncDispose]() {
      await mailer.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

const defaults = {
  host: "127.0.0.1",
  isImplicitTls: false,
  tls: "if_offered",
  caFile: undefined,
  login: undefined,
  from: "Heddle <noreply@example.org>",
  timeoutMs: 5000,
} as const;

async function failureOf(sending: Promise<void>): Promise<string> {
  const error = await sending.then(() => undefined).catch((reason: unknown) => reason);
  assert.ok(error instanceof MailError, String(error));
  return error.failure;
}

test("a mail arrives with text, HTML and headers that say that no person wrote it", async () => {
  await using started = await start();
  await started.mailer.send("jürgen@example.org", letter);
  const mail = await started.server.mailTo("jürgen@example.org");
  assert.deepEqual(
    [mail.from, mail.subject, mail.text, mail.html],
    ["noreply@example.org", letter.subject, "Hallo, Jürgen\r\n", letter.html],
  );
  assert.match(mail.raw, /^Auto-Submitted: auto-generated/m);
  assert.match(mail.raw, /^From: Heddle <noreply@example.org>/m);
});

test("an address stays one address", async () => {
  await using started = await start();
  await started.mailer.send("a@example.org,b@example.org", letter).catch(() => undefined);
  assert.ok(started.server.mails.every(({ to }) => to.length === 1));
});

test("who logs in wrongly is told which key is wrong, and the password is not logged", async () => {
  await using started = await start(
    { login: { user: "heddle", password: "right" } },
    { login: { user: "heddle", password: "hunter2" } },
  );
  assert.equal(await failureOf(started.mailer.send("a@example.org", letter)), "login");
  assert.match(started.lines.join(""), /user name or the password of `email.smtp_url`/);
  assert.doesNotMatch(started.lines.join(""), /hunter2|a@example\.org|Hallo/);
});

test("the right credentials are taken", async () => {
  const login = { user: "heddle", password: "right" };
  await using started = await start({ login }, { login });
  await started.mailer.send("a@example.org", letter);
  assert.equal(started.server.mails.length, 1);
});

test("an address that the mail server refuses is told apart", async () => {
  await using started = await start({ refuses: ["gone@example.org"] });
  assert.equal(await failureOf(started.mailer.send("gone@example.org", letter)), "recipient");
  assert.doesNotMatch(started.lines.join(""), /gone@example/);
});

test("without TLS no mail is sent when TLS is required, and nothing is said in the clear", async () => {
  await using started = await start({}, { tls: "required" });
  assert.equal(await failureOf(started.mailer.send("a@example.org", letter)), "insecure");
  assert.deepEqual(started.server.mails, []);
});

test("a certificate must be trusted, by the file that is named", async () => {
  const folder = await mkdtemp(join(tmpdir(), "heddle-mail-"));
  try {
    const caFile = join(folder, "ca.pem");
    await writeFile(caFile, testCertificates.first.cert);
    await using strict = await start({ tls: testCertificates.first }, { tls: "required" });
    assert.equal(await failureOf(strict.mailer.send("a@example.org", letter)), "insecure");
    await using trusting = await start({ tls: testCertificates.first }, { tls: "required", caFile });
    await trusting.mailer.send("a@example.org", letter);
    assert.equal(trusting.server.mails.length, 1);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a mail server that says nothing costs no more than the time that is configured", async () => {
  await using started = await start({ isSilent: true }, { timeoutMs: 50 });
  assert.equal(await failureOf(started.mailer.send("a@example.org", letter)), "timeout");
});

test("a mail server that is not there is unreachable", async () => {
  await using started = await start({}, { port: await findFreePort() });
  assert.equal(await failureOf(started.mailer.send("a@example.org", letter)), "unreachable");
});

import assert from "node:assert/strict";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { test } from "node:test";
import { hashSync } from "bcryptjs";
import { MatrixError } from "../../../http/errors.ts";
import { cheapPasswords } from "../testing.ts";
import { loadArgon2id, platformArgon2id } from "./argon2id.ts";
import { createPasswords } from "./passwords.ts";
import { formatPhc, parsePhc } from "./phc.ts";

const passwords = createPasswords(cheapPasswords);

test("a password is right for its own hash alone", async () => {
  const hash = await passwords.hash("correct horse");
  assert.equal(await passwords.verify("correct horse", hash), "right");
  assert.equal(await passwords.verify("correct house", hash), "wrong");
});

test("the same password is hashed differently each time", async () => {
  assert.notEqual(await passwords.hash("correct horse"), await passwords.hash("correct horse"));
});

test("passwords of any script are taken", async () => {
  const hash = await passwords.hash("übermäßig пароль 密码 🔑");
  assert.equal(await passwords.verify("übermäßig пароль 密码 🔑", hash), "right");
});

test("the hash is a PHC string with the settings", async () => {
  assert.match(await passwords.hash("correct horse"), /^\$argon2id\$v=19\$m=8,t=1,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
});

test("a hash made with other settings is outdated", async () => {
  const other = createPasswords({ ...cheapPasswords, iterations: 2 });
  assert.equal(await other.verify("correct horse", await passwords.hash("correct horse")), "outdated");
});

test("the platform's and the native implementation derive the same key", async () => {
  const cost = { memoryKib: 64, iterations: 3, parallelism: 1, lengthBytes: 32 };
  const salt = Buffer.from("saltsaltsaltsalt");
  const native = await loadArgon2id();
  assert.notEqual(native, platformArgon2id);
  assert.deepEqual(
    Buffer.from(await native("pass", salt, cost)),
    Buffer.from(await platformArgon2id("pass", salt, cost)),
  );
});

test("a hash of one implementation is verified by the other", async () => {
  const fallback = createPasswords(cheapPasswords, platformArgon2id);
  assert.equal(await fallback.verify("correct horse", await passwords.hash("correct horse")), "right");
});

test("a bcrypt hash of an imported account is verified, and outdated", async () => {
  const hash = hashSync("correct horse", 4);
  assert.equal(await passwords.verify("correct horse", hash), "outdated");
  assert.equal(await passwords.verify("wrong", hash), "wrong");
});

test("the event loop goes on while bcrypt is compared", async () => {
  const hash = hashSync("correct horse", 12);
  const startedAt = performance.now();
  let turns = 0;
  const delays = monitorEventLoopDelay({ resolution: 1 });
  const counting = setInterval(() => turns++, 1);
  delays.enable();
  assert.equal(await passwords.verify("correct horse", hash), "outdated");
  delays.disable();
  clearInterval(counting);
  const tookMs = performance.now() - startedAt;
  // A comparison on the event loop would be one delay of nearly all the time that it takes.
  assert.ok(delays.percentile(90) / 1e6 < 10, `90 of 100 delays are below ${delays.percentile(90) / 1e6} ms`);
  assert.ok(turns > 10 && delays.max / 1e6 < tookMs / 2, `${delays.max / 1e6} of ${tookMs} ms, ${turns} turns`);
});

test("without a hash every password is wrong, after the work of one", async () => {
  let derivedCount = 0;
  const counted = createPasswords(cheapPasswords, async (...given) => {
    derivedCount++;
    return await platformArgon2id(...given);
  });
  assert.equal(await counted.verify("", ""), "wrong");
  assert.equal(await counted.verify("correct horse", ""), "wrong");
  assert.equal(derivedCount, 2);
});

test("a password that is too short is M_WEAK_PASSWORD; the length is in characters", () => {
  assert.throws(() => passwords.assertAcceptable("1234567"), errorOf("M_WEAK_PASSWORD"));
  assert.throws(() => passwords.assertAcceptable("🔑🔑🔑🔑"), errorOf("M_WEAK_PASSWORD"));
  passwords.assertAcceptable("🔑🔑🔑🔑🔑🔑🔑🔑");
});

test("a password that is too long is M_INVALID_PARAM, and wrong without any work", async () => {
  const long = "x".repeat(1025);
  assert.throws(() => passwords.assertAcceptable(long), errorOf("M_INVALID_PARAM"));
  assert.equal(await passwords.verify(long, await passwords.hash(long)), "wrong");
});

test("a PHC string is read as it was written", () => {
  const hash = {
    cost: { memoryKib: 19456, iterations: 2, parallelism: 1, lengthBytes: 4 },
    salt: Uint8Array.of(1, 2, 3),
    key: Uint8Array.of(250, 251, 252, 253),
  };
  assert.deepEqual(parsePhc(formatPhc(hash)), hash);
});

test("what is no PHC string of argon2id is not read", () => {
  for (const text of ["", "plain", "$argon2i$v=19$m=8,t=1,p=1$AAAA$AAAA", "$argon2id$v=16$m=8,t=1,p=1$AAAA$AAAA"]) {
    assert.equal(parsePhc(text), undefined, text);
  }
});

const errorOf = (errcode: string) => (error: unknown) => error instanceof MatrixError && error.errcode === errcode;

test("a password with a NUL in it counts whole", async () => {
  const hash = await passwords.hash("correct\u0000horse");
  assert.equal(await passwords.verify("correct\u0000horse", hash), "right");
  for (const part of ["correct", "correct\u0000", "correct\u0000house"]) {
    assert.equal(await passwords.verify(part, hash), "wrong");
  }
});

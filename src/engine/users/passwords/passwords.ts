import { randomBytes, timingSafeEqual } from "node:crypto";
import { invalidParam, limitExceeded, weakPassword } from "../../../http/errors.ts";
import { type Argon2id, type Argon2idCost, loadArgon2id } from "./argon2id.ts";
import { isBcryptHash, verifyBcrypt } from "./bcrypt.ts";
import { Gate } from "./gate.ts";
import { formatPhc, parsePhc } from "./phc.ts";

/** How passwords are judged and hashed: the `passwords` section of the configuration. */
export interface PasswordSettings {
  /** In characters. */
  readonly minimumLength: number;
  readonly memoryKib: number;
  readonly iterations: number;
}

/** What a comparison found. `outdated`: the password is right, its hash should be made anew with today's settings. */
export type PasswordVerdict = "right" | "outdated" | "wrong";

export interface Passwords {
  /** @throws MatrixError 400 `M_WEAK_PASSWORD` when it is too short, `M_INVALID_PARAM` when it is too long. */
  assertAcceptable(password: string): void;
  /** @returns what the database keeps. */
  hash(password: string): Promise<string>;
  /** Takes as long without a hash as with one, so that nobody can tell whether an account exists. */
  verify(password: string, hash: string): Promise<PasswordVerdict>;
}

/** Bounds the work that a request can cause; far beyond what people type. */
const maximumBytes = 1024;
const gateLimits = { running: 2, waiting: 1000 };

/** @param argon2id the implementation, when not the fastest one of this machine. */
export function createPasswords(settings: PasswordSettings, argon2id?: Argon2id): Passwords {
  let loading: Promise<Argon2id> | undefined;
  const derive: Argon2id = async (password, salt, derivedCost) => {
    loading ??= argon2id ? Promise.resolve(argon2id) : loadArgon2id();
    return await (await loading)(password, salt, derivedCost);
  };
  const cost = { memoryKib: settings.memoryKib, iterations: settings.iterations, parallelism: 1, lengthBytes: 32 };
  const gate = new Gate(gateLimits);

  async function guarded<T>(work: () => Promise<T>): Promise<T> {
    const done = await gate.run(work);
    if (done) return done.value;
    throw limitExceeded(5000, "Too many passwords are being checked");
  }

  async function hash(password: string): Promise<string> {
    const salt = randomBytes(16);
    return formatPhc({ cost, salt, key: await derive(password, salt, cost) });
  }

  async function verify(password: string, stored: string): Promise<PasswordVerdict> {
    if (isTooLong(password)) return "wrong";
    if (isBcryptHash(stored)) return (await verifyBcrypt(password, stored)) ? "outdated" : "wrong";
    const known = parsePhc(stored);
    if (!known) {
      await derive(password, randomBytes(16), cost);
      return "wrong";
    }
    const key = await derive(password, known.salt, known.cost);
    if (!timingSafeEqual(key, known.key)) return "wrong";
    return isSameCost(known.cost, cost) ? "right" : "outdated";
  }

  return {
    assertAcceptable(password) {
      if (Array.from(password).length < settings.minimumLength) {
        const message = `A password needs at least ${settings.minimumLength} characters`;
        throw weakPassword(message);
      }
      if (isTooLong(password)) throw invalidParam("The password is too long");
    },
    hash: async (password) => await guarded(async () => await hash(password)),
    verify: async (password, stored) => await guarded(async () => await verify(password, stored)),
  };
}

const isTooLong = (password: string): boolean => Buffer.byteLength(password) > maximumBytes;

const isSameCost = (one: Argon2idCost, other: Argon2idCost): boolean =>
  one.memoryKib === other.memoryKib &&
  one.iterations === other.iterations &&
  one.parallelism === other.parallelism &&
  one.lengthBytes === other.lengthBytes;

import { Turns } from "../../engine/turns.ts";
import { parseJsonObject } from "../../protocol/json/json.ts";
import { withSignature, type Signature } from "../../protocol/signing/json.ts";
import type { Sql } from "../../store/sql.ts";
import type { CrossSigned, CrossSigning } from "./cross-signed.ts";
import { readDeviceKeysOf, readExisting, type StoredDeviceKeys } from "./device-keys.store.ts";

/** Users whose keys are read at once. */
const READ_AT_ONCE = 100;

interface Needs {
  readonly sql: Sql;
  readonly crossSigning: CrossSigning;
}

/** A user, and of which devices the keys are wanted: all when there are none. */
export type WantedKeys = readonly [userId: string, deviceIds: readonly string[]];

/** Members of the answer, by user ID, as JSON texts of their members. */
interface Answer {
  readonly device_keys: string[];
  readonly master_keys: string[];
  readonly self_signing_keys: string[];
  readonly user_signing_keys: string[];
}

/** The answer to a query as JSON text: keys of devices and of users, as the viewer may see them. */
export async function queryKeys(
  { sql, crossSigning }: Needs,
  wanted: readonly WantedKeys[],
  { viewer, failures }: { readonly viewer: string; readonly failures: object },
): Promise<string> {
  const answer: Answer = { device_keys: [], master_keys: [], self_signing_keys: [], user_signing_keys: [] };
  const turns = new Turns();
  for (let start = 0; start < wanted.length; start += READ_AT_ONCE) {
    await turns.next();
    const page = new Map(wanted.slice(start, start + READ_AT_ONCE));
    const userIds = [...page.keys()];
    const [existing, stored, signed] = await Promise.all([
      readExisting(sql, userIds),
      readDeviceKeysOf(sql, userIds),
      crossSigning.of(userIds, viewer),
    ]);
    const byUser = Map.groupBy(stored, ({ userId }) => userId);
    for (const userId of existing) {
      const deviceIds = page.get(userId) ?? [];
      const keys = (byUser.get(userId) ?? []).filter(
        (each) => deviceIds.length === 0 || deviceIds.includes(each.deviceId),
      );
      answer.device_keys.push(member(userId, `{${keys.map((each) => deviceMember(each, signed)).join(",")}}`));
    }
    addCrossSigned(answer, signed);
  }
  const members = Object.entries(answer).map(([name, texts]: [string, string[]]) =>
    member(name, `{${texts.join(",")}}`),
  );
  return `{${[...members, member("failures", JSON.stringify(failures))].join(",")}}`;
}

function addCrossSigned(answer: Answer, { masterKeys, selfSigningKeys, userSigningKeys }: CrossSigned): void {
  for (const [texts, keys] of [
    [answer.master_keys, masterKeys],
    [answer.self_signing_keys, selfSigningKeys],
    [answer.user_signing_keys, userSigningKeys],
  ] as const)
    for (const [userId, key] of keys) texts.push(member(userId, JSON.stringify(key)));
}

function deviceMember({ userId, deviceId, json, displayName }: StoredDeviceKeys, signed: CrossSigned): string {
  const unsigned = displayName === null ? {} : { device_display_name: displayName };
  const text = withSignatures(json, signed.signaturesOf({ userId, deviceId }));
  return member(deviceId, `${text.slice(0, -1)},"unsigned":${JSON.stringify(unsigned)}}`);
}

function withSignatures(json: string, signatures: readonly Signature[]): string {
  if (signatures.length === 0) return json;
  let object = parseJsonObject(json);
  for (const signature of signatures) object = withSignature(object, signature);
  return JSON.stringify(object);
}

const member = (name: string, text: string): string => `${JSON.stringify(name)}:${text}`;

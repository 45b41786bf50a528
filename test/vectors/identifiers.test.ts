import assert from "node:assert/strict";
import {
  isCompliantLocalpart,
  isServerName,
  isUserId,
  isValidNewLocalpart,
  parseEventId,
  parseRoomAlias,
  parseRoomId,
  parseServerName,
  parseUserId,
} from "../../src/protocol/ids/ids.ts";
import { isMediaId, parseMxcUri } from "../../src/protocol/ids/mxc.ts";
import { isNamespacedId, isOpaqueId, isRoomVersionId } from "../../src/protocol/ids/opaque.ts";
import { canonicalEmail } from "../../src/protocol/ids/threepid.ts";
import { mapToLocalpart } from "../../src/protocol/ids/user-id-mapping.ts";
import { readVectors, specTest } from "../support/spec.ts";

interface Example {
  readonly value: string;
  readonly why: string;
}

interface Grammar {
  readonly valid?: readonly string[];
  readonly valid_derived?: readonly Example[];
  readonly invalid?: readonly Example[];
}

interface Identifiers extends Record<string, Grammar> {
  readonly user_id: Grammar & { readonly historical: { readonly examples: readonly Example[] } };
  readonly event_id: Grammar & { readonly examples: readonly (Example & { room_versions: string })[] };
  readonly threepid_canonical: Grammar & { readonly vectors: readonly { input: string; address: string }[] };
}

function follows(grammar: Grammar | undefined, accepts: (text: string) => boolean): void {
  assert.ok(grammar);
  const valid = [...(grammar.valid ?? []), ...(grammar.valid_derived ?? []).map((example) => example.value)];
  const invalid = grammar.invalid ?? [];
  assert.ok(valid.length + invalid.length > 0);
  for (const text of valid) assert.equal(accepts(text), true, text);
  for (const { value, why } of invalid) assert.equal(accepts(value), false, why);
}

specTest("server names are taken apart by the grammar", () => {
  const identifiers: Identifiers = readVectors("identifiers");
  follows(identifiers["server_name"], isServerName);
  follows(identifiers["server_name"], (text) => parseServerName(text) !== undefined);
  assert.deepEqual(parseServerName("[1234:5678::abcd]:5678"), {
    serverName: "[1234:5678::abcd]:5678",
    host: "[1234:5678::abcd]",
    port: 5678,
    kind: "ipv6",
  });
});

specTest("user IDs of the past are accepted, but no account like them is made", () => {
  const { user_id: grammar }: Identifiers = readVectors("identifiers");
  follows(grammar, isUserId);
  for (const { value } of grammar.valid_derived ?? []) {
    assert.equal(isValidNewLocalpart(parseUserId(value)?.localpart ?? ""), true, value);
  }
  for (const { value, why } of grammar.historical.examples) {
    const parsed = parseUserId(value);
    assert.equal(parsed?.serverName, "matrix.org", why);
    assert.equal(isValidNewLocalpart(parsed?.localpart ?? ""), false, why);
  }
  assert.deepEqual(["USER", "*", "", "föö", "a b"].map(isCompliantLocalpart), [true, true, false, false, false]);
});

specTest("room IDs, aliases and event IDs are accepted with and without a server", () => {
  const identifiers: Identifiers = readVectors("identifiers");
  follows(identifiers["room_id"], (text) => parseRoomId(text) !== undefined);
  follows(identifiers["room_alias"], (text) => parseRoomAlias(text) !== undefined);
  for (const { value, room_versions: versions } of identifiers.event_id.examples) {
    assert.equal(parseEventId(value)?.serverName, versions === "1, 2" ? "example.org" : undefined, value);
  }
  assert.equal(parseRoomId("!31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM")?.serverName, undefined);
  assert.equal(parseRoomAlias("#nowhere"), undefined);
});

specTest("opaque and namespaced identifiers and room versions follow their grammars", () => {
  const identifiers: Identifiers = readVectors("identifiers");
  follows(identifiers["opaque"], isOpaqueId);
  follows(identifiers["common_namespaced"], isNamespacedId);
  follows(identifiers["room_version"], isRoomVersionId);
});

specTest("a content URI never leads out of its folder", () => {
  const identifiers: Identifiers = readVectors("identifiers");
  follows(identifiers["mxc_media_id"], (text) => parseMxcUri(text) !== undefined);
  assert.equal(isMediaId(".."), false);
  assert.deepEqual(parseMxcUri("mxc://matrix.org:8448/SDGdg-_1"), {
    mxcUri: "mxc://matrix.org:8448/SDGdg-_1",
    serverName: "matrix.org:8448",
    mediaId: "SDGdg-_1",
  });
});

specTest("e-mail addresses have one form", () => {
  const { threepid_canonical: threepids }: Identifiers = readVectors("identifiers");
  for (const { input, address } of threepids.vectors) assert.equal(canonicalEmail(input), address);
});

specTest("names from elsewhere are mapped onto local parts", () => {
  interface Mapping {
    readonly input: string;
    readonly output: string;
    readonly case_sensitive?: boolean;
  }
  const mapping: { readonly vectors: readonly Mapping[]; readonly derived_vectors: readonly Mapping[] } =
    readVectors("user-id-mapping");
  for (const vector of [...mapping.vectors, ...mapping.derived_vectors]) {
    const keepCase = vector.case_sensitive === true;
    assert.equal(mapToLocalpart(vector.input, { keepCase }), vector.output);
  }
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { parseConfig } from "../parse.ts";

const parse = (keys: object) =>
  parseConfig(JSON.stringify({ server_name: "a.b", media: { url_previews: keys } }), {
    file: "heddle.json",
    folder: "/",
    environment: {},
  }).media.urlPreviews;

test("previews are off, and no more than the public web is asked when they are on", () => {
  const { enabled, allowedPorts, deniedAddresses, ...rest } = parse({});
  assert.deepEqual([enabled, allowedPorts], [false, [80, 443]]);
  for (const network of [
    "127.0.0.0/8",
    "10.0.0.0/8",
    "169.254.0.0/16",
    "::/127",
    "fc00::/7",
    "64:ff9b::/96",
    "2002::/16",
  ]) {
    assert.ok(deniedAddresses.includes(network), network);
  }
  assert.deepEqual(rest, {
    maxPageBytes: 1024 ** 2,
    maxImageBytes: 10 * 1024 ** 2,
    timeoutMs: 20_000,
    allowedHosts: undefined,
    deniedHosts: [],
    language: "en",
    lifetimeMs: 3_600_000,
    keepMs: 7 * 86_400_000,
    maxKept: 20_000,
  });
});

test("an operator may allow and deny, and is told of what makes no sense", () => {
  const { allowedPorts, deniedAddresses, allowedHosts } = parse({
    allowed_ports: null,
    denied_addresses: ["10.0.0.1", "fc00::/7"],
    allowed_hosts: ["*.example.org"],
  });
  assert.deepEqual(
    [allowedPorts, deniedAddresses, allowedHosts],
    [undefined, ["10.0.0.1/32", "fc00::/7"], ["*.example.org"]],
  );
  assert.throws(
    () => parse({ denied_addresses: ["10.0.0.0/33"] }),
    /media\.url_previews\.denied_addresses\[0\]: is not a network/,
  );
  assert.throws(() => parse({ allowed_ports: [0] }), /media\.url_previews\.allowed_ports/);
  assert.throws(() => parse({ language: "de\r\nx: y" }), /media\.url_previews\.language: .*languages/);
});

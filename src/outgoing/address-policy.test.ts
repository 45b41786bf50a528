import assert from "node:assert/strict";
import { test } from "node:test";
import { parseConfig } from "../config/parse.ts";
import { embeddedIpv4, operatorPolicy, publicPolicy } from "./address-policy.ts";

const { federation } = parseConfig("server_name: test", { file: "heddle.yaml", folder: "/", environment: {} });
const byDefault = publicPolicy(federation.deniedAddresses);

test("public addresses alone are asked for anybody", () => {
  for (const address of ["9.9.9.9", "100.63.255.255", "2620:fe::9", "::ffff:9.9.9.9", "2002:909:909::1"]) {
    const isEmbedding = address.startsWith("2002");
    assert.equal(byDefault.allows(address), !isEmbedding, address);
  }
});

test("what is not the public Internet is denied, in whatever way it is written", () => {
  const denied = [
    "127.0.0.1 0.0.0.0 10.1.2.3 172.31.255.255 192.168.0.1 169.254.169.254 100.64.0.1",
    "224.0.0.1 255.255.255.255 192.0.2.1 198.51.100.7 203.0.113.9 198.18.0.1",
    "::1 :: fe80::1 fe80::1%eth0 fc00::1 fd00:ec2::254 ff02::1 2001:db8::1",
    "::ffff:127.0.0.1 ::ffff:7f00:1 ::127.0.0.1 64:ff9b::10.0.0.1 2002:7f00:1:: localhost",
  ];
  for (const address of ["", ...denied.join(" ").split(" ")]) assert.equal(byDefault.allows(address), false, address);
});

test("a list of IPv4 networks holds for the IPv6 addresses that lead to them", () => {
  const policy = publicPolicy(["10.0.0.0/8"]);
  for (const address of ["10.0.0.1", "::ffff:10.0.0.1", "::10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::1"]) {
    assert.equal(policy.allows(address), false, address);
  }
  for (const address of ["11.0.0.1", "::ffff:11.0.0.1", "::1"]) assert.equal(policy.allows(address), true, address);
});

test("an operator's services may be private, but none lies where clouds give credentials", () => {
  for (const address of ["127.0.0.1", "10.0.0.1", "::1", "fc00::1"]) {
    assert.equal(operatorPolicy().allows(address), true, address);
  }
  for (const address of ["169.254.169.254", "::ffff:169.254.169.254", "fd00:ec2::254", "224.0.0.1", "0.0.0.0"]) {
    assert.equal(operatorPolicy().allows(address), false, address);
  }
});

test("an IPv4 address within an IPv6 address is found", () => {
  assert.equal(embeddedIpv4("64:ff9b::192.0.2.33"), "192.0.2.33");
  assert.equal(embeddedIpv4("2002:c000:0221::1"), "192.0.2.33");
  assert.equal(embeddedIpv4("2620:fe::9"), undefined);
  assert.equal(embeddedIpv4("192.0.2.33"), undefined);
});

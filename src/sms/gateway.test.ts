import assert from "node:assert/strict";
import { test } from "node:test";
import { pino } from "pino";
import { TestSmsGateway } from "../../test/support/sms-gateway.ts";
import { openOutgoing } from "../outgoing/outgoing.ts";
import { createSmsSender, type SmsGateway } from "./gateway.ts";

async function send(settings: Partial<SmsGateway>, text: string) {
  await using server = await TestSmsGateway.start();
  await using outgoing = await openOutgoing({ deniedAddresses: [], caFiles: [] });
  const gateway = {
    url: server.url,
    method: "POST",
    headers: {},
    format: "json",
    body: '{"t":"{text}"}',
    timeoutMs: 5000,
  } as const;
  const at = settings.url === undefined ? {} : { url: server.url + settings.url };
  const sender = createSmsSender(
    { ...gateway, ...settings, ...at },
    { http: outgoing.operator, logger: pino({ level: "silent" }) },
  );
  await sender.send("447700900001", text);
  return server.messages[0];
}

const hostile = 'a"},{"to":"1 & number=2 {number} \n';

test("a text stays a text, whatever is in it", async () => {
  const json = await send({}, hostile);
  assert.deepEqual(JSON.parse(json?.body ?? ""), { t: hostile });
  const form = await send({ format: "form", body: "to={number}&text={text}" }, hostile);
  const fields = new URLSearchParams(form?.body);
  assert.deepEqual(
    [...fields],
    [
      ["to", "447700900001"],
      ["text", hostile],
    ],
  );
  assert.equal(form?.headers["content-type"], "application/x-www-form-urlencoded");
});

test("number and text may stand in the address", async () => {
  const message = await send({ method: "GET", url: "/send?to={number}&text={text}", body: undefined }, hostile);
  const query = new URL(message?.url ?? "", "http://gateway").searchParams;
  assert.deepEqual([message?.method, query.get("to"), query.get("text")], ["GET", "447700900001", hostile]);
});

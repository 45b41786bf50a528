// Microseconds per authorisation check, in rooms of two sizes: `node bench/auth.ts`.

import { checkAuth } from "../src/protocol/auth/check.ts";
import { room } from "../src/protocol/auth/testing.ts";

const rounds = 200_000;

for (const memberCount of [10, 10_000]) {
  const members = Array.from({ length: memberCount }, (_, index) => `@member${index}:server${index % 50}.example`);
  const sender = members.at(-1) ?? "";
  const users = Object.fromEntries(members.slice(0, 100).map((member) => [member, 50]));
  const made = room("11")
    .with(...members)
    .joinRule("public")
    .levels({ users, events: { "m.room.name": 50 } });
  const state = made.authState();

  measure(`a message in a room of ${memberCount}`, () =>
    checkAuth(made.event({ sender, content: { body: "hello", msgtype: "m.text" } }), state, made.rules),
  );
  const join = made.membership("join", "@new:server1.example");
  measure(`a join to a room of ${memberCount}`, () => checkAuth(join, state, made.rules));
}

function measure(name: string, check: () => { allowed: boolean }): void {
  for (let round = 0; round < rounds / 10; round += 1) check();
  const start = process.cpuUsage();
  let allowed = 0;
  for (let round = 0; round < rounds; round += 1) if (check().allowed) allowed += 1;
  const { user, system } = process.cpuUsage(start);
  console.log(`${name}: ${((user + system) / rounds).toFixed(2)} µs of CPU per check (${allowed} allowed)`);
}

import assert from "node:assert/strict";
import { readModules } from "../contract/our-modules.ts";
import { refusal } from "../support/client.ts";
import { homeserverTests } from "../support/homeserver.ts";
import {
  PARTS,
  type Part,
  PEOPLE,
  type Person,
  type Story,
  tellStory,
  VISIBILITIES,
  type Visibility,
} from "./story.ts";
import { ask, WITHOUT_EVENTS, waysOut } from "./ways-out.ts";

const homeserverTest = homeserverTests();

const NOTHING: readonly Part[] = [];
const UNTIL_LATE: readonly Part[] = ["early", "invited", "together"];

/** What those who were in the room may know of its past, by the visibility; others see all of what the world may read. */
const SEEN: Readonly<Record<Exclude<Visibility, "world_readable">, Partial<Record<Person, readonly Part[]>>>> = {
  shared: { member: PARTS, newcomer: PARTS, returner: PARTS, leaver: UNTIL_LATE, banned: UNTIL_LATE },
  invited: {
    member: PARTS,
    newcomer: ["invited", "together", "late"],
    returner: ["early", "late"],
    leaver: UNTIL_LATE,
    banned: UNTIL_LATE,
  },
  joined: {
    member: PARTS,
    newcomer: ["together", "late"],
    returner: ["early", "late"],
    leaver: UNTIL_LATE,
    banned: UNTIL_LATE,
  },
};

const seenBy = (visibility: Visibility, person: Person): readonly Part[] =>
  visibility === "world_readable" ? PARTS : (SEEN[visibility][person] ?? NOTHING);

/** @see https://spec.matrix.org/v1.19/client-server-api/#room-history-visibility */
for (const visibility of VISIBILITIES) {
  homeserverTest(
    `history that is ${visibility} comes out to those who may see it, and to nobody else`,
    async (homeserver) => {
      const story = await tellStory(homeserver, visibility);
      const leaks = new Set<string>();
      for (const person of PEOPLE) {
        const seen = seenBy(visibility, person);
        assert.deepEqual(partsIn(await messagesRead(story, person)), [...seen], person);
        // Who sees all of it can be told nothing that is hidden.
        if (seen === PARTS) continue;
        for (const answer of story.told.get(person) ?? [])
          note(leaks, { person, seen, from: "sync on the way", answer });
        for (const way of waysOut(story, person)) {
          const answer = await ask(story.people[person].client, way);
          note(leaks, { person, seen, from: way.endpoint, answer });
        }
      }
      assert.deepEqual([...leaks], []);
    },
  );
}

homeserverTest(
  "every endpoint that is asked for something is known to give events or to give none",
  async (homeserver) => {
    const asked = waysOut(await tellStory(homeserver, "shared"), "member").map(({ endpoint }) => endpoint);
    const endpoints = (await readModules()).flatMap((module) => module.endpoints);
    const unknown = endpoints
      .filter(({ method, surface = "client" }) => method === "GET" && surface === "client")
      .map(({ method, path }) => `${method} ${path}`)
      .filter((name) => !asked.includes(name) && !WITHOUT_EVENTS.some((pattern) => pattern.test(name)));
    assert.deepEqual(unknown, [], "new endpoints are listed in ways-out.ts: among the ways, or as giving no events");
  },
);

async function messagesRead({ people, roomId }: Story, person: Person): Promise<unknown> {
  const { client } = people[person];
  const asked = client.messages(roomId, { limit: "1000" });
  return (await refusal(asked)) === "allowed" ? await asked : undefined;
}

interface Told {
  readonly person: Person;
  readonly seen: readonly Part[];
  readonly from: string;
  readonly answer: unknown;
}

function note(leaks: Set<string>, { person, seen, from, answer }: Told): void {
  for (const [, part = "", what = ""] of JSON.stringify(answer ?? {}).matchAll(/secret-(\w+)-(\w+)/g)) {
    if (!seen.some((each) => each === part)) leaks.add(`${person}: ${from}: ${part} ${what}`);
  }
}

function partsIn(answer: unknown): Part[] {
  const found = new Set(Array.from(JSON.stringify(answer ?? {}).matchAll(/secret-(\w+)-message/g), ([, part]) => part));
  return PARTS.filter((part) => found.has(part));
}

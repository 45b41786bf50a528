import { randomBytes } from "node:crypto";
import { medianMs, perSecond, runLoad, runWarmLoad } from "../load.ts";
import type { Measurement } from "../measurement.ts";
import { startNginx } from "../nginx.ts";
import type { Session } from "../session.ts";
import { memoryOf } from "../target.ts";
import type { Context, Workload } from "../workload.ts";

const AT_ONCE = 8;
const KIB = 1024;
const MIB = 1024 * KIB;
const SIZES: readonly (readonly [string, number])[] = [
  ["10 KiB", 10 * KIB],
  ["1 MiB", MIB],
];
const LARGE_BYTES = 100 * MIB;
const LARGE_AT_ONCE = 100;
/** How often memory is looked at while large files come. */
const LOOK_MS = 100;

/** Taking files in. */
export const mediaUpload: Workload = {
  name: "media-upload",
  description: `${AT_ONCE} users upload files of 10 KiB and of 1 MiB, each another one; then ${LARGE_AT_ONCE} uploads of 100 MiB at once, all of the same bytes, and how far the memory grows meanwhile.`,

  async run(context) {
    const users = await context.accounts.shared(AT_ONCE);
    const lines: Measurement[] = [];
    for (const [name, size] of SIZES) {
      const workers = users.map((user) => async () => void (await user.upload(randomBytes(size))));
      lines.push(
        perSecond("media-upload", `upload of ${name}, ${AT_ONCE} at once`, await runWarmLoad(context, workers)),
      );
    }
    return [...lines, ...(await largeUploads(context, users))];
  },
};

async function largeUploads(context: Context, users: readonly Session[]): Promise<Measurement[]> {
  const bytes = Buffer.alloc(LARGE_BYTES, "the same each time ");
  const workers = Array.from({ length: LARGE_AT_ONCE }, (_, index) => async () => {
    await users[index % users.length]?.upload(bytes);
  });
  const before = memoryOf(context.target)?.rssMiB ?? Number.NaN;
  let highest = before;
  const looking = setInterval(() => {
    highest = Math.max(highest, memoryOf(context.target)?.rssMiB ?? Number.NaN);
  }, LOOK_MS);
  const result = await runLoad(context, workers, { operations: LARGE_AT_ONCE });
  clearInterval(looking);
  const what = `${LARGE_AT_ONCE} uploads of 100 MiB at once`;
  return [
    perSecond("media-upload", what, result),
    line("media-upload", `RSS before ${what}`, before, "MiB"),
    line("media-upload", `highest RSS during ${what}`, highest, "MiB"),
  ];
}

/** Giving files out. */
export const mediaDownload: Workload = {
  name: "media-download",
  description: `${AT_ONCE} users download one file of 10 KiB, then one of 1 MiB, again and again; the same of nginx, where there is one, and what share of its rate ours is.`,

  async run(context) {
    const users = await context.accounts.shared(AT_ONCE);
    const lines: Measurement[] = [];
    for (const [name, size] of SIZES) {
      const bytes = randomBytes(size);
      const medium = (await users[0]?.upload(bytes)) ?? "";
      const workers = users.map((user) => async () => void (await user.media(medium)));
      const ours = perSecond(
        "media-download",
        `download of ${name}, ${AT_ONCE} at once`,
        await runWarmLoad(context, workers),
      );
      lines.push(ours, ...(await ofNginx(context, { name, bytes, ours: ours.value })));
    }
    return lines;
  },
};

interface Compared {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly ours: number;
}

async function ofNginx(context: Context, { name, bytes, ours }: Compared): Promise<Measurement[]> {
  await using nginx = await startNginx(bytes);
  if (!nginx) return [line("media-download", `nginx is not there to compare with, ${name}`, Number.NaN, "x")];
  const workers = Array.from({ length: AT_ONCE }, () => async () => void (await nginx.download()));
  const cpuBefore = nginx.cpuMs();
  const result = await runLoad(context, workers, { seconds: context.seconds });
  const cpuMs = nginx.cpuMs() - cpuBefore;
  const theirs = perSecond("media-download", `the same of nginx, ${name}`, { ...result, cpuMs });
  return [
    theirs,
    { ...line("media-download", `share of nginx's rate, ${name}`, ours / theirs.value, "x"), better: "more" },
  ];
}

/** Making photographs small, while somebody else asks for something small. */
export const thumbnail: Workload = {
  name: "thumbnail",
  description:
    "Photographs of 12 megapixels, each another one, are made small for the first time, 800 by 600; meanwhile another client asks for something small again and again; then a thumbnail that is there is downloaded by several.",

  async run(context) {
    const users = await context.accounts.shared(AT_ONCE);
    const [reader, other] = users;
    if (!reader || !other) throw new Error("no users");
    const query = "?width=800&height=600&method=scale";
    const names: string[] = [];
    for (let index = 0; index < PHOTOGRAPHS; index += 1)
      names.push(await reader.upload(await photograph(index), "image/jpeg"));
    const waitsMs: number[] = [];
    const over = new AbortController();
    const asking = askUntil(over.signal, other, waitsMs);
    const worker = async (round: number): Promise<void> =>
      void (await reader.media(names[round] ?? "", "thumbnail", query));
    const made = await runLoad(context, [worker], { operations: PHOTOGRAPHS });
    over.abort();
    await asking;
    const workers = users.map((user) => async () => void (await user.media(names[0] ?? "", "thumbnail", query)));
    return [
      medianMs("thumbnail", `thumbnail of 12 megapixels made, p50 of ${PHOTOGRAPHS}`, made),
      line("thumbnail", "longest wait of another client meanwhile", Math.max(...waitsMs), "ms"),
      perSecond("thumbnail", `thumbnail that is there, ${AT_ONCE} at once`, await runWarmLoad(context, workers)),
    ];
  },
};

const PHOTOGRAPHS = 20;

/** Of soft noise: neither one colour nor what no camera sees. */
async function photograph(seed: number): Promise<Buffer> {
  const { default: sharp } = await import("sharp");
  const [width, height] = [500, 375];
  const small = randomBytes(width * height * 3);
  small[0] = seed;
  return await sharp(small, { raw: { width, height, channels: 3 } })
    .resize(4000, 3000)
    .jpeg({ quality: 85 })
    .toBuffer();
}

async function askUntil(over: AbortSignal, other: Session, waitsMs: number[]): Promise<void> {
  while (!over.aborted) {
    const start = performance.now();
    await other.request("GET", "account/whoami");
    waitsMs.push(performance.now() - start);
  }
}

const line = (workload: string, name: string, value: number, unit: Measurement["unit"]): Measurement => ({
  workload,
  name,
  value,
  unit,
  better: "less",
});
